import Files
import Foundation

/// Finds the files of images.
struct ImageFinder {
  /// Where to look, the first one first.
  let folders: [String]

  /// The path of a PPM or PGM file of this name, or of the same name but for its ending.
  ///
  /// - Throws: ``DataError`` where there is none.
  func path(of name: String) throws(DataError) -> String {
    let stem = (name as NSString).deletingPathExtension
    let isNetpbm = ["ppm", "pgm", "pnm"].contains((name as NSString).pathExtension.lowercased())
    let names = isNetpbm ? [name] : [stem + ".ppm", stem + ".pgm"]
    if let path = first(of: names) { return path }
    let places = folders.map { $0.isEmpty ? "." : $0 }.joined(separator: " or ")
    guard !isNetpbm, let other = first(of: [name]) else {
      throw DataError(name, "no such file in \(places)")
    }
    throw DataError(
      name,
      "is no PPM or PGM file; expected one of the same name beside it: "
        + "'magick mogrify -format ppm \(other)' makes it")
  }

  private func first(of names: [String]) -> String? {
    for folder in folders {
      for name in names {
        let path = COCODataSet.path(name, in: folder)
        if let identity = FileIdentity(path) {
          InputFiles.current?.insert(identity)
          return path
        }
      }
    }
    return nil
  }
}
