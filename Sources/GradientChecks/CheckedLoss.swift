import LossCore
import LossKernels

/// A loss as a check evaluates it: the gradient, and values that belong to moved predictions.
///
/// What a loss counts of all rows, it counts before any is moved.
struct CheckedLoss {
  private let loss: any Loss

  init(_ loss: any Loss) {
    self.loss = loss
  }

  /// The derivative of each row's value by its predictions, `[rows, width]`.
  func gradient(on input: CheckInput) throws(InputError) -> [Double] {
    let result = try evaluate(input, column: 0, movedBy: 0, gradient: true)
    return result.gradient?.elements ?? []
  }

  /// The value that each prediction of a column belongs to, with that column moved by a number of steps:
  /// its own, or that of its row.
  func values(
    on input: CheckInput, column: Int, movedBy count: Double
  ) throws(InputError) -> [Double] {
    if loss.holdsPartConstant, let loss = loss as? any BoxPairLoss,
      case .dense(let targets) = input.targets
    {
      return loss.values(on: input, targets.elements, column: column, movedBy: count)
    }
    if loss.holdsPartConstant, let loss = loss as? any ElementwiseLoss,
      case .dense(let targets) = input.targets
    {
      return loss.values(on: input, targets.elements, column: column, movedBy: count)
    }
    let values = try evaluate(input, column: column, movedBy: count, gradient: false).values
    guard let values, values.shape.count == 2 else { return values?.elements ?? [] }
    return stride(from: column, to: values.count, by: input.width).map { values.elements[$0] }
  }

  /// Whether all values are numbers of single precision, though the predictions aren't.
  func isInSinglePrecision(on input: CheckInput) throws(InputError) -> Bool {
    let values = try values(on: input, column: 0, movedBy: 1.0 / 3)
    return values.contains { $0 != 0 } && values.allSatisfy { $0 == Double(Float($0)) }
  }

  private func evaluate(
    _ input: CheckInput, column: Int, movedBy count: Double, gradient: Bool
  ) throws(InputError) -> LossResult<Double> {
    let (here, predictions): (Tensor<Double>, Tensor<Double>)
    do throws(TensorError) {
      here = try input.moved(column: 0, by: 0)
      predictions = try input.moved(column: column, by: count)
    } catch {
      throw InputError("rows", "\(error)")
    }
    var rows = try loss.rowTerm(here, input.targets, nil, nil)
    _ = try rows.step(here.elements, after: nil, workers: Workers(1))
    return try rows.result(predictions, .none, gradient: gradient, Workers(1))
  }
}

extension BoxPairLoss {
  /// The values of moved boxes, with what the formula takes for constants as it was.
  fileprivate func values(
    on input: CheckInput, _ targets: [Double], column: Int, movedBy count: Double
  ) -> [Double] {
    (0..<input.rows).map { row in
      func box(_ number: (Int) -> Displaced) -> FormulaBox<Displaced> {
        FormulaBox(
          number(4 * row), number(4 * row + 1), number(4 * row + 2), number(4 * row + 3))
      }
      let prediction = box { element in
        let here = input.predictions[element]
        let isMoved = element % 4 == column
        return Displaced(here: here, there: isMoved ? here + count * input.steps[element] : here)
      }
      return loss(prediction, against: box { Displaced(targets[$0]) }).there
    }
  }
}

extension ElementwiseLoss {
  /// The values of moved elements of a column, with what the formula takes for constants as it was.
  fileprivate func values(
    on input: CheckInput, _ targets: [Double], column: Int, movedBy count: Double
  ) -> [Double] {
    stride(from: column, to: input.predictions.count, by: input.width).map { element in
      let here = input.predictions[element]
      let prediction = Displaced(here: here, there: here + count * input.steps[element])
      return evaluate(prediction, against: Displaced(targets[element])).value.there
    }
  }
}
