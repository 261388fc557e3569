import TestSupport

/// A data set of two images in COCO's format, of which a test replaces what it needs.
struct SmallCOCO {
  var images = [
    #"{"id": 7, "file_name": "a.ppm", "width": 40, "height": 30}"#,
    #"{"id": 3, "file_name": "b.pgm", "width": 20, "height": 10}"#,
  ]
  var categories = [#"{"id": 9, "name": "dog"}"#, #"{"id": 2, "name": "cat"}"#]
  var annotations = [
    #"{"id": 1, "image_id": 7, "category_id": 9, "bbox": [1, 2, 10, 20], "area": 150.5}"#,
    #"{"id": 2, "image_id": 7, "category_id": 2, "bbox": [0.5, 0, 4.25, 8], "iscrowd": 0}"#,
    #"{"id": 3, "image_id": 7, "category_id": 2, "bbox": [10, 10, 20, 20], "iscrowd": 1}"#,
  ]

  /// The file, an element a line: images from line 2, categories and annotations behind them.
  var text: String {
    let lists = [("images", images), ("categories", categories), ("annotations", annotations)]
    return "{"
      + lists.map { name, elements in "\"\(name)\": [\n\(elements.joined(separator: ",\n"))]" }
      .joined(separator: ",\n") + "}"
  }

  /// Writes the file and its images, and answers the path of the file.
  func write(to folder: TemporaryFolder, name: String = "set.json") throws -> String {
    try folder.write(Self.pixels(40, 30, "P6"), to: "a.ppm")
    try folder.write(Self.pixels(20, 10, "P5"), to: "b.pgm")
    return try folder.write(text, to: name)
  }

  /// The bytes of an image file of even grey.
  static func pixels(_ width: Int, _ height: Int, _ kind: String) -> [UInt8] {
    Array("\(kind) \(width) \(height) 255\n".utf8)
      + Array(repeating: 90, count: width * height * (kind == "P6" ? 3 : 1))
  }
}
