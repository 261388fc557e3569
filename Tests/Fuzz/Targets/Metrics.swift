import Bundle
import TestSupport
import TrainingLogs

@testable import Detector
@testable import Sweep

extension FuzzTarget {
  /// A log of metrics, as the report reads it and as a training goes on with it.
  static let metrics = Self(
    name: "metrics",
    words: quoted(
      """
      step loss terms gradient_norms positive_gradient_norms negative_gradient_norms positives \
      negatives AP50
      """) + ["1e308", "-1e308", "1e400", "5e-324", "\n", "null"],
    seeds: {
      [
        Array(
          """
          {"step": 20, "loss": 1.5, "terms": {"a.b": 1, "a.c": 0.5}, "gradient_norms": {"a.b": 2, "a.c": \
          3}, "positive_gradient_norms": {"a.b": 1}, "negative_gradient_norms": {"a.b": 1}, "positives": \
          {"a": 3}, "negatives": {"a": 9}, "rate": 0.001}
          {"step": 20, "AP": 0.1, "AP50": 0.25}
          {"step": 40, "loss": 1.25, "terms": {"a.b": 1}}
          {"step": 40, "AP": null, "AP50": 0.5}

          """.utf8)
      ]
    },
    reader: { folder in
      { input in
        let path = try folder.write(input, to: "metrics.jsonl")
        let history = TrainingHistory(contentsOf: path, metric: "AP50")
        let curves = TrainingCurves([history, history])
        let points =
          ([curves.metric, curves.loss] + curves.groups.values.flatMap { $0.map(\.curve) })
          .flatMap(\.self)
        try require(points.allSatisfy { $0.x.isFinite }, "a point that is nowhere")
        for line in LogTail.lines(of: path, count: 12) { try requireShort(line, of: input) }
        _ = try attempt(input) { () throws(BundleError) in _ = try MetricsLog(path, after: 20) }
      }
    })
}
