extension DetectionMetrics {
  /// A metric with the name that tables, logs and sweeps give it.
  public struct Value: Sendable, Equatable {
    /// The name, such as `AP50`.
    public let name: String
    /// From 0 to 1; `nil` if there are no objects to find.
    public let value: Double?
  }

  /// COCO's twelve metrics in COCO's order: `AP`, `AP50`, `AP75`, `AP_small`, `AP_medium`, `AP_large`,
  /// `AR_1`, `AR_10`, `AR_100`, `AR_small`, `AR_medium` and `AR_large`.
  public var values: [Value] {
    let sizes: [AreaRange] = [.small, .medium, .large]
    return [
      Value(name: "AP", value: averagePrecision()),
      Value(name: "AP50", value: averagePrecision(overlap: .half)),
      Value(name: "AP75", value: averagePrecision(overlap: .threeQuarters)),
    ] + sizes.map { Value(name: "AP_\($0)", value: averagePrecision(area: $0)) }
      + Self.limits.map { Value(name: "AR_\($0)", value: averageRecall(detections: $0)) }
      + sizes.map { Value(name: "AR_\($0)", value: averageRecall(area: $0)) }
  }

  /// The average precision of each class: `AP/disc`, and so on.
  public var classValues: [Value] {
    classNames.enumerated().map { index, name in
      Value(name: "AP/\(name)", value: averagePrecision(label: index + 1))
    }
  }
}
