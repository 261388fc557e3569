/// What matching a prior with a ground truth costs: assigners that read costs match where they are low.
public protocol MatchCost: Component {
  /// What the cost reads beside the boxes of priors and ground truths.
  var reads: Set<StageInput> { get }

  /// The cost of matching each prior with one ground truth.
  ///
  /// - Parameters:
  ///   - priors: Indices of priors.
  ///   - object: The index of the ground truth.
  /// - Returns: A number for each of `priors`, in their order.
  /// - Throws: ``InputError`` where they can't be said.
  func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) throws(InputError) -> [Float]
}

/// A match cost and how much it counts in the sum.
public struct WeightedMatchCost: Sendable {
  /// The name, unique in its stage.
  public let name: String
  /// The cost.
  public let cost: any MatchCost
  /// What the cost is multiplied by.
  public let weight: Double

  /// A cost with its weight.
  public init(name: String, cost: any MatchCost, weight: Double = 1) {
    self.name = name
    self.cost = cost
    self.weight = weight
  }
}

extension AssignmentRequest {
  /// The sum of the weighted match costs of each prior with one ground truth.
  ///
  /// - Parameters:
  ///   - priors: Indices of priors.
  ///   - object: The index of the ground truth.
  /// - Returns: A number for each of `priors`, in their order; added up in single precision, in the order of
  ///   the costs.
  /// - Throws: ``InputError`` that names cost, prior and ground truth where there isn't a finite number.
  public func costs(of priors: [Int], with object: Int) throws(InputError) -> [Float] {
    try checkPredictions()
    var sums = [Float](repeating: 0, count: priors.count)
    for part in costs {
      let costs = try part.cost.costs(of: priors, with: object, in: self)
      guard costs.count == priors.count else {
        throw InputError(
          "match cost \(part.name)",
          "gives \(costs.count) numbers for \(priors.count) priors; expected one a prior")
      }
      let weight = Float(part.weight)
      for index in costs.indices { sums[index] += weight * costs[index] }
      if let index = sums.firstIndex(where: { !$0.isFinite }) {
        throw InputError(
          "match cost \(part.name)",
          "is \(costs[index]) for prior \(priors[index]) and ground truth \(object), which makes a sum "
            + "that is not finite; are predictions and boxes sound?")
      }
    }
    return sums
  }

  /// Checks that there is what the costs read.
  private func checkPredictions() throws(InputError) {
    let count = priors.count
    for part in costs {
      let reads = part.cost.reads
      if reads.contains(.scores),
        predictions.scores.isEmpty || !predictions.scores.count.isMultiple(of: max(1, count))
      {
        throw InputError(
          "match cost \(part.name)",
          "reads scores, of which there are \(predictions.scores.count) for \(count) priors; expected one "
            + "a class")
      }
      if reads.contains(.boxes), predictions.boxes.count != count {
        throw InputError(
          "match cost \(part.name)",
          "reads predicted boxes, of which there are \(predictions.boxes.count) for \(count) priors"
        )
      }
    }
  }
}
