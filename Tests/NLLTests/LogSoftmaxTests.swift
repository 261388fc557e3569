import Foundation
import LossKit
import TestSupport
import Testing

@Suite struct LogSoftmaxTests {
  private func tensor(_ rows: [[Double]]) throws -> Tensor<Double> {
    try Tensor(shape: [rows.count, rows[0].count], elements: rows.flatMap { $0 })
  }

  private func random(_ rows: Int, _ width: Int, seed: UInt64) throws -> Tensor<Float> {
    var generator = SeededGenerator(seed: seed)
    return try Tensor(
      shape: [rows, width], elements: generator.floats(rows * width, in: -20...20))
  }

  @Test func oneTwoThree() throws {
    let result = try logSoftmax(try tensor([[1, 2, 3]]))
    let probabilities = result.elements.map { exp($0) }
    #expect(probabilities.map { ($0 * 100).rounded() / 100 } == [0.09, 0.24, 0.67])
  }

  @Test(arguments: [1, 2, 5, 7, 8, 9, 21])
  func probabilitiesAddUpToOne(width: Int) throws {
    let result = try logSoftmax(try random(3000, width, seed: 1).map { Double($0) })
    for row in 0..<3000 {
      let sum = result.elements[row * width..<(row + 1) * width].reduce(0) { $0 + exp($1) }
      #expect(abs(sum - 1) < 1e-14)
    }
  }

  /// Both roads of the articles: log-softmax and NLL, or cross-entropy on the logits.
  @Test(arguments: 1...10 as ClosedRange<UInt64>, Reduction.allCases)
  func nllOfItIsCrossEntropy(seed: UInt64, reduction: Reduction) throws {
    var generator = SeededGenerator(seed: seed)
    let logits = try random(20, 5, seed: seed)
    let targets = LossTargets<Float>.classes(
      (0..<20).map { $0 % 6 == 5 ? -100 : Int.random(in: 0..<5, using: &generator) })
    let parameters: [String: ParameterValue] =
      seed.isMultiple(of: 2) ? [:] : ["class_weights": [0.5, 1, 2, 3, 4]]
    let direct = try SoftmaxCrossEntropyLoss(parameters).evaluate(
      logits, targets: targets, reduction: reduction)
    let nll = try NLLLoss(parameters).evaluate(
      try logSoftmax(logits), targets: targets, reduction: reduction)
    let upstream = try #require(nll.gradient)
    let gradient = try logSoftmaxGradient(logits, upstream: upstream)

    #expect(abs(nll.value - direct.value) <= 1e-6 * direct.value)
    let tolerance = Tolerance(relative: 1e-6)
    let mismatches =
      tolerance.mismatches("value", nll.doubleValues, direct.doubleValues)
      + tolerance.mismatches(
        "gradient", gradient.elements.map { Double($0) }, direct.doubleDerivatives)
    #expect(mismatches == [])
  }

  @Test func theGradientIsTheDerivative() throws {
    let logits = try random(4, 5, seed: 3).map { Double($0) / 5 }
    let upstream = try random(4, 5, seed: 4).map { Double($0) }
    func value(_ logits: Tensor<Double>) throws -> Double {
      zip(try logSoftmax(logits).elements, upstream.elements).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let derivatives = try logits.elements.indices.map { index in
      let values = try [-1e-5, 1e-5].map { step in
        var moved = logits
        moved.withMutableElements { $0[index] += step }
        return try value(moved)
      }
      return (values[1] - values[0]) / 2e-5
    }
    let mismatches = Tolerance(relative: 1e-6, absolute: 1e-6).mismatches(
      "gradient", try logSoftmaxGradient(logits, upstream: upstream).elements, derivatives)
    #expect(mismatches == [])
  }

  @Test func anAlmostCertainRowKeepsItsDigits() throws {
    let logits = try Tensor<Float>(shape: [1, 2], elements: [30, 0])
    let value = Double(try logSoftmax(logits).elements[0])
    #expect(abs(value / -exp(-30) - 1) < 1e-6)
    let upstream = try Tensor<Float>(shape: [1, 2], elements: [-1, 0])
    let gradient = try logSoftmaxGradient(logits, upstream: upstream).elements.map { Double($0) }
    #expect(abs(gradient[0] / -exp(-30) - 1) < 1e-6)
    #expect(abs(gradient[1] / exp(-30) - 1) < 1e-6)
  }

  /// A row's numbers depend neither on the rows around it nor on threads and instructions.
  @Test(arguments: [1, 2, 15, 16, 17, 33, 81])
  func aRowIsTheSameWhereverItStands(width: Int) throws {
    let rows = 20_011 / width
    let logits = try random(rows, width, seed: 5)
    let upstream = try random(rows, width, seed: 6)
    let plain = Workers(1, instructions: .baseline)
    let result = try logSoftmax(logits, workers: plain)
    let gradient = try logSoftmaxGradient(logits, upstream: upstream, workers: plain)
    let others = InstructionSet.allCases.flatMap { instructions in
      [1, 2, 3].map { Workers($0, instructions: instructions) }
    }
    for workers in others {
      #expect(try logSoftmax(logits, workers: workers) == result)
      #expect(
        try logSoftmaxGradient(logits, upstream: upstream, workers: workers) == gradient)
    }
    func row(_ index: Int, of tensor: Tensor<Float>) throws -> Tensor<Float> {
      try Tensor(
        shape: [1, width],
        elements: Array(tensor.elements[index * width..<(index + 1) * width]))
    }
    for index in [0, 1, 15, 16, 17, rows / 2, rows - 1] where index < rows {
      let alone = try row(index, of: logits)
      #expect(try logSoftmax(alone) == row(index, of: result))
      #expect(
        try logSoftmaxGradient(alone, upstream: row(index, of: upstream))
          == row(index, of: gradient))
    }
  }

  @Test func emptyStaysEmpty() throws {
    for shape in [[0, 3], [3, 0]] {
      let empty = try Tensor<Float>(shape: shape, elements: [])
      #expect(try logSoftmax(empty) == empty)
      #expect(try logSoftmaxGradient(empty, upstream: empty) == empty)
    }
  }

  @Test func saysWhatIsWrong() throws {
    let logits = try Tensor<Float>(repeating: 0, shape: [2, 3])
    var infinite = logits
    infinite.withMutableElements { $0[5] = .infinity }
    #expect(throws: InputError("logits", "shape [3] is not [rows, width]")) {
      try logSoftmax(Tensor<Float>([1, 2, 3]))
    }
    #expect(throws: InputError("logits row 1, column 2", "inf is not finite")) {
      try logSoftmax(infinite)
    }
    #expect(throws: InputError("logits row 1, column 2", "inf is not finite")) {
      try logSoftmaxGradient(infinite, upstream: logits)
    }
    #expect(throws: InputError("upstream gradient", "shape [3]; expected [2, 3]")) {
      try logSoftmaxGradient(logits, upstream: Tensor<Float>([1, 2, 3]))
    }
  }
}
