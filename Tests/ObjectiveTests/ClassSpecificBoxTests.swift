import LossKit
import Testing

/// A prediction with boxes for each class against one with a box for all.
struct ClassSpecificBoxTests {
  @Test func `the slot of the prior's class is scored, the others get no gradient`() throws {
    let scene = Scene(priors: [8, 13], classes: 3, seed: 5)
    let specific = try randomTensor([21, 4 * 4], seed: 7)
    var agnostic = try Tensor(repeating: 0.0, shape: [21, 4])
    var slots: [Int?] = []
    for image in scene.matches.indices {
      for prior in scene.matches[image].indices {
        let label = scene.label(image: image, prior: prior)
        slots.append(label == 0 ? nil : label)
      }
    }
    agnostic.withMutableElements { elements in
      for (row, slot) in slots.enumerated() {
        for column in 0..<4 {
          elements[4 * row + column] = specific.elements[16 * row + 4 * (slot ?? 0) + column]
        }
      }
    }
    let loss = try SmoothL1Loss()
    let result = try scene.evaluate(
      [try .of("x", layout: "r (k c)", target: .box, loss, Normalizer(.positives))],
      ["x": specific])
    let expected = try scene.evaluate(
      [try .of("x", layout: "r c", target: .box, loss, Normalizer(.positives))],
      ["x": agnostic])

    #expect(Set(slots.compactMap(\.self)) == [1, 2, 3])
    #expect(result.total == expected.total && result.total > 0)
    let found = try #require(result.gradients["x"]).elements
    let wanted = try #require(expected.gradients["x"]).elements
    for (row, slot) in slots.enumerated() {
      for (index, element) in found[16 * row..<16 * row + 16].enumerated() {
        #expect(element == (index / 4 == slot ? wanted[4 * row + index % 4] : 0))
      }
    }
  }

  /// mmdetection's boxes: the slot of label k is k − 1.
  @Test func `the background may have no slot, or the last`() throws {
    let scene = Scene(priors: [8, 13], classes: 3, seed: 5)
    let specific = try randomTensor([21, 4 * 4], seed: 7)
    /// The prediction with its slots in the order that the background's place makes of them.
    func moved(_ slots: [Int]) throws -> Tensor<Double> {
      var elements: [Double] = []
      for row in 0..<21 {
        for slot in slots {
          let first = 16 * row + 4 * slot
          elements += specific.elements[first..<first + 4]
        }
      }
      return try Tensor(shape: [21, 4 * slots.count], elements: elements)
    }
    func total(_ background: BackgroundColumn?, _ prediction: Tensor<Double>) throws -> Double {
      let term = try Term.of(
        "x", layout: "r (k c)", target: .box, try SmoothL1Loss(), background: background)
      return try scene.evaluate([term], ["x": prediction]).total
    }
    let expected = try total(nil, specific)
    #expect(expected > 0)
    #expect(try total(.first, specific) == expected)
    #expect(try total(BackgroundColumn.none, moved([1, 2, 3])) == expected)
    #expect(try total(.last, moved([1, 2, 3, 0])) == expected)
    #expect(
      complaint { try total(BackgroundColumn.none, moved([1, 2])) }
        .hasSuffix("label 3 is out of range for prediction \"x\", which has classes 1 to 2"))
  }

  @Test func `slots beside priors of a cell and columns on a map`() throws {
    let scene = Scene(matches: [[0, -1, -1, 1]], labels: [[2, 1]])
    let term = try Term.of("x", layout: "n (k a c) h w", target: .box, try L2Loss())
    // Three slots, two priors a cell, two cells in a row.
    let prediction = try randomTensor([1, 24, 1, 2], seed: 1)
    let gradient = try #require(
      try scene.evaluate(priorsPerCell: [2], [term], ["x": prediction]).gradients["x"])
    var expected = [Double](repeating: 0, count: 48)
    for (prior, slot) in [(0, 2), (3, 1)] {
      let target = try #require(try scene.boxTarget(image: 0, prior: prior))
      for column in 0..<4 {
        let channel = (slot * 2 + prior % 2) * 4 + column
        let offset = channel * 2 + prior / 2
        expected[offset] = 2 * (prediction.elements[offset] - Double(target[column]))
      }
    }
    #expect(gradient.elements == expected)
  }

  @Test func `a class without a slot is an error`() throws {
    let scene = Scene(matches: [[0, -1]], labels: [[4]])
    let term = try Term.of("x", layout: "r (k c)", target: .box, try L1Loss())
    let prediction = try Tensor(repeating: 0.0, shape: [2, 16])
    #expect(
      complaint { try scene.evaluate([term], ["x": prediction]) }
        == "gt_labels image 0: label 4 is out of range for prediction \"x\", which has classes 1 to 3"
    )
  }
}
