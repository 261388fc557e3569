import Foundation
import LossCore
import StrictJSON

/// Images with annotations in COCO's format: a JSON file, and PPM or PGM files.
///
/// Of the JSON `images`, `annotations` and `categories` are read: <https://cocodataset.org/#format-data>.
/// Categories become labels in the order of their ids: the lowest is label 1. A box that reaches over its
/// image is clipped to it; one wholly outside or without a size is an error. Annotations with
/// `iscrowd: 1` become ignored regions. Where an annotation has no `area`, that of its box counts.
///
/// Image files are looked for in the folder of the annotations, and then in its folder `images`. Where the
/// annotations name JPEG or PNG files, PPM or PGM files of the same name are taken in their place, so that
/// `magick mogrify -format ppm *.jpg` is all that a data set needs. Images are read when asked for.
public struct COCODataSet: DataSet {
  /// The names of the categories, in the order of their ids.
  public let classNames: [String]
  /// What is unusual about the annotations but no error: a line each.
  public let notes: [String]
  /// Boxes that reach over their image, and such as are shares of its sides.
  public let warnings: [String]
  private let images: [COCOImage]

  /// Reads annotations and makes sure that all images are there.
  ///
  /// - Parameters:
  ///   - path: The JSON file, or the folder that holds it as `annotations.json`.
  ///   - imageFolder: Where the image files are; beside the JSON file where left out.
  /// - Throws: `Diagnostics` with what is wrong, each with its place in the file: what isn't as the format
  ///   demands, unknown categories and images, ids given twice, images without a size or a file, boxes
  ///   without a size or outside of their image, and a file without any object.
  public init(_ path: String, imageFolder: String? = nil) throws(Diagnostics) {
    let file = Self.annotationFile(path)
    let root = try JSONNode(parsing: try Self.bytes(of: file), file: file)
    let folder = (file as NSString).deletingLastPathComponent
    let folders = imageFolder.map { [$0] } ?? [folder, Self.path("images", in: folder)]
    var reader = COCOReader(folders: folders)
    reader.read(root)
    if let diagnostics = reader.problems(file: file) { throw diagnostics }
    classNames = reader.classNames
    notes = reader.notes
    warnings = reader.warnings
    images = reader.images
  }

  /// The number of images, those without objects included.
  public var count: Int { images.count }

  /// Reads the image at `index` of the file's `images`.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``, or the file can't be read or has
  ///   another size than the annotations say.
  public func example(_ index: Int) throws(DataError) -> Example {
    let record = try record(index)
    let image = try Image(contentsOf: record.path)
    guard image.size == record.size else {
      throw DataError(
        record.path,
        "is \(image.width) × \(image.height) pixels; expected \(record.size.width) × "
          + "\(record.size.height), as its annotations say")
    }
    return Example(name: record.name, id: record.id, image: image, objects: record.objects)
  }

  /// The annotations of the image at `index`, with the areas that the file gives and crowds by class.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``.
  public func annotations(_ index: Int) throws(DataError) -> [Annotation] {
    try record(index).annotations
  }

  private func record(_ index: Int) throws(DataError) -> COCOImage {
    guard images.indices.contains(index) else {
      throw DataError("image \(index)", "there are \(count) images, from 0 to \(count - 1)")
    }
    return images[index]
  }
}

extension COCODataSet {
  /// The path of `name` in a folder, where the empty path is the one in which the process runs.
  static func path(_ name: String, in folder: String) -> String {
    folder.isEmpty || (name as NSString).isAbsolutePath
      ? name : (folder as NSString).appendingPathComponent(name)
  }

  /// The annotations at `path`, or in the folder there.
  private static func annotationFile(_ path: String) -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? Self.path("annotations.json", in: path) : path
  }

  private static func bytes(of file: String) throws(Diagnostics) -> [UInt8] {
    do throws(DataError) {
      return try fileBytes(file)
    } catch {
      throw Diagnostics(
        Diagnostic(
          at: SourceLocation(file: file),
          "\(error.problem); expected annotations in COCO's format, a folder that holds them as "
            + "annotations.json, or \"scenes\""))
    }
  }
}
