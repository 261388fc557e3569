import LossCore
import StrictJSON

/// Reads the JSON of COCO annotations, and collects what is wrong with it.
struct COCOReader {
  var classNames: [String] = []
  var images: [AnnotatedImage] = []
  var problems = AnnotationProblems()
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
    if problems.isEmpty, self.images.allSatisfy({ $0.annotations.allSatisfy(\.isCrowd) }) {
      report(
        object["annotations"] ?? root, ["annotations"],
        "holds no object; expected one at least, to learn from or to measure with")
    }
  }

  /// Notes a problem.
  mutating func report(
    _ node: JSONNode, _ path: JSONPath, _ message: String, suggestion: String? = nil
  ) {
    problems.report(
      Diagnostic(at: node.location, path: path, message, suggestion: suggestion))
  }

  /// What was read.
  var annotated: AnnotatedImages {
    AnnotatedImages(classNames: classNames, images: images, clippedCount: clippedCount)
  }
}

/// What ids stand for.
struct IDTable {
  var values: [Int: Int] = [:]
  /// Whether all that have an id are in the table: if not, an id that isn't may well be right.
  var isComplete = true
}
