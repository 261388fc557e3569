import LossKit
import TestSupport
import Testing

/// What a table says, and tables that lie.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct TableTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func declarationsAreThoseOfTheTable() throws {
    let library = try PluginLibrary(
      contentsOf: try PluginBuilding.library(SmallPlugin.source, in: folder))
    #expect(library.name == "small")
    #expect(
      library.declarations == [
        Declaration(
          name: "small/half", summary: "Half the square.", formula: "x\ny", source: "A test",
          parameters: [
            AnyParameter(
              "scale", .number(NumberRange(lower: 0, lowerIsExcluded: true, upper: 10)),
              default: 1.0, help: "Multiplies."),
            AnyParameter(
              "kind", .choice(["soft", "hard"]), default: "soft", help: "Nothing."),
            AnyParameter(
              "list", .list(of: .number(.any), count: 2), default: [1.0, 2.0], help: "Nothing."),
          ])
      ])
  }

  /// What is replaced in ``SmallPlugin``, by what, and what is said of it.
  private static let lies: [(String, String, String)] = [
    ("\"small\"", "NULL", "name: is NULL; expected a text"),
    (
      ".minimum = 0", ".minimum = 0x1p63",
      "losses[0].parameters[0]: has the minimum 9.223372036854776e+18 and the maximum 10.0; expected "
        + "finite bounds with something between"
    ),
    (
      ".maximum = 10", ".maximum = -0x1p63, .minimum = -0x1p63",
      "losses[0].parameters[0].default_value: is 1; expected > -9.223372036854776e+18, "
        + "≤ -9.223372036854776e+18"
    ),
    (
      "\"small\"", "\"Small\"",
      "name: is \"Small\"; expected small letters, digits and underscores, a letter first"
    ),
    ("\"small\"", "\"\"", "name: is empty; expected a text"),
    (
      "\"small\"", "(const char[100]){[0 ... 99] = 'a'}",
      "name: has no zero byte within 64 bytes; expected a text that ends"
    ),
    (
      ".loss_count = 1", ".loss_count = (size_t)-1",
      "losses: has 18446744073709551615 elements; expected 1 to 1024"
    ),
    (".losses = losses", ".losses = NULL", "losses: is NULL; expected 1 elements"),
    (
      ".losses = losses", ".losses = (const void *)((const char *)losses + 1)",
      "losses: is no pointer to such elements, by its alignment"
    ),
    (
      "\"half\"", "\"half/loss\"",
      "losses[0].name: is \"half/loss\"; expected small letters, digits and underscores, a letter "
        + "first"
    ),
    ("\"Half the square.\"", "NULL", "losses[0].summary: is NULL; expected a text"),
    (
      "\"Half the square.\"", "\"Half\\n\"",
      "losses[0].summary: holds line breaks or control characters"
    ),
    ("\"Half the square.\"", "\"\\xff\\xfe\"", "losses[0].summary: is not UTF-8"),
    ("\"x\\ny\"", "\"x\\x1b[2J\"", "losses[0].formula: holds control characters"),
    ("\"A test\"", "\"\"", "losses[0].source: is empty; expected a text"),
    (
      ".targets = LOSSKIT_DENSE", ".targets = 4",
      "losses[0].targets: is 4; expected LOSSKIT_CLASSES, LOSSKIT_DENSE or LOSSKIT_BOX_PAIRS"
    ),
    (
      ".values = LOSSKIT_PER_ELEMENT,", "",
      "losses[0].values: is 0; expected LOSSKIT_PER_ROW or LOSSKIT_PER_ELEMENT"
    ),
    (
      ".targets = LOSSKIT_DENSE", ".targets = LOSSKIT_CLASSES",
      "losses[0].values: is LOSSKIT_PER_ELEMENT; expected LOSSKIT_PER_ROW for classes"
    ),
    (
      ".targets = LOSSKIT_DENSE", ".targets = LOSSKIT_BOX_PAIRS",
      "losses[0].values: is LOSSKIT_PER_ELEMENT; expected LOSSKIT_PER_ROW for boxes"
    ),
    (
      ".flags = LOSSKIT_READS_DIFFERENCE", ".flags = 64",
      "losses[0].flags: is 64; expected a sum of LOSSKIT_THREAD_SAFE and LOSSKIT_READS_DIFFERENCE"
    ),
    (
      ".evaluate = evaluate", ".evaluate = NULL",
      "losses[0].evaluate: is NULL; expected a function"
    ),
    (
      ".parameter_count = 3", ".parameter_count = 65",
      "losses[0].parameters: has 65 elements; expected 1 to 64"
    ),
    (
      ".parameters = parameters", ".parameters = NULL",
      "losses[0].parameters: is NULL; expected 3 elements"
    ),
    (
      "\"kind\"", "\"scale\"",
      "losses[0].parameters[1].name: is \"scale\", which is taken"
    ),
    (
      "\"kind\"", "\"type\"",
      "losses[0].parameters[1].name: is \"type\", which is taken"
    ),
    (
      ".type = LOSSKIT_CHOICE, .choices", ".type = 99, .choices",
      "losses[0].parameters[1].type: is 99; expected LOSSKIT_NUMBER, LOSSKIT_INTEGER, "
        + "LOSSKIT_BOOLEAN, LOSSKIT_CHOICE, LOSSKIT_TEXT or LOSSKIT_NUMBERS"
    ),
    (
      ".choices = kinds", ".choices = NULL",
      "losses[0].parameters[1].choices: is NULL; expected 2 elements"
    ),
    (
      "{\"soft\", \"hard\"}", "{\"soft\", \"soft\"}",
      "losses[0].parameters[1].choices[1]: is \"soft\" again; expected each text once"
    ),
    (
      "{\"soft\", \"hard\"}", "{\"soft\", NULL}",
      "losses[0].parameters[1].choices[1]: is NULL; expected a text"
    ),
    (
      ".text = \"soft\"", ".text = \"firm\"",
      "losses[0].parameters[1].default_value: \"firm\" is none of \"soft\", \"hard\""
    ),
    (
      "&soft", "&one",
      "losses[0].parameters[1].default_value: is of type 1; expected the parameter's, 4"
    ),
    (
      ".number = 1}", ".number = 11}",
      "losses[0].parameters[0].default_value: is 11; expected > 0, ≤ 10"
    ),
    (
      ".number = 1}", ".number = 0.0 / 0.0}",
      "losses[0].parameters[0].default_value: is nan; expected > 0, ≤ 10"
    ),
    (
      "LOSSKIT_ABOVE |", "LOSSKIT_ABOVE | LOSSKIT_AT_LEAST |",
      "losses[0].parameters[0].bounds: is 7; expected LOSSKIT_AT_LEAST or LOSSKIT_ABOVE, "
        + "LOSSKIT_AT_MOST, or a sum"
    ),
    (
      ".minimum = 0", ".minimum = 20",
      "losses[0].parameters[0]: has the minimum 20.0 and the maximum 10.0; expected finite bounds "
        + "with something between"
    ),
    (
      ".maximum = 10", ".maximum = 1 / 0.0",
      "losses[0].parameters[0]: has the minimum 0.0 and the maximum inf; expected finite bounds "
        + "with something between"
    ),
    (
      ".choice_count = 2", ".choice_count = 2, .bounds = LOSSKIT_AT_LEAST",
      "losses[0].parameters[1].bounds: is 1; expected 0 for a parameter without numbers"
    ),
    (
      ".count = 2,", ".count = 1000000,",
      "losses[0].parameters[2].count: is 1000000; expected 0 to 65536"
    ),
    (
      ".count = 2,", ".count = 3,",
      "losses[0].parameters[2].default_value: has 2 values; expected 3"
    ),
    (
      ".numbers = few", ".numbers = NULL",
      "losses[0].parameters[2].default_value->numbers: is NULL; expected 2 elements"
    ),
    ("\"Multiplies.\"", "NULL", "losses[0].parameters[0].meaning: is NULL; expected a text"),
  ]

  @Test(arguments: lies)
  func aTableThatLies(text: String, replacement: String, problem: String) throws {
    let source = SmallPlugin.source.replacing(text, with: replacement)
    try #require(source != SmallPlugin.source)
    let found = try PluginLoaderTests.problem {
      _ = try Registry(plugin: source, in: folder)
    }
    #expect(found == "table, \(problem)")
  }

  @Test func twoLossesOfOneName() throws {
    let source = SmallPlugin.source
      .replacing(".loss_count = 1", with: ".loss_count = 2")
      .replacing(".losses = losses", with: ".losses = two")
      .replacing(
        "static const losskit_table",
        with: "static losskit_loss two[2];\nstatic const losskit_table"
      )
      .replacing("{ return &table; }", with: "{ two[0] = two[1] = losses[0]; return &table; }")
    let found = try problem { _ = try Registry(plugin: source, in: folder) }
    #expect(found == "table, losses[1].name: is that of another one; expected each name once")
  }

  @Test func aTableWithoutAnything() throws {
    let source = SmallPlugin.source.replacing(".loss_count = 1", with: ".loss_count = 0")
    let found = try problem { _ = try Registry(plugin: source, in: folder) }
    #expect(found == "has an empty table; put a loss or another part into it")
  }

  @Test func parametersAreCheckedAgainstTheTable() throws {
    let registry = try Registry(plugin: SmallPlugin.source, in: folder)
    #expect(throws: ParameterErrors.self) { try registry.loss("small/half", ["scale": 0]) }
    #expect(throws: ParameterErrors.self) { try registry.loss("small/half", ["kind": "sort"]) }
    #expect(throws: ParameterErrors.self) { try registry.loss("small/half", ["list": [1, 2, 3]]) }
    #expect(throws: ParameterErrors.self) { try registry.loss("small/half", ["skale": 1]) }
    #expect(throws: Never.self) {
      try registry.loss("small/half", ["scale": 10, "kind": "hard", "list": [3, 4]])
    }
  }
}
