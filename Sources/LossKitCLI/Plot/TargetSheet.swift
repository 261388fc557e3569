import Detector
import Foundation
import LossKit
import Plots

extension PlotSheet {
  /// The priors of an image, a panel a level of each stage: which are positive, negative, ignored, and sampled.
  ///
  /// - Parameters:
  ///   - index: The image of the batch.
  ///   - picture: Its pixels, of any size; none are drawn where left out.
  init(
    _ stages: [StageTargets], image index: Int, of batch: DetectionBatch, picture: Detector.Image?,
    title: String
  ) {
    let image = batch.images[index]
    let levels = stages.flatMap { stage in
      LevelPicture.levels(of: stage, image: index, truth: image.groundTruth)
    }
    let (width, height) = (Double(image.size.width), Double(image.size.height))
    let shown = 460 * min(1, width / height)
    let ground = picture.map {
      Markup(
        "image",
        [
          "id": "picture", "href": "data:image/png;base64,\(Data($0.png).base64EncodedString())",
          "width": "\(width)", "height": "\(height)", "preserveAspectRatio": "none",
        ])
    }
    let panels = levels.map { level in
      Panel(
        title: level.title, note: level.note, width: shown, height: shown * height / width,
        content: [
          Markup(
            "svg", ["viewBox": "0 0 \(width) \(height)", "width": "100%", "height": "100%"],
            [
              Markup("rect", ["class": "field", "width": "\(width)", "height": "\(height)"])
            ] + (ground == nil ? [] : [Markup("use", ["href": "#picture"])]) + level.marks)
        ])
    }
    self.init(
      title: title, legend: LevelPicture.legend,
      rows: stride(from: 0, to: panels.count, by: 2).map {
        Array(panels[$0..<min($0 + 2, panels.count)])
      }, definitions: [.style(LevelPicture.style)] + (ground.map { [$0] } ?? []))
  }
}

/// The priors of one level of a stage on an image.
private struct LevelPicture {
  let stage: String
  let index: Int
  let level: Priors.Level
  let range: Range<Int>
  let image: MatchedPriors
  let truth: GroundTruth

  static func levels(
    of stage: StageTargets, image index: Int, truth: GroundTruth
  ) -> [LevelPicture] {
    let image = stage.images[index]
    var first = 0
    return image.priors.levels.enumerated().map { index, level in
      defer { first += level.count }
      return LevelPicture(
        stage: stage.stage, index: index, level: level, range: first..<first + level.count,
        image: image, truth: truth)
    }
  }

  /// What becomes of a prior.
  private enum State: String, CaseIterable {
    case negative, ignored, sampledNegative = "sampled-negative", positive,
      sampledPositive = "sampled-positive"

    var name: String {
      switch self {
      case .negative: "negative"
      case .ignored: "ignored"
      case .sampledNegative: "negative, sampled"
      case .positive: "positive, not sampled"
      case .sampledPositive: "positive, sampled"
      }
    }
  }

  private var states: [State: [Int]] {
    let sampled = Set(image.sampled)
    return Dictionary(grouping: range) { prior in
      switch (image.assignment.matches[prior], sampled.contains(prior)) {
      case (Assignment.ignored, _): .ignored
      case (Assignment.background, false): .negative
      case (Assignment.background, true): .sampledNegative
      case (_, false): .positive
      case (_, true): .sampledPositive
      }
    }
  }

  /// The stage and the level.
  var title: String {
    let stride = level.stride.map { ", stride \($0.formatted(significant: 4))" } ?? ""
    return image.priors.levels.count > 1 || level.stride != nil
      ? "\(stage), level \(index)\(stride)" : stage
  }

  /// How many priors are what.
  var note: String {
    let counts = states.mapValues(\.count)
    func count(_ state: State) -> Int { counts[state] ?? 0 }
    let positive = count(.positive) + count(.sampledPositive)
    let negative = count(.negative) + count(.sampledNegative)
    return "positive \(positive.grouped), sampled \(count(.sampledPositive).grouped); negative "
      + "\(negative.grouped), sampled \(count(.sampledNegative).grouped); ignored \(count(.ignored).grouped)"
  }

