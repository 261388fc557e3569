import Bundle
import Foundation
import Objective
import StrictJSON

/// The log of a training run: JSON Lines, a line every few steps and one for each evaluation.
///
/// A line holds means over the steps since the line before. The file is replaced as a whole with each
/// line, so that it is never found half written.
struct MetricsLog: Sendable {
  private let path: String
  private var lines: [String] = []
  private var results: [Trainer.StepResult] = []

  /// A log at `path` that goes on after `step` steps; later lines of an earlier run are dropped, and one
  /// that was cut off.
  ///
  /// - Throws: `BundleError` where there is a log that can't be read.
  init(_ path: String, after step: Int) throws(BundleError) {
    self.path = path
    guard step > 0 else { return }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw BundleError(
        file: path, message: "is missing beside its checkpoint; remove the checkpoint to start over"
      )
    }
    let whole = data.prefix(upTo: data.lastIndex(of: UInt8(ascii: "\n")) ?? data.startIndex)
    for line in String(decoding: whole, as: UTF8.self).split(separator: "\n") {
      guard
        let logged = (try? JSONNode(parsing: Array(line.utf8), file: path))?["step"]?.double
      else {
        throw BundleError(
          file: path, message: "has a line that is no log's; remove it: \(line.prefix(60))")
      }
      if logged <= Double(step) { lines.append(String(line)) }
    }
  }

  /// Remembers a step for the next line.
  mutating func add(_ result: Trainer.StepResult) { results.append(result) }

  /// Writes a line for the steps since the last one.
  mutating func writeSteps(imagesPerSecond: Double) throws -> StepSummary? {
    guard let summary = StepSummary(results, imagesPerSecond: imagesPerSecond) else { return nil }
    results = []
    try append(summary.node)
    return summary
  }

  /// Writes a line for an evaluation, and answers it; a metric without a value is `null`.
  mutating func write(_ evaluation: DetectionEvaluation, step: Int) throws -> JSONNode {
    var object = JSONObject()
    object.set("step", to: JSONNode(step))
    for (name, value) in evaluation.values {
      object.set(name, to: value.map { JSONNode($0) } ?? .null)
    }
    try append(JSONNode(object))
    return JSONNode(object)
  }

  private mutating func append(_ node: JSONNode) throws {
    lines.append(try node.text(.compact))
    try AtomicFile.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: path)
  }
}

/// Means over some steps of a training.
public struct StepSummary: Sendable {
  /// The last of the steps.
  public let step: Int
  /// The sum of the weighted terms.
  public let loss: Double
  /// The images trained on in a second.
  public let imagesPerSecond: Double

  let node: JSONNode

  init?(_ results: [Trainer.StepResult], imagesPerSecond: Double) {
    guard let last = results.last else { return nil }
    let count = Double(results.count)
    step = last.step
    loss = results.reduce(0) { $0 + $1.total } / count
    self.imagesPerSecond = imagesPerSecond

    var terms = JSONObject()
    var norms = JSONObject()
    var positiveNorms = JSONObject()
    var negativeNorms = JSONObject()
    var positives = JSONObject()
    var negatives = JSONObject()
    for (index, term) in last.terms.enumerated() {
      func mean(_ value: (TermResult) -> Double) -> JSONNode {
        JSONNode(results.reduce(0) { $0 + value($1.terms[index]) } / count)
      }
      let name = "\(term.stage).\(term.name)"
      terms.set(name, to: mean(\.weightedValue))
      norms.set(name, to: mean { $0.gradientNorm ?? 0 })
      positiveNorms.set(name, to: mean { $0.positiveGradientNorm ?? 0 })
      negativeNorms.set(name, to: mean { $0.negativeGradientNorm ?? 0 })
      positives.set(term.stage, to: mean { Double($0.positives) })
      negatives.set(term.stage, to: mean { Double($0.negatives) })
    }
    node = [
      "step": JSONNode(step),
      "loss": JSONNode(loss),
      "terms": JSONNode(terms),
      "gradient_norms": JSONNode(norms),
      "positive_gradient_norms": JSONNode(positiveNorms),
      "negative_gradient_norms": JSONNode(negativeNorms),
      "gradient_norm": JSONNode(results.reduce(0) { $0 + $1.gradientNorm } / count),
      "positives": JSONNode(positives),
      "negatives": JSONNode(negatives),
      "rate": JSONNode(last.rate),
      "images_per_second": JSONNode((imagesPerSecond * 100).rounded() / 100),
    ]
  }
}
