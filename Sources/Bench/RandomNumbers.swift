import CommandLineKit
import Foundation
import LossKit
import ResourceLimits

/// Random predictions and targets.
package struct RandomNumbers {
  package let rows: Int
  package let width: Int
  package let seed: Int

  /// - Throws: `UsageError` where that many numbers are too many.
  package init(rows: Int, width: Int, seed: Int) throws(UsageError) {
    let (count, overflow) = rows.multipliedReportingOverflow(by: width)
    guard !overflow, count <= Limits.drawnNumbers else {
      throw UsageError(
        "--random: \(rows) rows of width \(width) are too many; "
          + "ask for \(Limits.drawnNumbers.grouped) numbers at most")
    }
    (self.rows, self.width, self.seed) = (rows, width, seed)
  }

  /// Twice standard normal numbers, `[rows, width]`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func predictions<Scalar: LossScalar>() throws(TensorError) -> Tensor<Scalar> {
    try normals("predictions")
  }

  /// Predictions that suit `loss`: boxes that stray from objects for one that compares boxes, else twice
  /// standard normal numbers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func predictions<Scalar: LossScalar>(
    for loss: any Loss
  ) throws(TensorError) -> Tensor<Scalar> {
    guard loss.predictionKind == .boxes, width == 4 else { return try predictions() }
    return try Tensor(
      shape: [rows, 4],
      elements: boxes.proposals(rows, around: objects, in: Self.imageSize).rows())
  }

  /// Targets that suit `loss`: even classes for one that takes classes, objects for one that compares
  /// boxes, numbers like the predictions for one that reads differences, else zeros and ones.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func targets<Scalar: LossScalar>(for loss: any Loss) throws(TensorError) -> LossTargets<
    Scalar
  > {
    if loss.predictionKind == .boxes, width == 4 {
      return .dense(try Tensor(shape: [rows, 4], elements: objects.rows()))
    }
    if loss is any ClassLoss {
      let stream = stream("targets")
      let columns = loss.labelColumns(of: width)
      return .classes((0..<rows).map { Int(stream.uniform($0) * Double(columns)) })
    }
    if (loss as? any DenseLoss)?.readsDifference == true { return .dense(try normals("targets")) }
    let stream = stream("targets")
    if (loss as? any DenseLoss)?.comparesOneNumber == true {
      return .dense(Tensor((0..<rows).map { Scalar(stream.uniform($0) * Double(width - 1)) }))
    }
    return .dense(
      try Tensor(
        shape: [rows, width],
        elements: (0..<rows * width).map { stream.uniform($0) < 0.5 ? 0 : 1 }))
  }

  private static let imageSize = ImageSize(height: 800, width: 1000)

  private var boxes: RandomBoxes { RandomBoxes(seed: UInt64(clamping: seed)) }
  private var objects: [Box] { boxes.objects(rows, in: Self.imageSize) }

  private func stream(_ name: String) -> RandomStream {
    RandomStream(seed: UInt64(clamping: seed), name: name)
  }

  /// Twice standard normal numbers by the transform of Box and Muller.
  private func normals<Scalar: LossScalar>(_ name: String) throws(TensorError) -> Tensor<Scalar> {
    let stream = stream(name)
    return try Tensor(
      shape: [rows, width],
      elements: (0..<rows * width).map { index in
        let radius = (-2 * Double.log1p(-stream.uniform(2 * index))).squareRoot()
        return Scalar(2 * radius * cos(2 * .pi * stream.uniform(2 * index + 1)))
      })
  }
}
