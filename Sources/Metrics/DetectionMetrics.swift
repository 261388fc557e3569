import LossCore
import LossKernels

/// How well a detector finds objects: average precision and recall as COCO defines them.
///
/// Computed as pycocotools' evaluation of boxes does: 100 detections an image and class at most, IoU
/// from 0.50 to 0.95, precision at 101 recalls, crowds and objects outside of a range of areas
/// ignored. Averages over classes leave out the classes without objects.
///
/// Lin et al.: Microsoft COCO: Common Objects in Context (ECCV 2014); https://cocodataset.org/#detection-eval.
public struct DetectionMetrics: Sendable, Equatable {
  /// The numbers of detections an image and class of which ``averageRecall(detections:area:label:)`` is
  /// known.
  public static let limits = [1, 10, 100]

  /// The names of the classes.
  public let classNames: [String]
  private let classes: [ClassMetrics]

  /// Measures the detections in `images`.
  ///
  /// - Throws: `InputError` that names image and row of a label that isn't among the classes, or a number
  ///   that isn't finite.
  public init(
    of images: [EvaluatedImage], classNames: [String], workers: Workers = .standard
  ) throws(InputError) {
    for (index, image) in images.enumerated() {
      try image.check(image: index, classes: classNames.count)
    }
    self.classNames = classNames
    classes = workers.map(below: classNames.count) { index in
      ClassMetrics(
        images.compactMap { $0.match(label: index + 1, limit: Self.limits.last ?? 0) },
        limits: Self.limits)
    }
  }

  /// The number of objects of a class, crowds left out.
  public func objectCount(label: Int) -> Int {
    measured(label).reduce(0) { $0 + $1.objectCount }
  }

  /// The average precision: over overlaps from 0.50 to 0.95, and over classes.
  ///
  /// - Parameters:
  ///   - overlap: A single overlap.
  ///   - label: A single class, 1 and up.
  /// - Returns: 0 to 1; `nil` if there are no objects to find.
  public func averagePrecision(
    overlap: Overlap = .all, area: AreaRange = .all, label: Int? = nil
  ) -> Double? {
    mean(
      measured(label).compactMap { $0.ranges[area]?.precisions }.map { precisions in
        overlap.position.map { precisions[$0] } ?? mean(precisions) ?? 0
      })
  }

  /// The precision at the recalls 0, 0.01, … 1, of which ``averagePrecision(overlap:area:label:)`` is the mean:
  /// over overlaps from 0.50 to 0.95 or at one of them, and over classes.
  ///
  /// - Parameters:
  ///   - overlap: A single overlap.
  ///   - label: A single class, 1 and up.
  /// - Returns: 101 numbers from 0 to 1; none if there are no objects to find.
  public func precisions(overlap: Overlap = .all, label: Int? = nil) -> [Double] {
    let curves = measured(label).flatMap { metrics in
      overlap.position.map { metrics.curves.isEmpty ? [] : [metrics.curves[$0]] } ?? metrics.curves
    }
    return (curves.first?.precisions.indices ?? 0..<0).compactMap { recall in
      mean(curves.map { $0.precisions[recall] })
    }
  }

  /// The average recall: over overlaps from 0.50 to 0.95, and over classes.
  ///
  /// - Parameters:
  ///   - detections: How many detections an image and class count, the surest first; one of ``limits``.
  ///   - label: A single class, 1 and up.
  /// - Returns: 0 to 1; `nil` if there are no objects to find, or the limit isn't one of ``limits``.
  public func averageRecall(
    detections limit: Int = 100, area: AreaRange = .all, label: Int? = nil
  ) -> Double? {
    guard let position = Self.limits.firstIndex(of: limit) else { return nil }
    return mean(
      measured(label).compactMap { $0.ranges[area]?.recalls[position] }.compactMap(mean))
  }

  private func measured(_ label: Int?) -> ArraySlice<ClassMetrics> {
    guard let label else { return classes[...] }
    return label >= 1 && label <= classes.count ? classes[(label - 1)..<label] : []
  }
}

extension DetectionMetrics {
  /// The overlaps over which precision is averaged.
  public enum Overlap: Sendable {
    /// From 0.50 to 0.95 in steps of 0.05.
    case all
    /// 0.50: AP50.
    case half
    /// 0.75: AP75.
    case threeQuarters

    fileprivate var position: Int? {
      switch self {
      case .all: nil
      case .half: OverlapThresholds.half
      case .threeQuarters: OverlapThresholds.threeQuarters
      }
    }
  }
}

/// The mean, or `nil` if there is nothing to average.
private func mean(_ values: [Double]) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// The overlaps from which on a detection counts as right: 0.5, 0.55, … 0.95.
enum OverlapThresholds {
  /// The thresholds, to the bit as `numpy.linspace(0.5, 0.95, 10)` makes them.
  static let all: [Double] = {
    let step: Double = (0.95 - 0.5) / 9
    return (0..<9).map { index in Double(index) * step + 0.5 } + [0.95]
  }()

  /// The position of the threshold that belongs to AP50, and the one of AP75.
  static let (half, threeQuarters) = (0, 5)
}
