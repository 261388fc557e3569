import Files
import Foundation

/// Finds the files of images.
struct ImageFinder {
  /// Where to look, the first one first.
  let folders: [String]

  /// The endings of files that can be read, those first that take the place of others.
  static let endings = ["ppm", "pgm", "pnm", "jpg", "jpeg", "png"]

  /// Whether a file's name has one of the endings.
  static func isImage(_ name: String) -> Bool {
    endings.contains((name as NSString).pathExtension.lowercased())
  }

  /// The path of a PPM or PGM file of the same name but for its ending, or else of the file itself.
  ///
  /// - Throws: ``DataError`` where there is none.
  func path(of name: String) throws(DataError) -> String {
    let stem = (name as NSString).deletingPathExtension
    let isNetpbm = ["ppm", "pgm", "pnm"].contains((name as NSString).pathExtension.lowercased())
    if let path = first(of: isNetpbm ? [name] : [stem + ".ppm", stem + ".pgm", name]) {
      return path
    }
    let places = folders.map { $0.isEmpty ? "." : $0 }.joined(separator: " or ")
    throw DataError(name, "no such file in \(places)")
  }

  /// The path of an image of this name with any ending; `nil` if there is none.
  func path(ofStem stem: String) -> String? {
    first(of: Self.endings.map { "\(stem).\($0)" })
  }

  private func first(of names: [String]) -> String? {
    for folder in folders {
      for name in names {
        let path = folder.appending(file: name)
        if let identity = FileIdentity(path) {
          InputFiles.current?.insert(identity)
          return path
        }
      }
    }
    return nil
  }
}

extension String {
  /// The path of `name` in this folder, where the empty path is the one in which the process runs.
  func appending(file name: String) -> String {
    isEmpty || (name as NSString).isAbsolutePath
      ? name : (self as NSString).appendingPathComponent(name)
  }
}
