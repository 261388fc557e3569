import LossKit
import Testing

/// A prediction whose background stands elsewhere, against one whose columns are put in another order.
struct BackgroundTests {
  let scene = Scene(priors: [8, 13], classes: 3, seed: 5)

  private func evaluate(
    _ loss: any Loss, _ background: BackgroundColumn?, _ prediction: Tensor<Double>
  ) throws -> (total: Double, gradient: [Double]) {
    let term = try Term.of("x", layout: "r c", target: .class, loss, background: background)
    let result = try scene.evaluate([term], ["x": prediction])
    return (result.total, try #require(result.gradients["x"]).elements)
  }

  /// The columns of each row in the order `columns`; a column below 0 holds 7.
  private func reordered(_ elements: [Double], of width: Int, _ columns: [Int]) -> [Double] {
    stride(from: 0, to: elements.count, by: width).flatMap { start in
      columns.map { $0 < 0 ? 7 : elements[start + $0] }
    }
  }

  @Test func `a softmax may have the background last`() throws {
    let first = try randomTensor([21, 4], seed: 1)
    let last = try Tensor(
      shape: [21, 4], elements: reordered(first.elements, of: 4, [1, 2, 3, 0]))
    let loss = try SoftmaxCrossEntropyLoss(["class_weights": [1, 1, 1, 1]])
    let (expected, expectedGradient) = try evaluate(loss, nil, first)
    let (found, gradient) = try evaluate(loss, .last, last)
    #expect(agree(found, expected) && found > 0)
    let wanted = reordered(expectedGradient, of: 4, [1, 2, 3, 0])
    #expect(zip(gradient, wanted).allSatisfy { agree($0, $1) })
  }

  @Test func `sigmoids may have a column that no object fills`() throws {
    let none = try randomTensor([21, 3], seed: 2)
    for loss in [try BCEWithLogitsLoss([:]), try SigmoidFocalLoss([:])] as [any Loss] {
      let (expected, expectedGradient) = try evaluate(loss, nil, none)
      for (background, columns) in [
        (BackgroundColumn.first, [-1, 0, 1, 2]), (.last, [0, 1, 2, -1]),
      ] {
        let wider = try Tensor(
          shape: [21, 4], elements: reordered(none.elements, of: 3, columns))
        let (found, gradient) = try evaluate(loss, background, wider)
        #expect(found > expected)
        let place = background == .first ? 0 : 3
        for row in 0..<21 {
          let rest = (0..<4).filter { $0 != place }.map { gradient[4 * row + $0] }
          #expect(rest == Array(expectedGradient[3 * row..<3 * row + 3]))
          #expect((gradient[4 * row + place] > 0) == rest.contains { $0 != 0 })
        }
      }
    }
  }

  @Test func `a label needs a column`() throws {
    let narrow = try randomTensor([21, 3], seed: 3)
    for background in [BackgroundColumn.first, .last] {
      #expect(
        complaint { try evaluate(try SigmoidFocalLoss([:]), background, narrow) }
          .contains("which has classes 1 to 2"))
    }
  }
}
