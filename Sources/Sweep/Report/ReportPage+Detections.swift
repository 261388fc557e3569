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
        list(images.problems), threshold(images.boxes.compactMap(\.score)), classLegend(classes),
        definitions(images.entries),
      ]
        + images.entries.map { entry in
          let truth =
            entry.objects.isEmpty
            ? [] : [picture(entry, entry.objects, classes: classes, caption: "ground truth")]
          return Markup(
            "div", ["class": "pictures"],
            truth
              + entry.found.map { found in
                picture(
                  entry, found.detections, classes: classes,
                  caption: "\(name(found.variant)), seed \(found.seed)")
              })
        })
  }

  /// From which score on detections are shown, and a slider that moves it where scripts run.
  private func threshold(_ scores: [Double]) -> Markup {
    Markup(
      "p", ["class": "note threshold"],
      [
        Markup(
          "label", ["for": "threshold"],
          [
            "Detections of a score of ",
            Markup("output", ["id": "least"], [Markup(Self.score(ReportScript.threshold))]),
            " or more",
          ]),
        Markup(
          "input",
          [
            "id": "threshold", "type": "range", "hidden": "", "min": "0", "step": "0.01",
            "max": "\(max(1, scores.max() ?? 1).rounded(.up))",
            "value": "\(ReportScript.threshold)",
          ]),
      ])
  }

  private static func score(_ score: Double) -> String { String(format: "%.2f", score) }

  /// What can't be shown, and why.
  func list(_ problems: [String]) -> Markup {
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
      return mark(
        "rect", detection, classes,
        [
          ("x", percent(box.x1)), ("y", percent(box.y1)), ("width", percent(box.x2 - box.x1)),
          ("height", percent(box.y2 - box.y1)),
        ], [Markup("title", [:], [Markup(label(detection))])])
    }
    // The surest first, so that labels have room whatever the threshold.
    var placement = LabelPlacement(width: entry.width, height: entry.height)
    let labels = detections.compactMap { detection in
      placement.place(label(detection), at: detection.box).map { place in
        mark(
          "text", detection, classes,
          [
            ("x", percent(place.x)), ("y", percent(place.y)), ("dx", place.isEnd ? "-2" : "2"),
            ("dy", "\(place.offset + LabelPlacement.baseline)"),
            ("text-anchor", place.isEnd ? "end" : "start"),
          ], [Markup(label(detection))])
      }
    }
    let shown = detections.filter { $0.score ?? 1 >= ReportScript.threshold }
    let counts = classes.compactMap { name in
      let count = shown.count { $0.className == name }
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

  /// A box or its label, which isn't shown where its score is below the threshold.
  private func mark(
    _ element: String, _ detection: SampleDetections.Detection, _ classes: [String],
    _ attributes: [(String, String)], _ children: [Markup]
  ) -> Markup {
    let isUnder = detection.score.map { $0 < ReportScript.threshold } ?? false
    let style = color(of: detection, classes) + (isUnder ? " under" : "")
    let score = detection.score.map { [("data-score", Self.score($0))] } ?? []
    return Markup(element, [("class", style)] + attributes + score, children)
  }

  private func label(_ detection: SampleDetections.Detection) -> String {
    detection.className + (detection.score.map { " \(Self.score($0))" } ?? "")
  }

  private func color(of detection: SampleDetections.Detection, _ classes: [String]) -> String {
    color(classes.firstIndex(of: detection.className) ?? 0)
  }

  private func color(_ index: Int) -> String { "k\(index % 10)" }
}
