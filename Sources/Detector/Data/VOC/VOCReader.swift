import Foundation
import LossCore
import ResourceLimits
import StrictJSON

/// Reads the XML files of Pascal VOC, and collects what is wrong with them.
struct VOCReader {
  /// An object before its class has a number, which all files together give it.
  struct Object {
    let name: String
    let box: Box
    let isDifficult: Bool
  }

  /// An image that was asked for.
  struct Image {
    let stem: String
    let path: String
    let size: ImageSize
    let objects: [Object]
  }

  var problems = AnnotationProblems()
  private(set) var images: [Image] = []
  private var names = Set<String>()
  private var clippedCount = 0
  private let finder: ImageFinder

  /// A reader that looks for image files in `folders`, the first one first.
  init(folders: [String]) {
    finder = ImageFinder(folders: folders)
  }

  /// What was read.
  var annotated: AnnotatedImages {
    let classNames = names.sorted()
    let labels = Dictionary(
      uniqueKeysWithValues: classNames.enumerated().map { ($1, $0 + 1) })
    return AnnotatedImages(
      classNames: classNames,
      images: images.enumerated().map { index, image in
        AnnotatedImage(
          name: (image.path as NSString).lastPathComponent, id: index, size: image.size,
          path: image.path,
          annotations: image.objects.map {
            Annotation(box: $0.box, label: labels[$0.name], isCrowd: $0.isDifficult)
          })
      }, clippedCount: clippedCount)
  }

  /// Reads the classes of a file, and its image if that is used.
  mutating func read(_ file: String, stem: String, isUsed: Bool) {
    do throws(Diagnostics) {
      let root = try XMLReader.element(try annotationBytes(file), file: file)
      let size = root["size"].flatMap { size in self.size(size, file) }
      if size == nil, root["size"] == nil {
        problems.report(
          file, line: root.line, "has no <size> in <\(root.name)>; expected width and height")
      }
      let elements = root.children.filter { $0.name == "object" }
      let objects = elements.compactMap { object($0, on: size, file) }
      names.formUnion(objects.map(\.name))
      guard isUsed else { return }
      guard let path = imagePath(root["filename"]?.text, stem: stem) else {
        let name = root["filename"]?.text ?? stem
        problems.report(
          file, line: root["filename"]?.line ?? root.line,
          "there is no image \(Diagnostic.quote(name)) in \(finder.folders.joined(separator: " or "))"
        )
        return
      }
      if let size { images.append(Image(stem: stem, path: path, size: size, objects: objects)) }
    } catch {
      for diagnostic in error.all { problems.report(diagnostic) }
    }
  }

  /// The file that is named, or that is called like the annotations: programs write the names of files that
  /// were renamed since.
  private func imagePath(_ name: String?, stem: String) -> String? {
    let named = name.flatMap { $0.isEmpty ? nil : try? finder.path(of: $0) }
    return named ?? finder.path(ofStem: stem)
  }

  private mutating func size(_ element: XMLElement, _ file: String) -> ImageSize? {
    let sides = ["width", "height"].map { name in element[name].flatMap { Int($0.text) } ?? 0 }
    guard sides.allSatisfy({ 1...Limits.imageSide ~= $0 }) else {
      problems.report(
        file, line: element.line,
        "has a size of \(sides[0]) × \(sides[1]); expected a width and a height of 1 to \(Limits.imageSide)"
      )
      return nil
    }
    return ImageSize(height: sides[1], width: sides[0])
  }

  private mutating func object(
    _ element: XMLElement, on size: ImageSize?, _ file: String
  ) -> Object? {
    guard let name = element["name"]?.text, !name.isEmpty else {
      problems.report(
        file, line: element.line, "an object has no <name>; expected that of its class")
      return nil
    }
    let keys = ["xmin", "ymin", "xmax", "ymax"]
    let numbers = keys.compactMap { key in
      element["bndbox"]?[key].flatMap { Double($0.text) }.flatMap { $0.isFinite ? $0 : nil }
    }
    guard numbers.count == 4 else {
      problems.report(
        file, line: element["bndbox"]?.line ?? element.line,
        "an object has no <bndbox> with numbers for \(keys.joined(separator: ", "))")
      return nil
    }
    guard let size else { return nil }
    // Programs that count from 0 write an xmin of 0, which isn't beyond the image.
    let (x, y) = (max(numbers[0] - 1, min(numbers[0], 0)), max(numbers[1] - 1, min(numbers[1], 0)))
    let rectangle = AnnotatedRectangle(x: x, y: y, width: numbers[2] - x, height: numbers[3] - y)
    let shown = numbers.map { "\($0)" }.joined(separator: ", ")
    guard rectangle.hasSize else {
      problems.report(
        file, line: element.line,
        "[\(shown)] has no size; expected an xmax of at least xmin, and y so")
      return nil
    }
    guard let box = rectangle.box(on: size) else {
      problems.report(
        file, line: element.line,
        "[\(shown)] lies outside of its image of \(size.width) × \(size.height) pixels; expected a part "
          + "of it inside")
      return nil
    }
    if !rectangle.isInside(size) { clippedCount += 1 }
    return Object(name: name, box: box, isDifficult: element["difficult"]?.text == "1")
  }
}
