import Foundation
import LossKit
import TestSupport
import Testing

/// Centerness in an objective, against numbers worked out by hand.
struct CenternessTermTests {
  /// Priors 0 and 3 are positives of the box (0, 5) to (20, 40). Their centres are (6, 8) and (10.5, 15.5):
  /// 6 and 14, 3 and 32 pixels from its sides; 10.5 and 9.5, 10.5 and 24.5.
  let scene = Scene(matches: [[0, -1, -2, 0], [-1, -1, -1, -1]], labels: [[2], []])
  static let first = (6.0 / 14 * 3 / 32).squareRoot()
  static let second = (9.5 / 10.5 * 10.5 / 24.5).squareRoot()

  @Test func `a head learns it by binary cross-entropy`() throws {
    let logits = [0.5, 9, 9, -2, 9, 9, 9, 9]
    let term = try Term.of(
      "x", layout: "r", target: .centerness, try BCEWithLogitsLoss(),
      Normalizer(.positives, floor: 1))
    let result = try scene.evaluate([term], ["x": try Tensor(shape: [8], elements: logits)])
    func loss(_ x: Double, _ y: Double) -> Double { log(1 + exp(x)) - x * y }
    let expected = (loss(0.5, Self.first) + loss(-2, Self.second)) / 2
    // Targets are singles.
    #expect(agree(result.terms[0].value, expected, 1e-7))
    #expect(result.terms[0].positives == 2)
    let gradient = try #require(result.gradients["x"]).elements
    #expect(agree(gradient[0], (1 / (1 + exp(-0.5)) - Self.first) / 2, 1e-6))
    #expect(agree(gradient[3], (1 / (1 + exp(2.0)) - Self.second) / 2, 1e-6))
    #expect(gradient.enumerated().allSatisfy { [0, 3].contains($0.offset) || $0.element == 0 })
  }

  @Test func `it weighs rows and divides by its sum`() throws {
    let weight = try CenternessWeight([:])
    let prediction = try randomTensor([8, 4], seed: 41)
    func result(_ normalizer: Normalizer, _ rowWeight: (any RowWeight)?) throws -> TermResult {
      let term = try Term.of(
        "x", layout: "r c", target: .box, try L1Loss(), normalizer, rowWeight: rowWeight)
      return try scene.evaluate([term], ["x": prediction]).terms[0]
    }
    func rowLoss(_ prior: Int) throws -> Double {
      let target = try #require(try scene.boxTarget(image: 0, prior: prior))
      return (0..<4).reduce(0) {
        $0 + abs(prediction.elements[4 * prior + $1] - Double(target[$1]))
      }
    }
    let (first, second) = (try rowLoss(0), try rowLoss(3))
    let sum = Self.first + Self.second
    let weighted = Self.first * first + Self.second * second
    let both = try result(Normalizer(.rowWeight(weight)), weight)
    #expect(agree(both.divisors[0], sum, 1e-7) && agree(both.value, weighted / sum, 1e-7))
    #expect(
      agree(try result(Normalizer(.rowWeight(weight)), nil).value, (first + second) / sum, 1e-7))
    #expect(agree(try result(Normalizer(.positives), weight).value, weighted / 2, 1e-7))
    // The second image has no positives.
    let perImage = try result(Normalizer(.rowWeight(weight), per: .image, floor: 1e-6), weight)
    #expect(agree(perImage.value, weighted / sum / 2, 1e-7))
    #expect(perImage.divisors[1] == 1e-6)
    #expect(try result(Normalizer(.rowWeight(weight), floor: 10), weight).divisors == [10])
  }

  @Test func `images without positives cost nothing`() throws {
    let scene = Scene(matches: [[-1, -1], [-2, -1]], labels: [[], []])
    let weight = try CenternessWeight([:])
    let terms = [
      try Term.of(
        "q", layout: "r", target: .centerness, try BCEWithLogitsLoss(),
        Normalizer(.positives, floor: 1)),
      try Term.of(
        "x", layout: "r c", target: .decodedBox, try GIoULoss(), Normalizer(.rowWeight(weight)),
        rowWeight: weight),
    ]
    let result = try scene.evaluate(
      terms, ["q": try randomTensor([4], seed: 1), "x": try randomTensor([4, 4], seed: 2)])
    #expect(result.total == 0)
    #expect(result.terms.map(\.divisors) == [[1], [0]])
    #expect(result.gradients.values.allSatisfy { $0.elements.allSatisfy { $0 == 0 } })
  }
}
