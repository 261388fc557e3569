import LossKit
import Testing

/// Predictions of several levels, one tensor each.
struct PyramidTests {
  static let perCell = [1, 3, 2]
  static let maps = [(4, 5), (2, 3), (1, 1)]
  static let counts = zip(perCell, maps).map { $0 * $1.0 * $1.1 }
  static let priors = counts.reduce(0, +)

  @Test(arguments: [
    Normalizer(.sampled), Normalizer(.positives, per: .image), Normalizer(.weights),
  ])
  func `levels are the rows of one tensor, one after the other`(normalizer: Normalizer) throws {
    let scene = Scene(priors: [Self.priors, Self.priors], classes: 3, seed: 21)
    let boxes = try randomTensor([2, Self.priors, 4], seed: 1)
    let scores = try randomTensor([2, Self.priors, 3], seed: 2)
    let names = ["p3", "p4", "p5"]

    func terms(_ prefixes: [String], _ layout: String) throws -> [Term] {
      [
        Term(
          name: "cls", predictions: prefixes.map { "cls.\($0)" }, layout: try Layout(layout),
          target: .class, loss: try BCEWithLogitsLoss(), normalizer: normalizer),
        Term(
          name: "box", predictions: prefixes.map { "box.\($0)" }, layout: try Layout(layout),
          target: .box, loss: try SmoothL1Loss(["beta": 0.25]), normalizer: normalizer),
      ]
    }
    let whole = try scene.evaluate(
      try terms(["all"], "n p c"), ["cls.all": scores, "box.all": boxes])

    var predictions: [String: Tensor<Double>] = [:]
    for level in 0..<3 {
      predictions["cls.\(names[level])"] = try Self.level(level, of: scores)
      predictions["box.\(names[level])"] = try Self.level(level, of: boxes)
    }
    let levels = try scene.evaluate(
      priorsPerCell: Self.perCell, try terms(names, "n (a c) h w"), predictions)

    #expect(levels.terms.map(\.divisors) == whole.terms.map(\.divisors))
    for (found, expected) in zip(levels.terms, whole.terms) {
      #expect(agree(found.value, expected.value))
      #expect(agree(found.gradientNorm ?? 0, expected.gradientNorm ?? 1))
    }
    #expect(levels.gradients.count == 6)
    for kind in ["cls", "box"] {
      let expected = try #require(whole.gradients["\(kind).all"])
      #expect(expected.elements.contains { $0 != 0 })
      for level in 0..<3 {
        #expect(
          try levels.gradients["\(kind).\(names[level])"] == Self.level(level, of: expected))
      }
    }
  }

  /// A level of `[images, priors, columns]` as `[images, a × columns, height, width]`.
  static func level(_ level: Int, of rows: Tensor<Double>) throws -> Tensor<Double> {
    let width = rows.shape[2]
    let (height, length) = maps[level]
    let first = counts[..<level].reduce(0, +)
    var elements: [Double] = []
    for image in 0..<rows.shape[0] {
      for prior in 0..<perCell[level] {
        for column in 0..<width {
          for cell in 0..<height * length {
            let row = first + cell * perCell[level] + prior
            elements.append(rows.elements[(image * priors + row) * width + column])
          }
        }
      }
    }
    return try Tensor(
      shape: [rows.shape[0], perCell[level] * width, height, length], elements: elements)
  }
}
