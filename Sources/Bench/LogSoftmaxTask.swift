import LossKit

/// log softmax of rows, and the gradient by the logits for a given one by the log-probabilities.
struct LogSoftmaxTask: BenchTask {
  private let logits: Tensor<Float>
  private let upstream: Tensor<Float>
  private let workers: Workers

  /// Takes `predictions` from `file`, and as `targets` the gradient by the log-probabilities.
  init(rows: Int, width: Int, inputs file: (any TensorSource)?, workers: Workers) throws {
    self.workers = workers
    logits =
      try file?.floats(named: "predictions")
      ?? RandomNumbers(rows: rows, width: width, seed: 0).predictions()
    upstream =
      try file?.floats(named: "targets")
      ?? RandomNumbers(rows: rows, width: width, seed: 1).predictions()
  }

  var elements: Int { logits.count }
  var bytes: Int? { 4 * logits.count * MemoryLayout<Float>.size }

  func run() throws -> (logarithms: Tensor<Float>, gradient: Tensor<Float>) {
    (
      try logSoftmax(logits, workers: workers),
      try logSoftmaxGradient(logits, upstream: upstream, workers: workers)
    )
  }

  /// The value is Σ gᵢ yᵢ, which has the gradient computed.
  func summary(
    of result: (logarithms: Tensor<Float>, gradient: Tensor<Float>)
  ) -> BenchSummary {
    let products = zip(upstream.elements, result.logarithms.elements)
    return BenchSummary(
      value: products.reduce(0) { $0 + Double($1.0) * Double($1.1) },
      gradientNorm: squaredNorm(result.gradient.elements).squareRoot())
  }
}
