import LossKit

/// The mean of a loss over rows, and its gradient.
struct LossTask: BenchTask {
  private let loss: any Loss
  private let predictions: Tensor<Float>
  private let targets: LossTargets<Float>
  private let workers: Workers

  /// Takes `predictions` and `targets` from `file`: a class a row in a vector, or numbers in the
  /// shape of the predictions.
  init(
    _ loss: any Loss, rows: Int, width: Int, inputs file: (any TensorSource)?, workers: Workers
  ) throws {
    self.loss = loss
    self.workers = workers
    let random = try RandomNumbers(rows: rows, width: width, seed: 0)
    predictions = try file?.floats(named: "predictions") ?? random.inputs(of: loss)
    if let file {
      targets =
        loss is any ClassLoss
        ? .classes(try file.integers(named: "targets").elements)
        : .dense(try file.floats(named: "targets"))
    } else {
      targets = try random.targets(for: loss)
    }
  }

  var elements: Int { predictions.count }

  var bytes: Int? {
    let targetBytes =
      switch targets {
      case .classes(let classes): classes.count * MemoryLayout<Int>.size
      case .dense(let tensor): tensor.count * MemoryLayout<Float>.size
      }
    return 2 * predictions.count * MemoryLayout<Float>.size + targetBytes
  }

  func run() throws -> LossResult<Float> {
    try loss.evaluate(predictions, targets: targets, workers: workers)
  }

  func summary(of result: LossResult<Float>) -> BenchSummary {
    BenchSummary(
      value: result.value,
      gradientNorm: result.gradient.map { squaredNorm($0.elements).squareRoot() })
  }
}

extension RandomNumbers {
  /// Numbers that `loss` reads: probabilities and their logarithms where it takes those.
  fileprivate func inputs(of loss: any Loss) throws -> Tensor<Float> {
    let transform: InputTransform =
      switch loss.predictionKind {
      case .numbers, .boxes: .raw
      case .probabilities: .sigmoid
      case .logProbabilities: .logSoftmax
      }
    return try transform(try predictions(for: loss))
  }
}
