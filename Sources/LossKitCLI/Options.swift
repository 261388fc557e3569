import CommandLineKit
import LossKit

/// The options that several commands take.
enum Options {
  static let json = Argument.flag("json", help: "Print JSON instead of a table.")

  /// What names a recipe.
  static let recipeHelp = "The recipe's file, or the name of a shipped one ('losskit list recipe')."

  static let settings = Argument.repeatableOption(
    "set", .setting("PATH=VALUE"),
    help: """
      Set a value of the recipe as if its file said so, such as \
      stages.rpn.terms.rpn_box.weight=2; may be given many times.
      """)

  static let plugins = Argument.repeatableOption(
    "plugin", .path("LIBRARY"),
    help: """
      Load the parts of a shared library, whose code you trust, or the losses of a .json file of formulas, \
      which can do no harm; may be given many times. \
      LOSSKIT_PLUGINS names more of them, apart by colons.
      """)

  static let allowPlugins = Argument.flag(
    "allow-plugins", help: "Load the shared libraries that recipes name, which runs their code.")

  static let strict = Argument.flag("strict", help: "Take warnings for errors.")

  static let threads = Argument.option(
    "threads", .integer("N", in: Workers.counts),
    help: "Threads to use, one a processor where left out; results don't depend on it.")
}

extension Invocation {
  /// The threads that the call asks for.
  var workers: Workers {
    get throws { try self[Options.threads].map { Workers($0) } ?? .standard }
  }
}

extension ValueType<JSONSetting> {
  /// `path=value`.
  static func setting(_ name: String) -> Self {
    ValueType(name) { (text) throws(UsageError) in
      do throws(Diagnostics) {
        return try JSONSetting(parsing: text)
      } catch {
        throw UsageError(error.all.map(\.message).joined(separator: "; "))
      }
    }
  }
}

extension ValueType<String> {
  /// A recipe's file, or the name of a shipped one.
  static func recipe(_ name: String) -> Self {
    .path(name).completed(by: .words(orFiles: true) { DetectionRecipe.shippedNames })
  }

  /// The name of a loss.
  static let loss = ValueType<String>.text("LOSS").completed(
    by: .words { (try? Registry.builtIn())?.losses.names ?? [] })

  /// The name of a component, or a recipe.
  static let component = ValueType<String>.text("NAME").completed(
    by: .words(orFiles: true) {
      let components = (try? Registry.builtIn()).map(KnownComponent.all) ?? []
      return components.map(\.declaration.name) + DetectionRecipe.shippedNames
    })
}
