import CommandLineKit
import Detector
import LossKit

extension DataDescription {
  /// A table of the classes, and sentences on the images.
  func text(style: Style) -> TerminalText {
    var table = Table(
      [
        .init("class"), .init("images", .right), .init("objects", .right), .init("small", .right),
        .init("medium", .right), .init("large", .right), .init("crowds", .right),
        .init("sides", .right),
      ])
    for row in classes {
      let sides = row.sides.map {
        "\($0.lowerBound.formatted(significant: 4)) to \($0.upperBound.formatted(significant: 4))"
      }
      table.append(
        [row.name] + row.counts.map(\.grouped) + [sides ?? ""])
    }
    table.appendRule()
    let totals = classes.map(\.counts).reduce([0, 0, 0, 0, 0, 0]) { zip($0, $1).map(+) }
    table.append(
      ["all", (imageCount - imagesWithoutObjects).grouped] + totals.dropFirst().map(\.grouped))
    let notes: [TerminalText] = notes.map { "\(style.yellow("note:")) \($0)" }
    return ([table.text(style: style), ""] + sentences + notes).joined(separator: "\n")
  }

  private var sentences: [TerminalText] {
    let sizes = sizes.prefix(3).map {
      "\($0.count.grouped) of \($0.size.width) × \($0.size.height)"
    }.joined(separator: ", ")
    let more = self.sizes.count > 3 ? ", and \(self.sizes.count - 3) more sizes" : ""
    return [
      "\(imageCount.grouped) images: \(sizes)\(more) pixels; "
        + "\(imagesWithoutObjects.grouped) without objects."
    ] + (ignoredRegions > 0 ? ["Regions to ignore, of no class: \(ignoredRegions.grouped)."] : [])
  }

  /// The same as JSON.
  var node: JSONNode {
    [
      "images": JSONNode(imageCount),
      "images_without_objects": JSONNode(imagesWithoutObjects),
      "ignored_regions": JSONNode(ignoredRegions),
      "sizes": JSONNode(
        sizes.map {
          [
            "width": JSONNode($0.size.width), "height": JSONNode($0.size.height),
            "images": JSONNode($0.count),
          ]
        }),
      "classes": JSONNode(classes.map(\.node)),
      "notes": JSONNode(notes.map { JSONNode($0) }),
    ]
  }
}

extension DataDescription.Class {
  /// Images, objects, small, medium and large ones, and crowds.
  fileprivate var counts: [Int] {
    [images, objectCount] + [.small, .medium, .large].map { objects[$0] ?? 0 } + [crowds]
  }

  fileprivate var node: JSONNode {
    JSONNode(
      JSONObject([
        "name": JSONNode(name),
        "images": JSONNode(images),
        "objects": JSONNode(objectCount),
        "small": JSONNode(objects[.small] ?? 0),
        "medium": JSONNode(objects[.medium] ?? 0),
        "large": JSONNode(objects[.large] ?? 0),
        "crowds": JSONNode(crowds),
        "shortest_side": sides.map { JSONNode(finite: $0.lowerBound) },
        "longest_side": sides.map { JSONNode(finite: $0.upperBound) },
      ]))
  }
}
