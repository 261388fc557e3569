import LossKit

/// What a work does.
package enum BenchOperation: Sendable {
  /// Adds two vectors: the measure of the memory's bandwidth. Shape: elements.
  case streamingAdd
  /// A loss made with some parameters, value and gradient. Shape: rows, width.
  case loss(any Loss, [String: ParameterValue])
  /// log softmax and its gradient, given one by the log-probabilities. Shape: rows, width.
  case logSoftmax
  /// An assigner on the anchors of a pyramid. Shape: priors, ground truths.
  case assignment(AssignmentTask.Kind)
  /// Non-maximum suppression at an IoU of 0.7. Shape: boxes.
  case suppression
  /// A whole objective, assignment to gradients. Shape: images, height, width,
  /// classes.
  case objective(DetectionObjective)

  /// What the operation is called in names of works.
  package var name: String {
    switch self {
    case .streamingAdd: "streaming_add"
    case .loss(let loss, _): loss.declaration.name
    case .logSoftmax: "log_softmax"
    case .assignment(let kind): kind.assigner.declaration.name
    case .suppression: "nms"
    case .objective: "objective"
    }
  }

  /// The parameters that differ from the defaults of the component.
  package var parameters: [String: ParameterValue] {
    switch self {
    case .loss(_, let parameters): parameters
    case .assignment(let kind): kind.parameters
    case .suppression: ["iou": 0.7]
    case .streamingAdd, .logSoftmax, .objective: [:]
    }
  }

  /// A shape with the counts that matter multiplied by `scale`, none below 1.
  func scaled(_ shape: [Int], by scale: Double) -> [Int] {
    let factors =
      switch self {
      case .loss, .logSoftmax: [scale, 1]
      case .objective: [1, scale.squareRoot(), scale.squareRoot(), 1]
      case .streamingAdd, .assignment, .suppression: shape.map { _ in scale }
      }
    return zip(shape, factors).map { max(1, Int((Double($0) * $1).rounded())) }
  }

  /// The work with its inputs in memory: those of `file`, or drawn where there is none.
  package func task(
    _ shape: [Int], inputs file: (any TensorSource)?, workers: Workers
  ) throws -> any BenchTask {
    switch self {
    case .streamingAdd:
      try StreamingAddTask(count: shape[0], workers: workers)
    case .loss(let loss, _):
      try LossTask(loss, rows: shape[0], width: shape[1], inputs: file, workers: workers)
    case .logSoftmax:
      try LogSoftmaxTask(rows: shape[0], width: shape[1], inputs: file, workers: workers)
    case .assignment(let kind):
      try AssignmentTask(
        kind, priors: shape[0], groundTruths: shape[1], inputs: file, workers: workers)
    case .suppression:
      try SuppressionTask(boxes: shape[0], inputs: file)
    case .objective(let objective):
      try ObjectiveTask(
        objective, images: shape[0], size: ImageSize(height: shape[1], width: shape[2]),
        classes: shape[3], inputs: file, workers: workers)
    }
  }
}
