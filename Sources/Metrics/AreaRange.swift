/// The sizes of objects that COCO reports apart, in square pixels; both ends belong to a range.
public enum AreaRange: String, Sendable, CaseIterable {
  /// Up to 100,000².
  case all
  /// Up to 32².
  case small
  /// From 32² to 96².
  case medium
  /// From 96² to 100,000².
  case large

  /// Whether an object or a detection of this area belongs to the range.
  public func contains(_ area: Double) -> Bool {
    switch self {
    case .all: (0...1e10).contains(area)
    case .small: (0...1024).contains(area)
    case .medium: (1024...9216).contains(area)
    case .large: (9216...1e10).contains(area)
    }
  }
}
