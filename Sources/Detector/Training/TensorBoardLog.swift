import Bundle
import Foundation
import LossCore
import Objective
import StrictJSON
import TensorBoard

/// What a training run tells TensorBoard: all numbers of its log, how the gradients of terms are distributed, and
/// images with what the model finds on them.
struct TensorBoardLog {
  private let file: EventFile

  /// A log in a folder that goes on after `step` steps, beside the hyperparameters, which stay as they are if they
  /// are there: a sweep has written better ones.
  init(
    in folder: String, after step: Int, hyperparameters: Hyperparameters
  ) throws(BundleError) {
    file = try EventFile(in: folder, time: Self.now, from: step + 1)
    let path = "\(folder)/\(Hyperparameters.fileName)"
    if !FileManager.default.fileExists(atPath: path) {
      try hyperparameters.write(to: path, start: Self.now)
    }
  }

  private static var now: Double { Date().timeIntervalSince1970 }

  /// Writes the numbers of a line of `metrics.jsonl`: those of an object as `terms/rpn.rpn_cls`.
  func write(_ line: JSONNode, step: Int) throws(BundleError) {
    var values: [SummaryValue] = []
    for member in line.members where member.key != "step" {
      if let number = member.node.double { values.append(.scalar(member.key, number)) }
      for inner in member.node.members {
        if let number = inner.node.double {
          values.append(.scalar("\(member.key)/\(inner.key)", number))
        }
      }
    }
    try write(values, step: step)
  }

  /// Writes how the gradients by the predictions of each term are distributed, zeros left out, as most priors count
  /// nowhere. Terms that share predictions share a histogram.
  func write(
    gradients: [String: Tensor<Float>], of objective: DetectionObjective, step: Int
  ) throws(BundleError) {
    var names: [[String]: [String]] = [:]
    for stage in objective.stages {
      for term in stage.terms {
        names[term.predictions, default: []].append("\(stage.name).\(term.name)")
      }
    }
    let histograms = names.map { predictions, terms in
      let numbers = predictions.lazy.compactMap { gradients[$0] }.flatMap(\.elements)
        .filter { $0 != 0 }.map(Double.init)
      return (name: "gradients/\(terms.joined(separator: "+"))", values: Histogram(numbers))
    }
    try write(
      histograms.sorted { $0.name < $1.name }.compactMap { name, values in
        values.map { .histogram(name, $0) }
      }, step: step)
  }

  /// Writes pictures.
  func write(_ pictures: [Picture], step: Int) throws(BundleError) {
    let values = pictures.enumerated().map { index, picture in
      let image = picture.drawn()
      return SummaryValue.image(
        "images/\(index)", width: image.width, height: image.height, png: image.png)
    }
    try write(values, step: step)
  }

  private func write(_ values: [SummaryValue], step: Int) throws(BundleError) {
    if !values.isEmpty { try file.append(Event(time: Self.now, step: step, .summary(values))) }
  }
}

extension Hyperparameters {
  /// All that a training was given: settings of model and training, the seed, and of the recipe what is a number
  /// or a name.
  init(recipe: JSONNode, model: JSONNode, seed: UInt64) {
    var values: [(name: String, value: JSONNode)] = [("seed", JSONNode(Double(seed)))]
    func add(_ node: JSONNode, _ path: JSONPath) {
      switch node.value {
      case .object(let object):
        for member in object.members { add(member.node, path.appending(member.key)) }
      case .null: break
      default: values.append((path.description, node))
      }
    }
    add(model["model"] ?? [:], ["model"])
    add(model["training"] ?? [:], ["training"])
    add(recipe["stages"] ?? [:], ["stages"])
    self.init(values)
  }
}
