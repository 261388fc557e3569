import LossKit
import TestSupport
import Testing

/// Boxes whose losses can be worked out by hand, and edges.
@Suite struct ExampleTests {
  static let names = ["iou", "giou", "diou", "ciou"]
  static let allNames = names + ["eiou", "siou", "bounded_iou", "mpdiou", "nwd"]

  private func evaluate(
    _ name: String, _ prediction: [Double], _ target: [Double]
  ) throws -> LossResult<Double> {
    try Registry.builtIn().loss(name).evaluate(
      try Tensor(shape: [1, 4], elements: prediction),
      targets: .dense(try Tensor(shape: [1, 4], elements: target)), reduction: .sum)
  }

  /// Two squares of side 2, one shifted by (1, 1): they share 1 of 7, the hull has 9.
  @Test(arguments: zip(names, [0, 2, 1, 1]))
  func shiftedSquares(name: String, ninths: Int) throws {
    let value = try evaluate(name, [0, 0, 2, 2], [1, 1, 3, 3]).value
    #expect(abs(value - (6.0 / 7 + Double(ninths) / 9)) < 1e-7)
  }

  @Test(arguments: allNames)
  func theSameBoxCostsNothing(name: String) throws {
    let result = try evaluate(name, [3, 4, 13, 9], [3, 4, 13, 9])
    // The eps of bounded IoU is 1e-3.
    let limit = name == "bounded_iou" ? 1e-3 : 1e-8
    #expect(abs(result.value) < limit)
    #expect(result.gradient?.elements.allSatisfy { abs($0) < limit } == true)
  }

  /// A small box far from the origin, in single precision and in double.
  @Test(arguments: allNames)
  func smallBoxesKeepTheirDigits(name: String) throws {
    let loss = try Registry.builtIn().loss(name)
    let prediction: [Float] = [1377.5901, 1490.5911, 1378.4728, 1491.3256]
    let target: [Float] = [1376.6707, 1490.3933, 1378.4550, 1491.3999]
    let single = try loss.evaluate(
      try Tensor(shape: [1, 4], elements: prediction),
      targets: .dense(try Tensor(shape: [1, 4], elements: target)), reduction: .sum)
    let double = try evaluate(name, prediction.map(Double.init), target.map(Double.init))
    #expect(abs(Double(single.value) - double.value) < 1e-6)
  }

  @Test func boxesApartHaveADerivativeButUnderIoU() throws {
    for name in Self.allNames {
      let gradient = try evaluate(name, [0, 0, 2, 2], [5, 0, 7, 2]).gradient?.elements ?? []
      #expect(gradient.contains { $0 != 0 } == (name != "iou"), "\(name)")
    }
  }

  @Test(
    arguments: allNames,
    [[0, 0, 0, 0], [0, 0, 0, 2], [0, 0, 2, 0], [9e3, 0, 9e3, 9e3]] as [[Double]])
  func sidesOfZeroGiveNumbers(name: String, box: [Double]) throws {
    for (prediction, target) in [(box, [1, 1, 4, 3]), (box, box), ([1, 1, 4, 3], box)] {
      let double = try evaluate(name, prediction, target)
      #expect(double.value.isFinite)
      #expect(double.gradient?.elements.allSatisfy(\.isFinite) == true)
      let float = try Registry.builtIn().loss(name).evaluate(
        try Tensor(shape: [1, 4], elements: prediction.map { Float($0) }),
        targets: .dense(try Tensor(shape: [1, 4], elements: target.map { Float($0) })))
      #expect(float.value.isFinite)
      #expect(float.gradient?.elements.allSatisfy(\.isFinite) == true)
    }
  }

