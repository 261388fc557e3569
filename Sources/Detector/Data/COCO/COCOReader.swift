import LossCore
import Objective
import ResourceLimits
import StrictJSON

/// Reads the JSON of COCO annotations, and collects what is wrong with it.
struct COCOReader {
  var classNames: [String] = []
  var images: [COCOImage] = []
  private var diagnostics: [Diagnostic] = []
  private var problemCount = 0
  let finder: ImageFinder
  /// The label of each category's id.
  var labels = IDTable()
  /// The position in ``images`` of each image's id.
  var positions = IDTable()
  var clippedCount = 0

  /// A reader that looks for image files in `folders`, the first one first.
  init(folders: [String]) {
    finder = ImageFinder(folders: folders)
  }

  /// Reads a file's value. What was read counts only if there are no problems.
  mutating func read(_ root: JSONNode) {
    guard let object = object(root, []) else { return }
    let categories = array("categories", of: object, at: root)
    let images = array("images", of: object, at: root)
    let annotations = array("annotations", of: object, at: root)
    guard let categories, let images, let annotations else { return }
    readCategories(categories)
    readImages(images)
    var ids = Set<Int>()
    for (index, node) in annotations.enumerated() {
      readAnnotation(node, ["annotations", "\(index)"], ids: &ids)
    }
    if problemCount == 0, self.images.allSatisfy({ $0.annotations.allSatisfy(\.isCrowd) }) {
      report(
        object["annotations"] ?? root, ["annotations"],
        "holds no object; expected one at least, to learn from or to measure with")
    }
  }

  /// What is wrong, or nothing: the first problems where there are many.
  func problems(file: String) -> Diagnostics? {
    let hidden = problemCount - diagnostics.count
    let summary = Diagnostic(
      at: SourceLocation(file: file),
      "\(problemCount) problems; the first \(diagnostics.count) are:")
    return Diagnostics(hidden > 0 ? [summary] + diagnostics : diagnostics)
  }

  /// What is unusual but no error.
  var notes: [String] {
    let labels = images.flatMap { $0.annotations.filter { !$0.isCrowd }.compactMap(\.label) }
    let found = Set(labels)
    let emptyCount = images.count { $0.annotations.isEmpty }
    return classNames.enumerated().compactMap { index, name in
      found.contains(index + 1)
        ? nil : "category \(Diagnostic.quote(name)) has no objects; it can't be learnt or measured"
    }
      + (emptyCount > 0 ? ["images without annotations: \(emptyCount) of \(images.count)"] : [])
      + warnings
  }

  /// What is probably a mistake.
  var warnings: [String] {
    var warnings: [String] = []
    if clippedCount > 0 {
      warnings.append("boxes that reached over their image and were clipped: \(clippedCount)")
    }
    let normalized = images.count { $0.objects.seemsNormalized(on: $0.size) }
    if normalized > 0 {
      warnings.append(
        "images all of whose boxes lie within 0 to 1: \(normalized) of \(images.count); they are "
          + "probably shares of the sides: multiply x and width by the image's width, y and height "
          + "by its height")
    }
    return warnings
  }

  /// Notes a problem; beyond the limit, only the number.
  mutating func report(
    _ node: JSONNode, _ path: JSONPath, _ message: String, suggestion: String? = nil
  ) {
    problemCount += 1
    guard diagnostics.count < Limits.annotationDiagnostics else { return }
    diagnostics.append(
      Diagnostic(at: node.location, path: path, message, suggestion: suggestion))
  }
}

/// What ids stand for.
struct IDTable {
  var values: [Int: Int] = [:]
  /// Whether all that have an id are in the table: if not, an id that isn't may well be right.
  var isComplete = true
}
