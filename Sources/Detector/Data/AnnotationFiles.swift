import Files
import Foundation
import StrictJSON

/// Annotations at a path, in one of the formats that are told apart by what is there.
enum AnnotationFiles {
  /// A JSON file.
  case coco(String)
  /// A file `data.yaml`, and the key of a split.
  case yolo(String, key: String)
  /// A folder, and the list of the images to take.
  case voc(String, list: String?)

  /// Looks at what is at a path. A path to nothing is taken for a JSON file, which then isn't found.
  ///
  /// - Throws: `Diagnostics` where a folder holds nothing that is known.
  init(_ path: String) throws(Diagnostics) {
    let name = path as NSString
    for key in ["train", "val", "test"]
    where path.hasSuffix(".yaml:\(key)") || path.hasSuffix(".yml:\(key)") {
      self = .yolo(String(path.dropLast(key.count + 1)), key: key)
      return
    }
    switch (FileIdentity(path) != nil && !Path.isFile(path), name.pathExtension.lowercased()) {
    case (true, _): self = try Self.folder(path)
    case (_, "yaml"), (_, "yml"): self = .yolo(path, key: "train")
    case (_, "txt"): self = .voc(Self.root(ofList: path), list: path)
    default: self = .coco(path)
    }
  }

  /// The folder of the data two folders above a list.
  private static func root(ofList path: String) -> String {
    let (folder, usual) = ((path as NSString).deletingLastPathComponent, "ImageSets/Main")
    guard folder.hasSuffix(usual) else { return folder.appending(file: "../..") }
    let root = String(folder.dropLast(usual.count))
    return root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
  }

  private static func folder(_ path: String) throws(Diagnostics) -> Self {
    for name in ["annotations.json", "_annotations.coco.json"] {
      let file = path.appending(file: name)
      if Path.isFile(file) { return .coco(file) }
    }
    for name in ["data.yaml", "data.yml"] {
      let file = path.appending(file: name)
      if Path.isFile(file) { return .yolo(file, key: "train") }
    }
    let annotations = VOCDataSet.annotationFolder(path)
    if Path.names(in: annotations).contains(where: { $0.lowercased().hasSuffix(".xml") }) {
      return .voc(path, list: VOCDataSet.lists(path)?.training)
    }
    let found = Path.names(in: path).filter { $0.lowercased().hasSuffix(".json") }.sorted()
    let most = 3
    let names =
      found.prefix(most).joined(separator: " or ") + (found.count > most ? " or another file" : "")
    throw Diagnostics(
      Diagnostic(
        at: SourceLocation(file: path),
        "holds no annotations; expected annotations.json in COCO's format, data.yaml of YOLO, or a folder "
          + "Annotations of XML files in the format of Pascal VOC"
          + (found.isEmpty ? "" : "; if \(names) has them, name that")))
  }

  /// Reads the annotations.
  func open() throws(Diagnostics) -> any DataSet {
    switch self {
    case .coco(let path): try COCODataSet(path)
    case .yolo(let path, let key): try YOLODataSet(path, key: key)
    case .voc(let path, let list): try VOCDataSet(path, list: list)
    }
  }

  /// The path that leads to those to measure with after learning from these; `nil` if nothing says which.
  var heldOut: String? {
    switch self {
    case .yolo(let path, key: "train"): YOLODataSet.has("val", in: path) ? "\(path):val" : nil
    case .voc(let path, let list?):
      VOCDataSet.lists(path).flatMap { list == $0.training ? $0.heldOut : nil }
    case .coco, .yolo, .voc: nil
    }
  }
}
