import Files
import Foundation
import LossCore
import StrictJSON

/// Images with annotations in the format of Pascal VOC: an XML file an image.
///
/// `annotation` holds `filename`, `size` with `width` and `height`, and an `object` for each, with `name`
/// and `bndbox`: `xmin`, `ymin`, `xmax` and `ymax`, the first and the last column and row of the object,
/// counted from 1 as in <http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html>: the box
/// reaches from xmin − 1 to xmax. An object that is `difficult` becomes an ignored region, as VOC's own
/// metrics leave it out. The classes are the names of all files of the folder, sorted.
public struct VOCDataSet: DataSet {
  private let annotated: AnnotatedImages

  /// Reads annotations and makes sure that all images are there.
  ///
  /// - Parameters:
  ///   - path: The folder that holds XML files, or them in a folder `Annotations`. Images are in its folders
  ///     `JPEGImages` or `images`, or beside the annotations.
  ///   - list: A file of `ImageSets/Main` that names the images to take, a line each; all where left out.
  /// - Throws: `Diagnostics` with what is wrong, each with its file and line.
  public init(_ path: String, list: String? = nil) throws(Diagnostics) {
    let annotations = Self.annotationFolder(path)
    var reader = VOCReader(
      folders: [
        path.appending(file: "JPEGImages"), path.appending(file: "images"), annotations, path,
      ])
    let names = Path.names(in: annotations).filter { $0.lowercased().hasSuffix(".xml") }.sorted()
    let stems = try list.map { (file) throws(Diagnostics) in try Self.stems(in: file) }
    for name in names {
      let stem = (name as NSString).deletingPathExtension
      reader.read(
        annotations.appending(file: name), stem: stem, isUsed: stems?.contains(stem) ?? true)
    }
    if let list {
      for stem in (stems ?? []).subtracting(reader.images.map(\.stem)).sorted()
      where reader.problems.isEmpty {
        reader.problems.report(
          list, "names \(Diagnostic.quote(stem)), but there is no \(stem).xml in \(annotations)")
      }
    }
    if reader.problems.isEmpty, reader.images.allSatisfy({ $0.objects.allSatisfy(\.isDifficult) }) {
      reader.problems.report(
        list ?? path, "holds no object; expected one at least, to learn from or to measure with")
    }
    try reader.problems.check(path)
    annotated = reader.annotated
  }

  /// The folder that holds XML files.
  static func annotationFolder(_ path: String) -> String {
    let folder = path.appending(file: "Annotations")
    return Path.names(in: folder).isEmpty ? path : folder
  }

  /// The lists of images to learn from and to measure with, if the folder has both.
  static func lists(_ path: String) -> (training: String, heldOut: String)? {
    let folder = path.appending(file: "ImageSets").appending(file: "Main")
    let (training, heldOut) = (
      folder.appending(file: "train.txt"), folder.appending(file: "val.txt")
    )
    return Path.isFile(training) && Path.isFile(heldOut) ? (training, heldOut) : nil
  }

  /// The first word of each line.
  private static func stems(in file: String) throws(Diagnostics) -> Set<String> {
    let text = String(decoding: try annotationBytes(file), as: UTF8.self)
    return Set(
      text.split(whereSeparator: \.isNewline).compactMap { line in
        line.split(whereSeparator: \.isWhitespace).first.map(String.init)
      })
  }

  /// The names of the classes, sorted.
  public var classNames: [String] { annotated.classNames }

  /// What is unusual about the annotations but no error: a line each.
  public var notes: [String] { annotated.notes }

  /// Boxes that reach over their image, and such as are shares of its sides.
  public var warnings: [String] { annotated.warnings }

  /// The number of images, those without objects included.
  public var count: Int { annotated.images.count }

  /// Reads the image at `index` in the order of the annotations' names.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``, or the file can't be read or has
  ///   another size than the annotations say.
  public func example(_ index: Int) throws(DataError) -> Example { try annotated.example(index) }

  /// The annotations of the image at `index`, difficult ones by class.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``.
  public func annotations(_ index: Int) throws(DataError) -> [Annotation] {
    try annotated.annotations(index)
  }
}
