import Files
import Foundation
import LossCore
import StrictJSON

/// Images with text labels, as YOLO's programs take them: a file `data.yaml` that names the classes and the
/// folders of images, and a file of labels for each image.
///
/// ```yaml
/// path: .               # to which the others are relative; the folder of this file where it isn't there
/// train: images/train   # a folder, a file that lists images, or several of them
/// val: images/val
/// names: [red, white, platelet]
/// ```
///
/// The labels of `images/train/a.jpg` are `labels/train/a.txt`, or lie beside the image where its path has no
/// folder `images`; an image without a file has no objects. See ``YOLOLabels`` for the lines.
public struct YOLODataSet: DataSet {
  private struct Item {
    let path: String
    let labels: YOLOLabels
  }

  /// The names of the classes, in the order of the file.
  public let classNames: [String]
  private let items: [Item]

  /// Reads `data.yaml` and the labels of one of its splits.
  ///
  /// - Parameter key: The key of the split: `train`, `val` or `test`.
  /// - Throws: `Diagnostics` with what is wrong, each with its file and line.
  public init(_ path: String, key: String = "train") throws(Diagnostics) {
    let file = DataYAML(try annotationBytes(path))
    var problems = AnnotationProblems()
    let classNames = file.list("names") ?? []
    if classNames.isEmpty {
      problems.report(
        path, "has no names counted from 0; expected the classes, such as names: [red, white]")
    } else if Set(classNames).count < classNames.count {
      problems.report(path, "gives two classes the same name; expected different ones")
    }
    let folder = Self.folder(of: path, named: file.text("path"))
    var images: [String] = []
    for name in file.list(key) ?? [] {
      if let found = Self.images(at: name, in: folder) {
        images += found
      } else {
        problems.report(
          path, "\(key): there is no folder or list of images \(folder.appending(file: name))")
      }
    }
    if file.list(key) == nil {
      problems.report(
        path, "has no \(key); expected a folder of images, such as \(key): images/\(key)")
    } else if images.isEmpty, problems.isEmpty {
      problems.report(path, "\(key): holds no JPEG, PNG, PPM or PGM files")
    }
    let items = images.map { image in
      if let identity = FileIdentity(image) {
        InputFiles.current?.insert(identity)
      } else {
        problems.report(path, "\(key): lists \(image), which isn't there")
      }
      let file = Self.labelFile(of: image)
      var labels = YOLOLabels()
      do throws(FileError) {
        labels = YOLOLabels(
          try InputFile.bytes(of: file), file: file, classCount: max(1, classNames.count), &problems
        )
      } catch {
        if error != .missing { problems.report(file, "\(error)") }
      }
      return Item(path: image, labels: labels)
    }
    if problems.isEmpty, items.allSatisfy(\.labels.labels.isEmpty) {
      problems.report(
        path,
        "\(key): none of its \(items.count) images has a label; the labels of \(items.first?.path ?? "") would be "
          + "\(Self.labelFile(of: items.first?.path ?? ""))")
    }
    try problems.check(path)
    (self.classNames, self.items) = (classNames, items)
  }

  /// The folder to which paths are relative: the one that is named, or that of the file where there is none such,
  /// as the names of folders on another computer stay in these files.
  private static func folder(of path: String, named name: String?) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    guard let name, name != "." else { return folder }
    let named = folder.appending(file: name)
    return FileIdentity(named) == nil ? folder : named
  }

  /// Whether the file names a split.
  static func has(_ key: String, in path: String) -> Bool {
    (try? InputFile.bytes(of: path)).map { DataYAML($0).list(key) != nil } ?? false
  }

  /// The images in a folder and those in it, or those that a file lists; `nil` if there is neither.
  private static func images(at name: String, in folder: String) -> [String]? {
    var path = folder.appending(file: name)
    // Exports for training elsewhere say ../train/images where they mean train/images.
    if FileIdentity(path) == nil, name.hasPrefix("../") {
      path = folder.appending(file: String(name.dropFirst(3)))
    }
    guard FileIdentity(path) != nil else { return nil }
    guard Path.isFile(path) else {
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
      return names.filter(ImageFinder.isImage).sorted().map { path.appending(file: $0) }
    }
    let base = (path as NSString).deletingLastPathComponent
    let lines = (try? InputFile.bytes(of: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return lines.split(whereSeparator: \.isNewline)
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      .map { base.appending(file: $0) }
  }

  /// Where the labels of an image are.
  static func labelFile(of image: String) -> String {
    let text =
      ((image as NSString).deletingPathExtension as NSString).appendingPathExtension("txt") ?? image
    var parts = text.components(separatedBy: "/")
    if let place = parts.dropLast().lastIndex(of: "images") { parts[place] = "labels" }
    return parts.joined(separator: "/")
  }

  /// What is unusual about the labels but no error: a line each.
  public var notes: [String] {
    AnnotatedImages.notes(
      classNames: classNames, found: Set(items.flatMap(\.labels.labels)), images: items.count,
      empty: items.count { $0.labels.labels.isEmpty }) + warnings
  }

  /// Boxes that reach over their image.
  public var warnings: [String] {
    AnnotatedImages.warnings(clipped: items.reduce(0) { $0 + $1.labels.clippedCount })
  }

  /// The number of images, those without objects included.
  public var count: Int { items.count }

  /// Reads the image at `index` in the order of their names, or of the list.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``, or the file can't be read.
  public func example(_ index: Int) throws(DataError) -> Example {
    guard items.indices.contains(index) else {
      throw DataError("image \(index)", "there are \(count) images, from 0 to \(count - 1)")
    }
    let item = items[index]
    let image = try Image(contentsOf: item.path)
    return Example(
      name: (item.path as NSString).lastPathComponent, id: index, image: image,
      objects: item.labels.objects(on: image.size))
  }
}
