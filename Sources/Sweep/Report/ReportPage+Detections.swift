import Foundation
import Plots
import StrictJSON

extension ReportPage {
  /// Pictures of detections: each image, with what the best variants find on it, those of the first seed
  /// that tells.
  var detections: Markup? {
    var images = SampleImages(plan)
    for variant in shown.prefix(4) {
      for (position, seed) in plan.seeds.enumerated() {
        let index = plan.trial(variant: variant, seed: position).index
        do throws(Diagnostics) {
          guard
            let samples = try SampleDetections(
              contentsOf: report.folder.file("detections.json", ofTrial: index))
          else { continue }
          images.add(samples, variant: variant, seed: seed)
          break
        } catch {
          images.report(error)
        }
      }
    }
    guard !images.entries.isEmpty || !images.problems.isEmpty else { return nil }
    let classes = images.classNames
    return .section(
      "Sample detections",
      [
        .paragraph(["What the best variants find on the same images."], style: "note"),
        problems(images.problems), classLegend(classes), definitions(images.entries),
      ]
        + images.entries.map { entry in
          Markup(
            "div", ["class": "pictures"],
            entry.found.map { found in
              let seed = found.seed == plan.seeds.first ? "" : ", seed \(found.seed)"
              return picture(
                entry, found.detections, classes: classes, caption: name(found.variant) + seed)
            })
        })
  }

  private func problems(_ problems: [String]) -> Markup {
    guard !problems.isEmpty else { return Markup([]) }
    let most = 8
    let more = problems.count > most ? ["and \(problems.count - most) more"] : []
    return Markup("pre", [:], [Markup((problems.prefix(most) + more).joined(separator: "\n"))])
  }

  /// The colours of the classes.
  private func classLegend(_ classes: [String]) -> Markup {
    guard !classes.isEmpty else { return Markup([]) }
    return legend(
      classes.enumerated().map { index, name in
        let swatch = Markup(
          "rect",
          ["class": "swatch \(color(index))", "x": "1", "y": "1", "width": "12", "height": "12"])
        return (swatch, name)
      }, width: 14, height: 14)
  }

  /// The images, to be used by the pictures.
  private func definitions(_ entries: [SampleImages.Entry]) -> Markup {
    Markup(
      "svg", ["class": "definitions", "width": "0", "height": "0", "aria-hidden": "true"],
      [
        Markup(
          "defs", [:],
          entries.map { entry in
            Markup(
              "image",
              [
                "id": entry.id, "href": entry.source, "width": "100%", "height": "100%",
                "preserveAspectRatio": "none",
              ])
          })
      ])
  }

  private func picture(
    _ entry: SampleImages.Entry, _ detections: [SampleDetections.Detection], classes: [String],
    caption: String
  ) -> Markup {
    let boxes = detections.map { detection in
      let box = detection.box
      return Markup(
        "rect",
        [
          "class": color(of: detection, classes), "x": percent(box.x1), "y": percent(box.y1),
          "width": percent(box.x2 - box.x1), "height": percent(box.y2 - box.y1),
        ], [Markup("title", [:], [Markup(label(detection))])])
    }
    var placement = LabelPlacement(width: entry.width, height: entry.height)
    let labels = detections.compactMap { detection in
      placement.place(label(detection), at: detection.box).map { place in
        Markup(
          "text",
          [
            "class": color(of: detection, classes), "x": percent(place.x), "y": percent(place.y),
            "dx": place.isEnd ? "-2" : "2", "dy": "\(place.offset + LabelPlacement.baseline)",
            "text-anchor": place.isEnd ? "end" : "start",
          ], [Markup(label(detection))])
      }
    }
    let counts = classes.compactMap { name in
      let count = detections.count { $0.className == name }
      return count > 0 ? "\(count) × \(name)" : nil
    }
    let found = counts.isEmpty ? "nothing found" : counts.joined(separator: ", ")
    return Markup(
      "figure", ["class": "picture"],
      [
        Markup(
          "svg", ["role": "img", "style": "aspect-ratio: \(entry.width) / \(entry.height)"],
          [
            Markup("title", [:], [Markup("\(entry.name), \(caption): \(found)")]),
            Markup("use", ["href": "#\(entry.id)"]),
            // The surest boxes on top.
            Markup("g", ["class": "boxes"], boxes.reversed()), Markup("g", [:], labels),
          ]),
        Markup("figcaption", [:], [Markup(caption)]),
      ])
  }

  private func label(_ detection: SampleDetections.Detection) -> String {
    "\(detection.className) \(String(format: "%.2f", detection.score))"
  }

  private func color(of detection: SampleDetections.Detection, _ classes: [String]) -> String {
    color(classes.firstIndex(of: detection.className) ?? 0)
  }

  private func color(_ index: Int) -> String { "k\(index % 10)" }
}
