import LossCore
import StrictJSON

/// What ids stand for.
struct IDTable {
  var values: [Int: Int] = [:]
  /// Whether all that have an id are in the table: if not, an id that isn't may well be right.
  var isComplete = true
}

/// Reads the JSON of COCO annotations, and collects what is wrong with it.
struct COCOReader {
  private(set) var classNames: [String] = []
  private(set) var images: [COCOImage] = []
  private var diagnostics: [Diagnostic] = []
  private var problemCount = 0
  private let finder: ImageFinder
  /// The label of each category's id.
  private var labels = IDTable()
  /// The position in ``images`` of each image's id.
  private var positions = IDTable()
  private var clippedCount = 0

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
      + (clippedCount > 0
        ? ["boxes that reached over their image and were clipped: \(clippedCount)"] : [])
  }

  /// Notes a problem; of more than fifty, only the number.
  mutating func report(
    _ node: JSONNode, _ path: JSONPath, _ message: String, suggestion: String? = nil
  ) {
    problemCount += 1
    guard diagnostics.count < 50 else { return }
    diagnostics.append(
      Diagnostic(at: node.location, path: path, message, suggestion: suggestion))
  }
}

extension COCOReader {
  private mutating func readCategories(_ nodes: [JSONNode]) {
    var categories: [(id: Int, name: String)] = []
    var (ids, names) = (Set<Int>(), Set<String>())
    for (index, node) in nodes.enumerated() {
      let path: JSONPath = ["categories", "\(index)"]
      guard let object = object(node, path),
        let id = uniqueID(of: object, at: node, path, among: &ids),
        let name = string("name", of: object, at: node, path)
      else { continue }
      if !names.insert(name).inserted {
        report(
          object["name"] ?? node, path.appending("name"),
          "\(Diagnostic.quote(name)) is the name of a category before; expected another")
      }
      categories.append((id, name))
    }
    categories.sort { $0.id < $1.id }
    classNames = categories.map(\.name)
    for (index, category) in categories.enumerated() { labels.values[category.id] = index + 1 }
    labels.isComplete = categories.count == nodes.count
  }

  private mutating func readImages(_ nodes: [JSONNode]) {
    var ids = Set<Int>()
    for (index, node) in nodes.enumerated() {
      let path: JSONPath = ["images", "\(index)"]
      guard let object = object(node, path),
        let id = uniqueID(of: object, at: node, path, among: &ids)
      else { continue }
      // The image counts as known from here on, or each of its annotations would be a problem too.
      let name = string("file_name", of: object, at: node, path)
      let width = integer("width", of: object, at: node, path, in: 1...ImageFinder.longestSide)
      let height = integer("height", of: object, at: node, path, in: 1...ImageFinder.longestSide)
      var file: String?
      if let name {
        do throws(DataError) {
          file = try finder.path(of: name)
        } catch {
          report(
            object["file_name"] ?? node, path.appending("file_name"),
            "\(Diagnostic.quote(name)): \(error.problem)")
        }
      }
      positions.values[id] = images.count
      images.append(
        COCOImage(
          name: name ?? "", id: id,
          size: ImageSize(
            height: height ?? ImageFinder.longestSide, width: width ?? ImageFinder.longestSide),
          path: file ?? ""))
    }
    positions.isComplete = images.count == nodes.count
  }

  private mutating func readAnnotation(
    _ node: JSONNode, _ path: JSONPath, ids: inout Set<Int>
  ) {
    guard let object = object(node, path) else { return }
    _ = uniqueID(of: object, at: node, path, among: &ids)
    let label = reference("category_id", of: object, at: node, path, to: labels, "category")
    let position = reference("image_id", of: object, at: node, path, to: positions, "image")
    let crowd =
      object["iscrowd"] == nil ? 0 : integer("iscrowd", of: object, at: node, path, in: 0...1)
    let area = object["area"].flatMap { area in number(area, path.appending("area")) }
    let rectangle = rectangle(of: object, at: node, path)
    guard let label, let position, let rectangle else { return }
    guard let box = rectangle.box(on: images[position].size) else {
      report(
        object["bbox"] ?? node, path.appending("bbox"),
        "\(rectangle) lies outside of its image of \(images[position].size.width) × "
          + "\(images[position].size.height) pixels; expected a part of it inside")
      return
    }
    if !rectangle.isInside(images[position].size) { clippedCount += 1 }
    images[position].annotations.append(
      Annotation(box: box, label: label, area: area, isCrowd: crowd == 1))
  }
}
