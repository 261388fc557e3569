import LossKernels

/// A loss that remembers: how much a row counts depends on all rows of a step, and on those of the steps before.
///
/// A step goes over the rows twice. First ``tally(_:targets:classes:weights:width:into:)`` adds up what they
/// count, block by block; then the loss that ``advance(by:width:)`` has made of these sums evaluates them. What is
/// remembered is a list of numbers, which goes in with an evaluation and comes out with its result, so that
/// the result depends on what is given alone.
public protocol StatefulLoss: Loss {
  /// How many numbers are remembered for rows of `width` columns; 0 for none.
  func stateCount(width: Int) -> Int

  /// How many numbers the rows of a step are added up to.
  func tallyCount(width: Int) -> Int

  /// Takes up what the step before left; before the first step that is `nil`.
  ///
  /// - Parameter state: ``stateCount(width:)`` finite numbers of 0 or more.
  mutating func resume(after state: [Double]?, width: Int)

  /// Adds what a block of rows counts to `sums`. The loss is one that has resumed.
  ///
  /// Numbers that aren't finite, which are reported afterwards, may come to any sums, but must not trap.
  ///
  /// - Parameters:
  ///   - predictions: `[rows, width]`.
  ///   - targets: As many numbers, or none if there are classes.
  ///   - classes: A class a row, from 0 to `width` − 1, or none if there are numbers.
  ///   - weights: What each value counts; none if all count 1.
  func tally<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, targets: Span<Scalar>, classes: Span<Int32>,
    weights: Span<Scalar>, width: Int, into sums: inout [Double])

  /// Makes the loss that of the step whose rows came to `tally`.
  ///
  /// - Returns: What is remembered after the step.
  mutating func advance(by tally: [Double], width: Int) -> [Double]
}

extension StatefulLoss {
  /// The loss of a step, and what is remembered after it.
  ///
  /// - Parameters:
  ///   - state: What the step before left; `nil` before the first step.
  ///   - tally: The sums over all rows of the step, counted by the loss that it is given.
  /// - Throws: ``InputError`` where the state is one of other rows.
  package func step(
    after state: [Double]?, width: Int,
    _ tally: (any StatefulLoss) throws(InputError) -> [Double]
  ) throws(InputError) -> (loss: any StatefulLoss, state: [Double]) {
    let expected = stateCount(width: width)
    if let state {
      guard state.count == expected else {
        throw InputError(
          "state",
          "has \(state.count) numbers, but \(declaration.name) remembers \(expected) for rows of \(width) "
            + "columns; give that of the same loss on as many classes")
      }
      if let index = state.firstIndex(where: { !($0.isFinite && $0 >= 0) }) {
        throw InputError(
          "state",
          "number \(index) of \(declaration.name) is \(state[index]); expected finite numbers of 0 or more"
        )
      }
    }
    var loss = self
    loss.resume(after: state, width: width)
    let next = loss.advance(by: try tally(loss), width: width)
    return (loss, next)
  }
}