  /// Centres of all priors, boxes of positives, and of negatives that lie on no feature map; objects on top.
  var marks: [Markup] {
    let states = states
    var marks: [Markup] = []
    if level.stride == nil, let negatives = states[.sampledNegative] {
      marks.append(boxes(negatives.map { image.priors.boxes[$0] }, "sampled-negative box"))
    }
    for state in State.allCases {
      guard let priors = states[state] else { continue }
      marks.append(centers(priors, state))
      guard state == .positive || state == .sampledPositive else { continue }
      let byObject = Dictionary(grouping: priors) { image.assignment.matches[$0] }
      for (object, priors) in byObject.sorted(by: { $0.key < $1.key }) {
        marks.append(
          boxes(priors.map { image.priors.boxes[$0] }, "\(state.rawValue) box k\(object % 10)"))
      }
    }
    marks.append(boxes(truth.ignoredRegions, "region box"))
    return marks
      + truth.boxes.enumerated().map { index, box in boxes([box], "object box k\(index % 10)") }
  }

  /// Dots, one where several priors have the same centre.
  private func centers(_ priors: [Int], _ state: State) -> Markup {
    let points = Set(
      priors.map { prior in
        let box = image.priors.boxes[prior]
        return "M\(tenth((box.x1 + box.x2) / 2)) \(tenth((box.y1 + box.y2) / 2))h0"
      })
    return Markup("path", ["class": "\(state.rawValue) center", "d": points.sorted().joined()])
  }

  private func boxes(_ boxes: [Box], _ style: String) -> Markup {
    let path = boxes.filter(\.isFinite).map { box in
      "M\(tenth(box.x1)) \(tenth(box.y1))H\(tenth(box.x2))V\(tenth(box.y2))H\(tenth(box.x1))Z"
    }
    return Markup("path", ["class": style, "d": path.joined()])
  }

  private func tenth(_ number: Float) -> String {
    let tenths = (Double(number) * 10).rounded() / 10
    return tenths == tenths.rounded() ? String(format: "%.0f", tenths) : "\(tenths)"
  }

  static let legend: [PlotSheet.Key] =
    State.allCases.reversed().map { state in
      let box = Markup("path", ["class": "\(state.rawValue) box k1", "d": "M2 1H22V11H2Z"])
      let isPositive = state == .positive || state == .sampledPositive
      return key(
        state.name,
        [Markup("path", ["class": "\(state.rawValue) center", "d": "M12 6h0"])]
          + (isPositive ? [box] : []))
    } + [key("object", [Markup("path", ["class": "object box k1", "d": "M3 1H21V11H3Z"])])]

  private static func key(_ name: String, _ sample: [Markup]) -> PlotSheet.Key {
    let ground = Markup(
      "rect", ["class": "field", "x": "-1", "y": "-2", "width": "26", "height": "16"])
    return PlotSheet.Key(name, sample: Markup("g", [:], [ground] + sample))
  }

  static let style: StaticString = """
    .field { fill: #3a3f44; } image { opacity: .75; }
    .center { fill: none; stroke-linecap: round; vector-effect: non-scaling-stroke; }
    .box { fill: none; stroke: var(--c); vector-effect: non-scaling-stroke; }
    .negative { stroke: #9aa3ab; stroke-opacity: .55; } .negative.center { stroke-width: 1.5; }
    .ignored { stroke: #ffc425; } .ignored.center { stroke-width: 2.5; }
    .sampled-negative { stroke: #6ab4ff; --c: #6ab4ff; } .sampled-negative.center { stroke-width: 4; }
    .sampled-negative.box { stroke-width: .7; stroke-opacity: .6; }
    .positive { stroke: #f4f1ea; } .positive.center { stroke-width: 3; }
    .positive.box { stroke: var(--c); stroke-width: 1; stroke-dasharray: 4 3; }
    .sampled-positive { stroke: #f4f1ea; } .sampled-positive.center { stroke-width: 5; }
    .sampled-positive.box { stroke: var(--c); stroke-width: 1.2; }
    .object { stroke-width: 3; } .region { stroke: #c8c8c8; stroke-width: 2; stroke-dasharray: 6 4; }
    """
}
