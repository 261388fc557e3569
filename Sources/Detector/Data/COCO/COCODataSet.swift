import Foundation
import LossCore
import StrictJSON

/// Images with annotations in COCO's format: a JSON file, and JPEG, PNG, PPM or PGM files.
///
/// Of the JSON `images`, `annotations` and `categories` are read: <https://cocodataset.org/#format-data>.
/// Categories become labels in the order of their ids: the lowest is label 1. A box that reaches over its
/// image is clipped to it; one wholly outside or without a size is an error. Annotations with
/// `iscrowd: 1` become ignored regions. Where an annotation has no `area`, that of its box counts.
///
/// Image files are looked for in the folder of the annotations, and then in its folder `images`. Where
/// there is a PPM or PGM file of the same name as a JPEG or PNG file, it takes that one's place. Images are
/// read when asked for.
public struct COCODataSet: DataSet {
  private let annotated: AnnotatedImages

  /// Reads annotations and makes sure that all images are there.
  ///
  /// - Parameters:
  ///   - path: The JSON file.
  ///   - imageFolder: Where the image files are; beside the JSON file where left out.
  /// - Throws: `Diagnostics` with what is wrong, each with its place in the file: what isn't as the format
  ///   demands, unknown categories and images, ids given twice, images without a size or a file, boxes
  ///   without a size or outside of their image, and a file without any object.
  public init(_ path: String, imageFolder: String? = nil) throws(Diagnostics) {
    let root = try JSONNode(parsing: try annotationBytes(path), file: path)
    let folder = (path as NSString).deletingLastPathComponent
    let folders = imageFolder.map { [$0] } ?? [folder, folder.appending(file: "images")]
    var reader = COCOReader(folders: folders)
    reader.read(root)
    try reader.problems.check(path)
    annotated = reader.annotated
  }

  /// The names of the categories, in the order of their ids.
  public var classNames: [String] { annotated.classNames }

  /// What is unusual about the annotations but no error: a line each.
  public var notes: [String] { annotated.notes }

  /// Boxes that reach over their image, and such as are shares of its sides.
  public var warnings: [String] { annotated.warnings }

  /// The number of images, those without objects included.
  public var count: Int { annotated.images.count }

  /// Reads the image at `index` of the file's `images`.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``, or the file can't be read or has
  ///   another size than the annotations say.
  public func example(_ index: Int) throws(DataError) -> Example { try annotated.example(index) }

  /// The annotations of the image at `index`, with the areas that the file gives and crowds by class.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``.
  public func annotations(_ index: Int) throws(DataError) -> [Annotation] {
    try annotated.annotations(index)
  }
}

/// The bytes of a file of annotations.
func annotationBytes(_ file: String) throws(Diagnostics) -> [UInt8] {
  do throws(DataError) {
    return try fileBytes(file)
  } catch {
    throw Diagnostics(
      Diagnostic(
        at: SourceLocation(file: file),
        "\(error.problem); expected annotations: a file in COCO's format, data.yaml of YOLO, a folder in the "
          + "format of Pascal VOC, or \"scenes\""))
  }
}
