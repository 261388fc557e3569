import LossCore

/// What keeps a detector from finding every object and nothing else, by kind, at an overlap of 0.5.
///
/// A detection that finds no object is of the first kind that fits, by its overlaps with objects of its
/// class (IoU₌) and of others (IoU₍≠₎):
///
/// | kind | where | put right, it |
/// | --- | --- | --- |
/// | localization | 0.1 ≤ IoU₌ ≤ 0.5 | finds that object |
/// | classification | IoU₍≠₎ ≥ 0.5 | finds that object, by its class |
/// | duplicate | IoU₌ ≥ 0.5 with an object that a surer one has found | is left out |
/// | background | no overlap above 0.1 | is left out |
/// | both | else | is left out |
///
/// An object that another detection has found already is not found again: the detection is left out; of
/// several that would find one object, the surest does. An object that is neither found nor would be by any
/// of the first two kinds is missed; put right, it doesn't count as an object. What a crowd or an ignored
/// region forgives is no error.
///
/// The cost of a kind is by how much AP50 rises where the errors of that kind alone are put right, 0 where it
/// would fall. Costs don't add up. Bolya et al.: TIDE: A General Toolbox for Identifying Object Detection
/// Errors (ECCV 2020).
public struct DetectionErrors: Sendable, Equatable {
  /// What is wrong.
  public enum Kind: String, Sendable, CaseIterable {
    /// The right place, the wrong class.
    case classification
    /// The right class, roughly the right place.
    case localization
    /// The wrong class, roughly the right place.
    case both
    /// An object that is found already.
    case duplicate
    /// Nothing is there.
    case background
    /// An object that no detection comes near to.
    case missed
  }

  /// AP50 as it is, as ``DetectionMetrics`` has it; `nil` if there are no objects to find.
  public let averagePrecision: Double?
  private let counts: [Kind: Int]
  private let costs: [Kind: Double]

  /// Looks for errors in `images`.
  ///
  /// - Throws: `InputError` as ``DetectionMetrics`` does.
  public init(of images: [EvaluatedImage], classNames: [String]) throws(InputError) {
    for (index, image) in images.enumerated() {
      try image.check(image: index, classes: classNames.count)
    }
    let judged = images.map { JudgedImage($0, classes: classNames.count) }
    let entries = judged.flatMap(\.entries)
    let missed = judged.flatMap(\.missed)
    var counts: [Kind: Int] = [.missed: missed.count]
    for entry in entries { if let kind = entry.kind { counts[kind, default: 0] += 1 } }
    self.counts = counts

    let objects = judged.reduce(into: [Int: Int]()) { sums, image in
      for label in image.objects { sums[label, default: 0] += 1 }
    }
    let precision = Self.averagePrecision(entries.map(\.found), objects, classes: objects.keys)
    averagePrecision = precision
    costs = Dictionary(
      uniqueKeysWithValues: Kind.allCases.compactMap { kind in
        var left = objects
        if kind == .missed { for label in missed { left[label, default: 0] -= 1 } }
        let mended = entries.compactMap { $0.kind == kind ? $0.mended : $0.found }
        // A class whose objects are all taken back counts, as 0, where something was found of it.
        let found = Set(mended.map(\.label))
        let classes = objects.keys.filter { left[$0] != 0 || found.contains($0) }
        guard let precision, let better = Self.averagePrecision(mended, left, classes: classes)
        else { return nil }
        return (kind, max(better - precision, 0))
      })
  }

  /// How many errors of a kind there are.
  public func count(of kind: Kind) -> Int { counts[kind, default: 0] }

  /// By how much AP50 would rise without the errors of a kind; `nil` if there are no objects to find, or would
  /// be none.
  public func cost(of kind: Kind) -> Double? { costs[kind] }

  /// The mean over `classes`; `nil` if there are none.
  private static func averagePrecision(
    _ found: [JudgedImage.Found], _ objects: [Int: Int], classes: some Collection<Int>
  ) -> Double? {
    guard !classes.isEmpty else { return nil }
    let byClass = Dictionary(grouping: found, by: \.label)
    let sum = classes.sorted().reduce(0.0) { sum, label in
      let count = objects[label, default: 0]
      guard count > 0 else { return sum }
      let found = byClass[label, default: []]
      let order = found.indices.sorted {
        found[$0].score > found[$1].score || found[$0].score == found[$1].score && $0 < $1
      }
      return sum
        + PrecisionCurve(
          of: order.lazy.map { found[$0].isRight ? .right : .wrong }, objectCount: count
        )
        .mean
    }
    return sum / Double(classes.count)
  }
}

