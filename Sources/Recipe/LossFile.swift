import Files
import LossCore
import ResourceLimits
import StrictJSON

/// A JSON file of losses that formulas define: what a recipe has under `losses`, by itself.
///
/// Unlike a shared library it computes numbers and nothing else, so that nobody need trust it.
public struct LossFile: Sendable {
  /// The file, symbolic links resolved.
  let path: String
  private let name: String

  /// Whether a path is that of such a file, as its name ends in `.json`.
  public static func isOne(_ path: String) -> Bool { path.hasSuffix(".json") }

  /// The file at `path`.
  public init(_ path: String) {
    self.path = Path.withoutLinks(path)
    name = path
  }

  fileprivate func node() throws(Diagnostics) -> JSONNode {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try InputFile.bytes(of: name, most: Limits.recipeBytes)
    } catch {
      throw Diagnostics(Diagnostic(at: SourceLocation(file: name), "\(error)"))
    }
    return try JSONNode(parsing: bytes, file: name)
  }
}

extension Registry {
  /// Registers the losses that a file defines; a file that is registered already stays so.
  ///
  /// - Throws: ``Diagnostics`` with everything that is wrong in the file; nothing is registered then.
  public mutating func register(_ file: LossFile) throws(Diagnostics) {
    guard !holds(pluginAt: file.path) else { return }
    let node = try file.node()
    var reader = RecipeReader(registry: self)
    if let object = reader.object(node, [], keys: ["$schema", "losses"]),
      reader.required("losses", of: object, at: node, []) != nil
    {
      _ = reader.registerLosses(of: object, from: file.path)
    }
    if let diagnostics = Diagnostics(reader.diagnostics) { throw diagnostics }
    self = reader.registry
  }
}
