import Files
import LossCore
import Recipe
import StrictJSON

/// A model file: JSON that says what the reference detector looks like and how it is trained.
///
/// Its members `model` and `training` hold the parameters of ``ModelSettings`` and ``TrainingSettings``;
/// all have defaults.
public struct ModelFile: Sendable {
  /// The file with all defaults filled in, and every setting applied.
  public let node: JSONNode
  /// The architecture.
  public let model: ModelSettings
  /// The training.
  public let training: TrainingSettings

  /// Reads the file at `path`, or takes the defaults where none is given, and applies `settings`.
  ///
  /// - Throws: `Diagnostics` with every error, each with its place, its path and what was expected.
  public init(
    contentsOf path: String? = nil, settings: [JSONSetting] = []
  ) throws(Diagnostics) {
    var file: JSONNode = [:]
    if let path { file = try JSONNode(parsing: try Self.bytes(of: path), file: path) }
    do throws(Diagnostics) {
      try self.init(file, settings: settings)
    } catch {
      let defaults = SourceLocation(file: "the defaults")
      let located = error.all.map {
        $0.location == .program
          ? Diagnostic(at: defaults, path: $0.path, $0.message, suggestion: $0.suggestion) : $0
      }
      throw Diagnostics(located) ?? error
    }
  }

  /// Takes what a file holds, the defaults where it says nothing, and applies `settings`.
  ///
  /// - Throws: `Diagnostics` with every error, each with its place, its path and what was expected.
  public init(_ file: JSONNode, settings: [JSONSetting] = []) throws(Diagnostics) {
    // What isn't an object would replace all defaults; the reader then says what is wrong with it.
    var node = Self.defaults.merging(patch: file)
    for setting in settings { node = try node.setting(setting.node, at: setting.path) }
    var reader = RecipeReader()
    let model = reader.section(ModelSettings.self, "model", of: node)
    let training = reader.section(TrainingSettings.self, "training", of: node)
    if let object = reader.object(
      node, [], keys: ["$schema", "name", "description", "model", "training"])
    {
      for key in ["$schema", "name", "description"] {
        _ = reader.optionalString(key, of: object, [])
      }
    }
    if let diagnostics = Diagnostics(reader.diagnostics) { throw diagnostics }
    guard let model, let training else {
      throw Diagnostics(Diagnostic(at: node.location, "the model file describes no model"))
    }
    self.node = node
    self.model = model
    self.training = training
  }

  /// The parameters with their defaults.
  static var defaults: JSONNode {
    func section(_ declaration: Declaration) -> JSONNode {
      var object = JSONObject()
      for parameter in declaration.parameters {
        object.set(parameter.name, to: JSONNode(parameter.defaultValue ?? .null))
      }
      return JSONNode(object)
    }
    return [
      "model": section(ModelSettings.declaration),
      "training": section(TrainingSettings.declaration),
    ]
  }

  private static func bytes(of path: String) throws(Diagnostics) -> [UInt8] {
    do throws(FileError) {
      return try InputFile.bytes(of: path)
    } catch {
      throw Diagnostics(Diagnostic(at: SourceLocation(file: path), "\(error)"))
    }
  }
}

extension RecipeReader {
  /// The component whose parameters stand under `key`.
  fileprivate mutating func section<Part: Component>(
    _ type: Part.Type, _ key: String, of node: JSONNode
  ) -> Part? {
    guard case .object(let file) = node.value, let section = file[key] else { return nil }
    guard case .object(let object) = section.value else {
      _ = self.object(section, [key], keys: [])
      return nil
    }
    return made(type.declaration, from: object, at: section, [key]) {
      values throws(ParameterErrors) in try Part(values)
    }
  }
}
