import DetectorKernels
import LossCore
import LossKernels
import Objective

/// What a stage's head must predict: as many numbers a prior as its recipe's terms read.
///
/// A head's last layer has a row for each cell (or region), in which the outputs of a prediction stand
/// together: priors of the cell outermost, then class slots, then columns. ``predictions(_:places:)``
/// puts them where the terms' layouts want them.
struct HeadOutputs: Sendable {
  /// One prediction tensor.
  struct Output: Sendable {
    /// The first of the terms that read it.
    let term: Term
    /// What the numbers go through, so that they are what the loss reads.
    let activation: HeadActivation
    let columns: Int
    let slots: Int
    /// Where its numbers begin in a row.
    let start: Int
    /// The tensor's name.
    let name: String

    /// The numbers of a prior.
    var width: Int { slots * columns }
  }

  /// Where the priors of a batch are.
  struct Places: Sendable {
    /// The number of priors of each image.
    let priorCounts: [Int]
    /// The map that they lie on, where they do.
    var map: FeatureMap?
  }

  let outputs: [Output]
  let priorsPerCell: Int
  let classes: Int

  /// The numbers of a row.
  var width: Int { outputs.reduce(0) { $0 + $1.width * priorsPerCell } }

  /// What is predicted on one of the levels of a stage; a stage on regions has one.
  init(_ stage: Stage, level: Int, classes: Int) throws(InputError) {
    let levels = stage.priors.priorsPerCell ?? [1]
    let priorsPerCell = levels[level]
    var outputs: [Output] = []
    var start = 0
    for term in stage.terms {
      let place = "stage \(stage.name), term \(term.name)"
      guard term.predictions.count == levels.count else {
        throw InputError(
          place,
          "names \(term.predictions.joined(separator: ", ")); expected a prediction for each level of "
            + "its priors, \(levels.count) here")
      }
      guard levels.count == 1 || term.layout.isOnFeatureMap else {
        throw InputError(
          place,
          "has layout \"\(term.layout)\"; the reference detector predicts each level by itself, and "
            + "needs a layout with h and w")
      }
      let name = term.predictions[level]
      if outputs.contains(where: { $0.name == name }) { continue }
      let output = Output(
        term: term, activation: HeadActivation(for: term),
        columns: try term.columns(classes: classes),
        slots: term.isClassSpecific ? term.background.columns(classes: classes) : 1, start: start,
        name: name)
      do throws(InputError) {
        try term.loss.check(width: term.targetWidth(columns: output.columns))
      } catch {
        throw InputError(
          place,
          "\(error); the data set has \(classes) classes, so that rows have \(output.columns) "
            + "columns")
      }
      outputs.append(output)
      start += output.width * priorsPerCell
    }
    self.outputs = outputs
    self.priorsPerCell = priorsPerCell
    self.classes = classes
  }

  /// The prediction tensors for the rows of a head's last layer.
  func predictions(_ rows: [Float], _ places: Places) throws(InputError) -> [String: Tensor<Float>]
  {
    var predictions: [String: Tensor<Float>] = [:]
    for output in outputs {
      let view = try view(output, places)
      var elements: [Float] = zeros(view.shape.reduce(1, *))
      var row: [Float] = zeros(output.columns)
      forEachRow(output, view, places) { source, target in
        for column in row.indices { row[column] = rows[source + column] }
        output.activation.apply(to: &row)
        for column in row.indices {
          elements[target + column * view.columnStep] = row[column]
        }
      }
      predictions[output.name] = try? Tensor(shape: view.shape, elements: elements)
    }
    return predictions
  }

  /// The gradient by the rows of a head's last layer, and behind them as many zeros as a kernel may
  /// read too far.
  ///
  /// - Parameters:
  ///   - gradients: The gradient by each prediction; one without counts 0.
  ///   - predictions: What ``predictions(_:_:)`` made of the rows.
  func gradient(
    _ gradients: [String: Tensor<Float>], _ predictions: [String: Tensor<Float>], _ places: Places
  ) throws(InputError) -> [Float] {
    let cells = places.priorCounts.reduce(0, +) / priorsPerCell
    var rows: [Float] = zeros(cells * width + matrixTileWidth)
    for output in outputs {
      guard let gradient = gradients[output.name]?.elements,
        let values = predictions[output.name]?.elements
      else { continue }
      let view = try view(output, places)
      var row: [Float] = zeros(output.columns)
      var value: [Float] = zeros(output.columns)
      forEachRow(output, view, places) { target, source in
        for column in row.indices {
          row[column] = gradient[source + column * view.columnStep]
          value[column] = values[source + column * view.columnStep]
        }
        output.activation.applyDerivative(to: &row, at: value)
        for column in row.indices { rows[target + column] = row[column] }
      }
    }
    return rows
  }

  private func view(
    _ output: Output, _ places: Places
  ) throws(InputError) -> TensorView {
    try output.term.view(
      priorCounts: places.priorCounts, cells: places.map.map { ($0, priorsPerCell) },
      classes: classes)
  }

  /// Calls `body` with where each row of a prediction begins: in the last layer, and in the tensor.
  @inline(__always)
  private func forEachRow(
    _ output: Output, _ view: TensorView, _ places: Places, _ body: (Int, Int) -> Void
  ) {
    let width = width
    var cell = 0
    var place = 0
    for (image, count) in places.priorCounts.enumerated() {
      for prior in 0..<count {
        let source = cell * width + output.start + place * output.width
        let target = view.start(image: image, prior: prior)
        for slot in 0..<output.slots {
          body(source + slot * output.columns, target + slot * view.slotStep)
        }
        place += 1
        if place == priorsPerCell { (cell, place) = (cell + 1, 0) }
      }
    }
  }
}
