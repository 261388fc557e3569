import LossKit
import TestSupport
import Testing

/// Plugins that fail, or write what can't be.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct FailureTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What the small plugin says of 5,000 rows of width 2 where each prediction is its row's index,
  /// with `text` replaced in its source.
  private func failure(
    _ text: String, _ replacement: String, _ values: [String: ParameterValue] = [:]
  ) throws -> InputError? {
    let source = SmallPlugin.source.replacing(text, with: replacement)
    let path = try PluginBuilding.library(
      "#include <math.h>\n#include <string.h>\n" + source, in: folder)
    var registry = Registry()
    try registry.register(try PluginLibrary(contentsOf: path))
    let loss = try registry.loss("small/half", values)
    let predictions = try Tensor(
      shape: [10_000, 2], elements: (0..<20_000).map { Float($0 / 2) })
    do {
      _ = try loss.evaluate(
        predictions, targets: .dense(try Tensor(repeating: 0, shape: [10_000, 2])),
        workers: Workers(4))
      return nil
    } catch let error as InputError {
      #expect(error.place == "small/half of \(path)")
      return error
    }
  }

  @Test func aReasonIsPassedOn() throws {
    let error = try failure(
      "return 0;",
      "if (block->row_count) { strncpy(error, \"no\\nluck\", error_size); return 3; } return 0;")
    #expect(error?.problem == "fails: no luck")
    #expect(error?.rows == 0..<512, "the first block")
  }

  @Test func withoutAReasonTheStatusIs() throws {
    let error = try failure("return 0;", "return block->row_count ? -7 : 0;")
    #expect(error?.problem == "fails: status -7 without a reason")
  }

  @Test func aReasonWithoutAnEndIsCut() throws {
    let error = try failure("return 0;", "memset(error, 'x', error_size); return 1;")
    #expect(error?.problem == "fails: " + String(repeating: "x", count: 512))
  }

  /// The row is that of the prediction, not of the block.
  @Test(arguments: [("values", "value"), ("gradient", "gradient")], ["NAN", "INFINITY"])
  func aNumberThatIsNotFinite(what: (member: String, name: String), number: String) throws {
    let error = try failure(
      "return 0;",
      """
      for (size_t i = 0; i < block->row_count * block->width; i++)
        if (block->predictions[i] == 3000 && i % 2 == 1) block->\(what.member)[i] = \(number);
      return 0;
      """)
    let shown = number == "NAN" ? "nan" : "inf"
    #expect(
      error?.problem == "gives the \(what.name) \(shown) in column 1; expected a finite number: "
        + "the plugin has a mistake, or the predictions are too large for it")
    #expect(error?.rows == 3000..<3001)
    #expect(error?.description.contains(".so row 3000: gives the \(what.name)") == true)
  }

  @Test func overDoubleANumberTooLargeForFloat() throws {
    let loss = try Registry(plugin: SmallPlugin.source, in: folder).loss("small/half")
    #expect(throws: InputError.self) {
      try loss.evaluate(
        try Tensor(shape: [1, 1], elements: [1e200]),
        targets: .dense(try Tensor(shape: [1, 1], elements: [0])))
    }
  }

  /// Says no to a scale above 5, and counts what it prepared and freed.
  private static let counting = SmallPlugin.source
    .replacing(
      "static int evaluate(",
      with: #"""
        #include <stdio.h>
        static int alive;
        static int create(losskit_instance *instance, char *error, size_t error_size) {
          if (instance->parameters[0].number > 5) {
            snprintf(error, error_size, "scale %g with %s", instance->parameters[0].number,
                     instance->parameters[1].text);
            return 1;
          }
          instance->state = &alive;
          alive++;
          return 0;
        }
        static void destroy(losskit_instance *instance) { --*(int *)instance->state; }
        static int evaluate(
        """#
    )
    .replacing("0.5f * scale * x * x", with: "alive")
    .replacing(
      ".evaluate = evaluate",
      with: ".create = create, .destroy = destroy, .evaluate = evaluate")

  @Test func whatIsPreparedIsFreed() throws {
    let registry = try Registry(plugin: Self.counting, in: folder)
    func alive(with loss: any Loss) throws -> Double {
      try loss.evaluate(
        try Tensor(shape: [1, 1], elements: [1 as Float]),
        targets: .dense(try Tensor(shape: [1, 1], elements: [0]))
      ).value
    }
    let first = try registry.loss("small/half")
    #expect(try alive(with: first) == 1)
    var second: (any Loss)? = try registry.loss("small/half")
    #expect(second != nil)
    #expect(try alive(with: first) == 2)
    second = nil
    #expect(throws: ParameterErrors.self) { try registry.loss("small/half", ["scale": 6]) }
    #expect(try alive(with: first) == 1)
  }

  @Test func parametersThatDoNotGoTogether() throws {
    let path = try PluginBuilding.library(Self.counting, in: folder)
    var registry = Registry()
    try registry.register(try PluginLibrary(contentsOf: path))
    #expect(
      throws: ParameterErrors(
        component: "small/half",
        errors: [
          ParameterError(
            "type",
            "is small/half of \(path), which refuses its parameters: scale 6 with hard")
        ])
    ) {
      try registry.loss("small/half", ["scale": 6, "kind": "hard"])
    }
  }

  @Test(arguments: ["0", "(size_t)-1", "65537"])
  func aNumberOfColumnsThatCanNotBe(columns: String) throws {
    let source = SmallPlugin.source
      .replacing(
        "static int evaluate(",
        with: """
          static size_t columns(const losskit_instance *instance, size_t classes) {
            return \(columns);
          }
          static int evaluate(
          """
      )
      .replacing(".evaluate = evaluate", with: ".columns = columns, .evaluate = evaluate")
    let registry = try Registry(plugin: source, in: folder)
    do {
      _ = try registry.loss("small/half")
      Issue.record("nothing was thrown")
    } catch let error as ParameterErrors {
      #expect(error.description.hasSuffix("columns; expected 1 to 65536"))
    }
  }

  private static func withColumns(_ columns: String) -> String {
    SmallPlugin.source
      .replacing(
        "static int evaluate(",
        with: """
          static size_t columns(const losskit_instance *instance, size_t classes) {
            static size_t calls;
            calls++;
            return \(columns);
          }
          static int evaluate(
          """
      )
      .replacing(".evaluate = evaluate", with: ".columns = columns, .evaluate = evaluate")
  }

  /// Nobody asks for them before the loss is made.
  @Test(arguments: [
    ("0", "0"), ("65537", "65537"), ("(size_t)-1", "9223372036854775807"),
    ("(size_t)1 << 63", "9223372036854775807"), ("SIZE_MAX / 2", "9223372036854775807"),
  ])
  func aNumberOfColumnsThatCanNotBeForMoreClasses(columns: String, shown: String) throws {
    let loss = try Registry(
      plugin: Self.withColumns("classes > 1 ? \(columns) : 1"), in: folder
    ).loss("small/half")
    let error = InputError(
      "small/half", "asks for \(shown) columns for 3 classes; expected 1 to 65536")
    #expect(throws: error) { try GradientCheck(loss, classes: 3) }
    let term = Term(
      name: "x", predictions: ["x"], layout: try Layout("n c h w"), target: .class, loss: loss,
      normalizer: Normalizer(.rows))
    #expect(throws: error) { try term.columns(classes: 3) }
    #expect(throws: error) {
      try term.view(
        priorCounts: [6], cells: (FeatureMap(height: 2, width: 3), 1), classes: 3)
    }
    #expect(try term.columns(classes: 1) == 1)
  }

  @Test(arguments: ["1", "65536"])
  func theFewestAndTheMostColumns(columns: String) throws {
    let loss = try Registry(
      plugin: Self.withColumns("classes > 1 ? \(columns) : 1"), in: folder
    ).loss("small/half")
    let term = Term(
      name: "x", predictions: ["x"], layout: try Layout("n c h w"), target: .class, loss: loss,
      normalizer: Normalizer(.rows))
    #expect("\(try term.columns(classes: 3))" == columns)
  }

  /// What was made for one answer must not be read by another.
  @Test func aNumberOfColumnsThatChanges() throws {
    let loss = try Registry(plugin: Self.withColumns("calls"), in: folder).loss("small/half")
    let first = loss.columns(classes: 3)
    #expect(loss.columns(classes: 3) == first)
    #expect(loss.columns(classes: 4) == first + 1)
    #expect(loss.columns(classes: 3) == first)
  }
}