/// The detections of an image, each with what is wrong about it.
private struct JudgedImage {
  /// A detection as average precision sees it.
  struct Found {
    let label: Int
    let score: Float
    let isRight: Bool
  }

  /// A detection that counts.
  struct Entry {
    let found: Found
    /// What is wrong; `nil` if nothing is.
    let kind: DetectionErrors.Kind?
    /// The object that it would find, put right.
    var object: Int?
    /// The detection put right; `nil` if that leaves it out.
    var mended: Found?
  }

  private(set) var entries: [Entry] = []
  /// The classes of all objects, and of those that are missed.
  let objects: [Int], missed: [Int]

  init(_ image: EvaluatedImage, classes: Int) {
    let detections = image.detections.enumerated().sorted { left, right in
      left.element.score > right.element.score
        || left.element.score == right.element.score && left.offset < right.offset
    }.map(\.element)
    let annotations = image.annotations
    let rectangles = annotations.map { MeasuredRectangle($0.box) }
    let isObject = annotations.map {
      !$0.isCrowd && $0.label != nil && AreaRange.all.contains($0.area)
    }
    var isFound = [Bool](repeating: false, count: annotations.count)
    var outcomes: [(place: Int, outcome: Outcome)] = []
    for label in 1...max(classes, 1) {
      let places = detections.indices.filter { detections[$0].label == label }
        .prefix(DetectionMetrics.limits.last ?? 0)
      let own = annotations.indices.filter { annotations[$0].label ?? label == label }
      let match = ImageMatch(
        places.map { detections[$0] }, with: own.map { annotations[$0] }, limit: places.count)
      for (place, (outcome, taken)) in zip(places, match.matches(at: 0.5, in: .all)) {
        outcomes.append((place, outcome))
        if outcome == .right, let taken { isFound[own[taken]] = true }
      }
    }
    for (place, outcome) in outcomes.sorted(by: { $0.place < $1.place }) where outcome != .ignored {
      let detection = detections[place]
      let found = Found(
        label: detection.label, score: detection.score, isRight: outcome == .right)
      let rectangle = MeasuredRectangle(detection.box)
      let overlaps = rectangles.indices.map { index in
        isObject[index]
          ? rectangles[index].overlap(ofDetection: rectangle, isCrowd: false) : 0
      }
      /// The largest overlap with objects of the class or of others, the first of equal ones.
      func best(ofClass isOwn: Bool) -> (index: Int?, overlap: Double) {
        var best: (index: Int?, overlap: Double) = (nil, 0)
        for index in overlaps.indices
        where (annotations[index].label == detection.label) == isOwn
          && overlaps[index] > best.overlap
        {
          best = (index, overlaps[index])
        }
        return best
      }
      let (own, other) = (best(ofClass: true), best(ofClass: false))
      let error: (kind: DetectionErrors.Kind, object: Int?)? =
        if outcome == .right {
          nil
        } else if (0.1...0.5).contains(own.overlap) {
          (.localization, own.index)
        } else if other.overlap >= 0.5 {
          (.classification, other.index)
        } else if own.overlap >= 0.5 {
          (.duplicate, nil)
        } else if other.overlap <= 0.1 {
          (.background, nil)
        } else {
          (.both, nil)
        }
      entries.append(Entry(found: found, kind: error?.kind, object: error?.object))
    }
    var isUsable = isFound
    for index in entries.indices {
      guard let object = entries[index].object, !isUsable[object],
        let label = annotations[object].label
      else { continue }
      isUsable[object] = true
      entries[index].mended = Found(
        label: label, score: entries[index].found.score, isRight: true)
    }
    objects = isObject.indices.filter { isObject[$0] }.compactMap { annotations[$0].label }
    missed = isObject.indices.filter { isObject[$0] && !isUsable[$0] }
      .compactMap { annotations[$0].label }
  }
}
