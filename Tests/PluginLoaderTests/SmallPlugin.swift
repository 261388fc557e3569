import LossKit
import TestSupport

/// A plugin in C, for tests to change.
enum SmallPlugin {
  /// Half the squared difference, scaled; `kind` and `list` are parameters without use.
  static let source = #"""
    #include "losskit_plugin.h"

    static int evaluate(const losskit_instance *instance, const losskit_block *block, char *error,
                        size_t error_size) {
      const float scale = (float)instance->parameters[0].number;
      for (size_t i = 0; i < block->row_count * block->width; i++) {
        const float x = block->predictions[i] - block->targets[i];
        block->values[i] = 0.5f * scale * x * x;
        if (block->gradient) block->gradient[i] = scale * x;
      }
      return 0;
    }

    static const losskit_value one = {.type = LOSSKIT_NUMBER, .number = 1};
    static const losskit_value soft = {.type = LOSSKIT_CHOICE, .text = "soft"};
    static const double few[] = {1, 2};
    static const losskit_value list = {.type = LOSSKIT_NUMBERS, .numbers = few, .count = 2};
    static const char *const kinds[] = {"soft", "hard"};

    static const losskit_parameter parameters[] = {
      {.name = "scale", .meaning = "Multiplies.", .type = LOSSKIT_NUMBER,
       .bounds = LOSSKIT_ABOVE | LOSSKIT_AT_MOST, .minimum = 0, .maximum = 10,
       .default_value = &one},
      {.name = "kind", .meaning = "Nothing.", .type = LOSSKIT_CHOICE, .choices = kinds,
       .choice_count = 2, .default_value = &soft},
      {.name = "list", .meaning = "Nothing.", .type = LOSSKIT_NUMBERS, .count = 2,
       .default_value = &list},
    };

    static const losskit_loss losses[] = {
      {.name = "half", .summary = "Half the square.", .formula = "x\ny", .source = "A test",
       .parameters = parameters, .parameter_count = 3, .targets = LOSSKIT_DENSE,
       .values = LOSSKIT_PER_ELEMENT, .flags = LOSSKIT_READS_DIFFERENCE, .evaluate = evaluate},
    };

    static const losskit_table table = {
      .abi_version = LOSSKIT_ABI_VERSION, .name = "small", .losses = losses, .loss_count = 1};

    const losskit_table *losskit_plugin(void) { return &table; }
    """#
}

extension Registry {
  /// The losses of a library of this C source alone.
  init(plugin source: String, in folder: TemporaryFolder) throws {
    self.init()
    try register(
      try PluginLibrary(contentsOf: try PluginBuilding.library(source, in: folder)))
  }

  /// A loss by its name, with values for its parameters.
  func loss(_ name: String, _ values: [String: ParameterValue] = [:]) throws -> any Loss {
    guard let entry = losses[name] else { throw Missing(name: name) }
    return try entry.make(values)
  }

  private struct Missing: Error {
    let name: String
  }
}

/// The message of the plugin error that `body` throws, without the library's path; nothing where none.
func problem(_ body: () throws -> Void) throws -> String? {
  do {
    try body()
    return nil
  } catch let error as PluginError {
    return error.problem
  }
}
