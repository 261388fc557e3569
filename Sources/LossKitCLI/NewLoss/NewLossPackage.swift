import Foundation
import LossKit

/// A package that `losskit new-loss` writes.
protocol NewLossPackage {
  var name: NewLossName { get }
  /// The library that is built, relative to the package's folder.
  var library: String { get }
  /// What to call to build and to test it.
  var commands: (build: String, test: String) { get }
  /// The file with the formula.
  var source: String { get }
  /// The files but the README, by path, of the package in `folder`.
  func files(in folder: String) -> KeyValuePairs<String, String>
}

extension NewLossPackage {
  /// Writes the package to a new folder, named for the loss, in `directory`; all of it or nothing.
  ///
  /// - Returns: The folder.
  /// - Throws: `NewLossError` where there is something of that name, or a file can't be written.
  func write(in directory: String) throws -> String {
    let manager = FileManager.default
    let path =
      directory == "." ? name.name : (directory as NSString).appendingPathComponent(name.name)
    guard !manager.fileExists(atPath: path) else {
      throw NewLossError("\(path): is there already; choose another name or --directory")
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
      throw NewLossError(
        "\(path): can't be written; name a folder with --directory that you may write to")
    }
    return path
  }

  private var readme: String {
    """
    # \(name.name)

    A loss for LossKit. The formula is in `\(source)`.

    Build it, and hold its gradient against differences of values, by its own test, and by LossKit over
    random, extreme and kinked inputs:

        \(commands.build)
        \(commands.test)
        losskit gradcheck \(name.registered) --plugin \(library)

    See what it says of itself, and try it on numbers:

        losskit show \(name.registered) --plugin \(library)
        losskit try \(name.registered) --plugin \(library) --predictions "1 2" --targets "0 4"

    A recipe names it as `"loss": "\(name.registered)"`, and is evaluated with the plugin:

        losskit evaluate recipe.json bundle.safetensors --plugin \(library)

    Or the recipe names the library, relative to its own folder, as
    `"plugins": ["\(library)"]`. Then `--allow-plugins` allows it to be loaded.

    """
  }
}

/// Why a package can't be written.
struct NewLossError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
