import Bundle
import LossCore
import Objective

extension StageTargets {
  /// The tensors that `losskit targets` writes of a stage; what they are is said there. A term whose target or row
  /// weight reads predictions that these targets haven't read has none.
  ///
  /// - Throws: `InputError` where a target or a row weight isn't what it should be.
  package func tensors(of stage: Stage) throws(InputError) -> [(name: String, tensor: AnyTensor)] {
    let priors = images.flatMap(\.priors.boxes)
    let imageOfPrior = images.enumerated().flatMap { index, image in
      Array(repeating: index, count: image.priors.count)
    }
    let levels = images.flatMap { image in
      image.priors.levels.enumerated().flatMap { Array(repeating: $0, count: $1.count) }
    }
    let sampled = images.flatMap { image in
      var sampled = Array(repeating: false, count: image.priors.count)
      for prior in image.sampled { sampled[prior] = true }
      return sampled
    }
    var tensors: [(name: String, tensor: AnyTensor)] = [
      ("priors", .float32(try rows(priors.flatMap(\.coordinates), width: 4))),
      ("image", .int64(Tensor(imageOfPrior))),
      ("level", .int64(Tensor(levels))),
      ("assigned", .int64(Tensor(images.flatMap(\.assignment.matches).map { Int($0) }))),
      ("sampled", .bool(Tensor(sampled))),
    ]
    for term in stage.terms where hasRead || !term.readsPredictions {
      tensors += try self.tensors(of: term).map { ("\(term.name).\($0)", $1) }
    }
    return tensors.map { ("\(self.stage).\($0)", $1) }
  }

  private func tensors(
    of term: Term
  ) throws(InputError) -> [(name: String, tensor: AnyTensor)] {
    let scope = term.target.scope
    let width = term.targetWidth(columns: term.columns ?? 1)
    var prior: [Int] = []
    var labels: [Int] = []
    var numbers: [Float] = []
    var weights: [Float]? = term.rowWeight == nil ? nil : []
    var first = 0
    for image in images {
      prior += image.priors(in: scope).map { first + $0 }
      first += image.priors.count
      // How many classes there are, predictions would tell.
      let highest = term.target.columns == .classes ? Int(Int32.max) : 1
      switch try term.target.checkedValues(for: image, width: width, highestLabel: highest) {
      case .labels(let values): labels += values.map { Int($0) }
      case .scoredLabels(let values, let scores):
        labels += values.map { Int($0) }
        numbers += scores
      case .numbers(let values): numbers += values
      }
      if let weight = term.rowWeight {
        weights? += try weight.weights(for: image, in: scope) as [Float]
      }
    }
    let targets: AnyTensor =
      term.target.columns.areClasses
      ? .int64(Tensor(labels)) : .float32(try rows(numbers, width: width))
    return [("prior", .int64(Tensor(prior))), ("targets", targets)]
      + (term.target.hasScores ? [("scores", .float32(Tensor(numbers)))] : [])
      + (weights.map { [("row_weights", .float32(Tensor($0)))] } ?? [])
  }

  private func rows(_ elements: [Float], width: Int) throws(InputError) -> Tensor<Float> {
    do throws(TensorError) {
      return try Tensor(shape: [elements.count / width, width], elements: elements)
    } catch {
      throw InputError("stage \(stage)", "\(error)")
    }
  }
}