  @Test(arguments: allNames)
  func invertedTargetsAndOtherWidthsAreErrors(name: String) throws {
    #expect(throws: InputError.self) { try evaluate(name, [0, 0, 2, 2], [1, 3, 3, 1]) }
    let rows = try Tensor(shape: [2, 3], elements: [Float](repeating: 0, count: 6))
    #expect(throws: InputError.self) {
      try Registry.builtIn().loss(name).evaluate(rows, targets: .dense(rows))
    }
  }

  @Test func anInvertedTargetIsShown() throws {
    let error = #expect(throws: InputError.self) {
      try evaluate("giou", [1, 1, 3, 3], [2, 0, 0, 2])
    }
    #expect("\(try #require(error))".contains("target boxes row 0: [2.0, 0.0, 0.0, 2.0]"))
  }

  /// A change of α alone must not show in the gradient: it is that of distance IoU and of α v with α
  /// held.
  @Test func theGradientOfCIoUHoldsAlpha() throws {
    let (prediction, target) = ([0.0, 0, 4, 2], [1.0, 0, 4, 5])
    let ciou = try evaluate("ciou", prediction, target)
    let diou = try evaluate("diou", prediction, target)
    let angle = Double.atan(3.0 / 5) - Double.atan(4.0 / 2)
    let v = 4 / (Double.pi * Double.pi) * angle * angle
    let iou = 1 - (try evaluate("iou", prediction, target).value)
    let alpha = v / (1 - iou + v + 1e-7)
    #expect(abs(ciou.value - diou.value - alpha * v) < 1e-12)
    // By the right side, x2: dv = 8/π² (angle) (−d atan(w/h)), d atan(w/h) = h / (w² + h²).
    let derivative = alpha * 8 / (Double.pi * Double.pi) * angle * -(2.0 / (16 + 4))
    let found = (ciou.gradient?.elements[2] ?? 0) - (diou.gradient?.elements[2] ?? 0)
    #expect(abs(found - derivative) < 1e-12)
  }

  /// mmdetection divides 0 by 0 where a box is its target, in single precision.
  @Test func conventionsOfCompleteIoU() throws {
    let loss = try CIoULoss(["convention": "mmdetection"])
    let same = try Tensor<Float>(shape: [1, 4], elements: [30, 40, 630, 540])
    let result = try loss.evaluate(same, targets: .dense(same))
    #expect(result.value == 0)
    #expect(result.gradient?.elements.allSatisfy(\.isFinite) == true)
    // α counts where more than half is shared.
    for (target, isGated) in [([0.0, 0, 4, 5], true), ([0, 0, 4, 3], false)] {
      let (prediction, target) = (
        try Tensor(shape: [1, 4], elements: [0.0, 0, 4, 2]),
        try Tensor(shape: [1, 4], elements: target)
      )
      func value(_ name: String, _ parameters: [String: ParameterValue] = [:]) throws -> Double {
        try Registry.builtIn().loss(name, parameters).evaluate(
          prediction, targets: .dense(target)
        ).value
      }
      let gated = try value("ciou", ["convention": "mmdetection"])
      #expect(abs(gated - (try value(isGated ? "diou" : "ciou"))) < 1e-6)
      #expect(abs((try value("ciou")) - (try value("ciou", ["convention": "ultralytics"]))) < 1e-6)
    }
  }

  /// Two squares of side 2, 3 and 4 apart: a Wasserstein distance of 5.
  @Test func distancesOfGaussiansAndCorners() throws {
    let value = try evaluate("nwd", [0, 0, 2, 2], [3, 4, 5, 6]).value
    #expect(abs(value - (1 - Double.exp(-5 / 12.8))) < 1e-15)
    // Both corners are 5 apart.
    let corners = try evaluate("mpdiou", [0, 0, 2, 2], [3, 4, 5, 6]).value
    #expect(abs(corners - (1 + 50.0 / (2 * 640 * 640))) < 1e-12)
  }

  /// Of centres side by side the angle cost is 0, so that x counts twice; half of what is apart is all.
  @Test func siouCountsTheAngle() throws {
    let value = try evaluate("siou", [0, 0, 2, 2], [1, 0, 3, 2]).value
    let distance = 1 - Double.exp(-2.0 / 9)
    #expect(abs(value - (1 - 2.0 / 6 + distance / 2)) < 1e-6)
  }
}
