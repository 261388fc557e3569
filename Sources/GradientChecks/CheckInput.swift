import LossCore
import LossKernels

/// Rows that a loss is checked on.
struct CheckInput: Sendable {
  /// What the rows are like: `random`, `extreme`, `kinks`.
  let name: String
  let width: Int
  /// `[rows, width]`.
  let predictions: [Double]
  let targets: LossTargets<Double>
  /// By which step each prediction is moved, in the order of the predictions.
  let steps: [Double]

  var rows: Int { width == 0 ? 0 : predictions.count / width }

  /// The predictions, those of one column moved by a number of steps.
  func moved(column: Int, by count: Double) throws(TensorError) -> Tensor<Double> {
    var moved = predictions
    for index in stride(from: column, to: moved.count, by: width) {
      moved[index] += count * steps[index]
    }
    return try Tensor(shape: [rows, width], elements: moved)
  }

  /// What a row is compared with, in words.
  func target(row: Int, column: Int) -> String {
    switch targets {
    case .classes(let classes): "class \(classes[row])"
    case .dense(let tensor): "\(tensor.elements[tensor.count == rows ? row : row * width + column])"
    }
  }
}
