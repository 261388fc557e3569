import StrictJSON

/// The values of a metric in `metrics.jsonl`, in the order in which a trainer came to them.
package enum MetricReports {
  /// The first `count` values at most. A trainer that went on from a checkpoint may say some again: a line takes
  /// back those of its own step and of later ones.
  package static func values(of metric: String, in path: String, count: Int) -> [Double] {
    var reports: [(step: Double?, value: Double)] = []
    let key = Array(JSONNode(metric).compactText.utf8)
    LogLines.forEach(in: path) { line in
      // Most lines don't have it, and needn't be parsed.
      guard let line, LogLines.mention(key, line),
        let node = try? JSONNode(parsing: line, file: path),
        let value = node[metric]?.double
      else { return }
      let step = node["step"]?.double
      if let step {
        while let last = reports.last?.step, last >= step { reports.removeLast() }
      }
      reports.append((step, value))
    }
    return reports.prefix(count).map(\.value)
  }
}
