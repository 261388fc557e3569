import LossCore
import ResourceLimits
import StrictJSON

/// Readers of the file's three lists.
extension COCOReader {
  mutating func readCategories(_ nodes: [JSONNode]) {
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

  mutating func readImages(_ nodes: [JSONNode]) {
    var ids = Set<Int>()
    for (index, node) in nodes.enumerated() {
      let path: JSONPath = ["images", "\(index)"]
      guard let object = object(node, path),
        let id = uniqueID(of: object, at: node, path, among: &ids)
      else { continue }
      // The image counts as known from here on, or each of its annotations would be a problem too.
      let name = string("file_name", of: object, at: node, path)
      let width = integer("width", of: object, at: node, path, in: 1...Limits.imageSide)
      let height = integer("height", of: object, at: node, path, in: 1...Limits.imageSide)
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
        AnnotatedImage(
          name: name ?? "", id: id,
          size: ImageSize(
            height: height ?? Limits.imageSide, width: width ?? Limits.imageSide),
          path: file ?? ""))
    }
    positions.isComplete = images.count == nodes.count
  }

  mutating func readAnnotation(
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
