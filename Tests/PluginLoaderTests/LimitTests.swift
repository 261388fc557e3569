import LossKit
import ResourceLimits
import TestSupport
import Testing

/// How much a table may hold, and one more.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct LimitTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// A plugin of `losses` losses; the first has `parameters` parameters, the first of which chooses from
  /// `choices` texts. Its name has `name` bytes, and its summary `text`.
  private func problem(
    losses: Int = 1, parameters: Int = 1, choices: Int = 1, name: Int = 1, text: Int = 1
  ) throws -> String? {
    func list(_ count: Int, _ element: (Int) -> String) -> String {
      (0..<count).map(element).joined(separator: ",\n")
    }
    let source = """
      #include "losskit_plugin.h"
      static int evaluate(const losskit_instance *i, const losskit_block *b, char *e, size_t s) {
        return 0;
      }
      static const char *const choices[] = {\(list(choices) { "\"c\($0)\"" })};
      static const losskit_parameter parameters[] = {\(list(parameters) { index in
        "{.name = \"p\(index)\", .meaning = \"Nothing.\", " + (index > 0 ? ".type = LOSSKIT_NUMBER}"
          : ".type = LOSSKIT_CHOICE, .choices = choices, .choice_count = \(choices)}")
      })};
      static const losskit_loss losses[] = {\(list(losses) { index in
        """
        {.name = "\(index == 0 ? String(repeating: "n", count: name) : "l\(index)")",
         .summary = "\(String(repeating: "s", count: index == 0 ? text : 1))", .formula = "f",
         .source = "s", .parameters = parameters, .parameter_count = \(index == 0 ? parameters : 0),
         .targets = LOSSKIT_DENSE, .values = LOSSKIT_PER_ROW, .evaluate = evaluate}
        """
      })};
      static const losskit_table table = {
        .abi_version = LOSSKIT_ABI_VERSION, .name = "big", .losses = losses,
        .loss_count = \(losses)};
      const losskit_table *losskit_plugin(void) { return &table; }
      """
    let library = try PluginBuilding.library(
      source, "\(losses)_\(parameters)_\(choices)_\(name)_\(text)", in: folder)
    return try PluginLoaderTests.problem {
      let declarations = try PluginLibrary(contentsOf: library).declarations
      #expect(declarations.count == losses)
    }
  }

  @Test func losses() throws {
    #expect(try problem(losses: Limits.pluginParts) == nil)
    #expect(
      try problem(losses: Limits.pluginParts + 1)
        == "table, losses: has 1025 elements; expected 1 to 1024")
  }

  @Test func parameters() throws {
    #expect(try problem(parameters: Limits.pluginParameters) == nil)
    #expect(
      try problem(parameters: Limits.pluginParameters + 1)
        == "table, losses[0].parameters: has 65 elements; expected 1 to 64")
  }

  @Test func choices() throws {
    #expect(try problem(choices: Limits.pluginChoices) == nil)
    #expect(
      try problem(choices: Limits.pluginChoices + 1)
        == "table, losses[0].parameters[0].choices: has 65 elements; expected 1 to 64")
  }

  @Test func names() throws {
    #expect(try problem(name: Limits.pluginNameBytes) == nil)
    #expect(
      try problem(name: Limits.pluginNameBytes + 1)
        == "table, losses[0].name: has no zero byte within 64 bytes; expected a text that ends")
  }

  @Test func texts() throws {
    #expect(try problem(text: Limits.pluginTextBytes) == nil)
    #expect(
      try problem(text: Limits.pluginTextBytes + 1)
        == "table, losses[0].summary: has no zero byte within 4096 bytes; expected a text that ends"
    )
  }
}
