import Foundation
import LossKit

/// A package that `losskit new-loss` and its siblings write.
protocol ComponentPackage {
  var name: ComponentName { get }
  var template: PackageTemplate { get }
  /// The library that is built, relative to the package's folder.
  var library: String { get }
  /// What to call to build and to test it.
  var commands: (build: String, test: String) { get }
  /// The file with the formula or the rule.
  var source: String { get }
  /// The files but the README, by path, of the package in `folder`.
  func files(in folder: String) -> KeyValuePairs<String, String>
}

extension ComponentPackage {
  /// Writes the package to a new folder, named for the component, in `directory`; all of it or nothing.
  ///
  /// - Returns: The folder.
  /// - Throws: `NewPackageError` where there is something of that name, or a file can't be written.
  func write(in directory: String) throws -> String {
    let manager = FileManager.default
    let path =
      directory == "." ? name.name : (directory as NSString).appendingPathComponent(name.name)
    guard !manager.fileExists(atPath: path) else {
      throw NewPackageError("\(path): is there already; choose another name or --directory")
    }
    let draft = URL(filePath: directory).appending(path: ".\(name.name).\(UUID())")
    do {
      try manager.createDirectory(at: draft, withIntermediateDirectories: true)
      for (name, text) in files(in: path).map({ ($0, $1) }) + [("README.md", readme)] {
        let file = draft.appending(path: name)
        try manager.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try AtomicFile.write(Array(text.utf8), to: file.path(percentEncoded: false))
      }
      try manager.moveItem(at: draft, to: URL(filePath: path))
    } catch {
      try? manager.removeItem(at: draft)
      throw NewPackageError(
        "\(path): can't be written; name a folder with --directory that you may write to")
    }
    return path
  }

  private var readme: String {
    """
    # \(name.name)

    \(template.title) for LossKit. The \(template.rule) is in `\(source)`.

    Build it, run its test, and see what it says of itself:

        \(commands.build)
        \(commands.test)
        losskit show \(name.registered) --plugin \(library)

    \(template.trial(name, library))

    A recipe names it as `"\(template.kind.rawValue)": "\(name.registered)"`, and is evaluated with the plugin:

        losskit evaluate recipe.json bundle.safetensors --plugin \(library)

    Or the recipe names the library, relative to its own folder, as
    `"plugins": ["\(library)"]`. Then `--allow-plugins` allows it to be loaded.

    """
  }
}

/// Why a package can't be written.
struct NewPackageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
