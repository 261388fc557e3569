import LossKit
import TestSupport
import Testing

/// What a plugin's losses come to: the same as those of the package, in every way of calling them.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct EvaluationTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func numbers<Scalar: LossScalar>(
    _ rows: Int, _ width: Int, seed: UInt64
  ) throws -> Tensor<Scalar> {
    let stream = RandomStream(seed: seed, name: "numbers")
    return try Tensor(
      shape: [rows, width],
      elements: (0..<rows * width).map { Scalar(Float(6 * stream.uniform($0) - 3)) })
  }

  @Test(arguments: Reduction.allCases)
  func anElementwiseLossIsThatOfTheFormula(reduction: Reduction) throws {
    let loss = try Registry(plugin: SmallPlugin.source, in: folder).loss("small/half", ["scale": 2])
    let predictions: Tensor<Float> = try numbers(1500, 3, seed: 1)
    let targets: Tensor<Float> = try numbers(1500, 3, seed: 2)
    let weights: Tensor<Float> = try numbers(1500, 3, seed: 3).map { abs($0) }
    let inside: Tensor<Float> = try numbers(1500, 3, seed: 4)
    // Half of the square, twice.
    let known = try L2Loss()
    let theirs = try loss.evaluate(
      predictions, targets: .dense(targets), weights: weights, insideWeights: inside,
      reduction: reduction)
    let ours = try known.evaluate(
      predictions, targets: .dense(targets), weights: weights, insideWeights: inside,
      reduction: reduction)
    #expect(theirs.value == ours.value)
    #expect(theirs.gradient == ours.gradient)
    #expect(theirs.values == ours.values)
  }

  /// The sum over a row, which has one value and so one weight.
  @Test func aLossOfRowsOfNumbers() throws {
    let source = SmallPlugin.source
      .replacing("block->values[i] = ", with: "block->values[i / block->width] += ")
      .replacing("LOSSKIT_PER_ELEMENT", with: "LOSSKIT_PER_ROW")
    let loss = try Registry(plugin: source, in: folder).loss("small/half", ["scale": 2])
    let weights = try numbers(1500, 1, seed: 3) as Tensor<Float>
    let predictions: Tensor<Float> = try numbers(1500, 4, seed: 1)
    let targets: Tensor<Float> = try numbers(1500, 4, seed: 2)
    let theirs = try loss.evaluate(
      predictions, targets: .dense(targets), weights: Tensor(weights.elements),
      reduction: .sumPerRow)
    let ours = try L2Loss().evaluate(
      predictions, targets: .dense(targets), weights: Tensor(weights.elements),
      reduction: .sumPerRow)
    #expect(theirs.gradient == ours.gradient)
    let sums = try #require(ours.values)
    let found = try #require(theirs.values)
    #expect(found.shape == [1500])
    #expect(
      zip(found.elements, sums.elements).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
  }

  @Test func overDoubleItIsTheFloatResult() throws {
    let loss = try Registry(plugin: SmallPlugin.source, in: folder).loss("small/half")
    let double = try loss.evaluate(
      try numbers(700, 4, seed: 5) as Tensor<Double>, targets: .dense(try numbers(700, 4, seed: 6)),
      reduction: .none)
    let float = try loss.evaluate(
      try numbers(700, 4, seed: 5) as Tensor<Float>, targets: .dense(try numbers(700, 4, seed: 6)),
      reduction: .none)
    #expect(double.gradient?.elements == float.gradient?.elements.map { Double($0) })
    #expect(double.values?.elements == float.values?.elements.map { Double($0) })
  }

  /// −x_c for class c, which wants a column for the background.
  private static let pick = SmallPlugin.source
    .replacing(
      "static const losskit_value one",
      with: #"""
        static int pick(const losskit_instance *instance, const losskit_block *block, char *error,
                        size_t error_size) {
          if (block->width < 2) { snprintf(error, error_size, "takes two columns"); return 1; }
          for (size_t row = 0; row < block->row_count; row++) {
            const size_t place = row * block->width + (size_t)block->classes[row];
            block->values[row] = -block->predictions[place];
            if (block->gradient) block->gradient[place] = -1;
          }
          return 0;
        }
        static size_t columns(const losskit_instance *instance, size_t classes) {
          return classes + 1;
        }
        static const losskit_value one
        """#
    )
    .replacing("#include", with: "#include <stdio.h>\n#include")
    .replacing("LOSSKIT_DENSE", with: "LOSSKIT_CLASSES")
    .replacing("LOSSKIT_PER_ELEMENT", with: "LOSSKIT_PER_ROW")
    .replacing(
      ".flags = LOSSKIT_READS_DIFFERENCE, .evaluate = evaluate",
      with: ".flags = LOSSKIT_THREAD_SAFE, .columns = columns, .evaluate = pick")

  @Test func aClassLossIsThatOfTheFormula() throws {
    let loss = try Registry(plugin: Self.pick, in: folder).loss("small/half")
    #expect(loss is any ClassLoss && !(loss is any DenseLoss))
    #expect(loss.columns(classes: 1) == 2 && loss.columns(classes: 80) == 81)
    let predictions: Tensor<Float> = try numbers(5000, 5, seed: 7)
    let classes = (0..<5000).map { $0 % 5 }
    let theirs = try loss.evaluate(predictions, targets: .classes(classes))
    let ours = try NLLLoss().evaluate(predictions, targets: .classes(classes))
    #expect(theirs.value == ours.value && theirs.gradient == ours.gradient)
    let double = try loss.evaluate(predictions.map { Double($0) }, targets: .classes(classes))
    #expect(double.value == ours.value)
  }

  @Test func aWidthIsRefusedBeforeAnyRow() throws {
    let path = try PluginBuilding.library(Self.pick, in: folder)
    var registry = Registry()
    try registry.register(try PluginLibrary(contentsOf: path))
    let loss = try registry.loss("small/half")
    #expect(throws: InputError("small/half of \(path)", "fails: takes two columns")) {
      try loss.evaluate(try numbers(3, 1, seed: 8) as Tensor<Float>, targets: .classes([0, 0, 0]))
    }
  }

  @Test func targetsOfTheOtherKindAreRefused() throws {
    let loss = try Registry(plugin: Self.pick, in: folder).loss("small/half")
    #expect(
      throws: InputError("targets", "small/half takes class indices, not dense targets")
    ) {
      try loss.evaluate(
        try numbers(3, 2, seed: 8) as Tensor<Float>, targets: .dense(try numbers(3, 2, seed: 9)))
    }
  }

  @Test func aRowThatIsLeftOutComesToNothing() throws {
    let path = try PluginBuilding.library(Self.pick, in: folder)
    var registry = Registry()
    try registry.register(try PluginLibrary(contentsOf: path))
    func evaluate(_ classes: [Int], rows: Int) throws -> (RowTotals, [Float]?) {
      let term = RowTerm<Float>(
        loss: try registry.loss("small/half"), rows: RowSelection(rows: rows, width: 2),
        targets: .classes(classes, ignored: -1))
      var gradient: [Float]? = [Float](repeating: 0, count: 4)
      return (try term.evaluate([1, 2, 3, 4], addingGradientTo: &gradient), gradient)
    }
    let one = try evaluate([1], rows: 1)
    let two = try evaluate([1, -1], rows: 2)
    #expect(one.0 == two.0 && one.0.value != 0)
    #expect(one.1 == two.1)
  }

  @Test(arguments: [1, 2, 3, 8], [false, true])
  func workersDoNotChangeABit(workers: Int, isSafe: Bool) throws {
    let source = SmallPlugin.source.replacing(
      ".flags = ", with: isSafe ? ".flags = LOSSKIT_THREAD_SAFE | " : ".flags = ")
    let loss = try Registry(plugin: source, in: folder).loss("small/half")
    let predictions: Tensor<Float> = try numbers(20_011, 4, seed: 10)
    let targets: Tensor<Float> = try numbers(20_011, 4, seed: 11)
    let one = try loss.evaluate(predictions, targets: .dense(targets), workers: Workers(1))
    let many = try loss.evaluate(predictions, targets: .dense(targets), workers: Workers(workers))
    #expect(one.value == many.value && one.gradient == many.gradient)
  }

  /// Fails where it is entered while it runs.
  @Test func aLossThatIsNotSafeIsCalledByOneThreadAtATime() throws {
    let source = SmallPlugin.source
      .replacing("#include", with: "#include <unistd.h>\nstatic int running;\n#include")
      .replacing(
        "const float scale = ",
        with: """
          const int others = __sync_fetch_and_add(&running, 1);
          usleep(200);
          __sync_fetch_and_sub(&running, 1);
          if (others) return 1;
          const float scale =\u{20}
          """)
    let loss = try Registry(plugin: source, in: folder).loss("small/half")
    #expect(throws: Never.self) {
      try loss.evaluate(
        try numbers(20_000, 4, seed: 12) as Tensor<Float>,
        targets: .dense(try numbers(20_000, 4, seed: 13)), workers: Workers(8))
    }
  }
}
