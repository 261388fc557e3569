import LossCore

/// A box with its area, in double precision: products of sides don't fit single precision, and an
/// overlap of exactly a threshold has to stay one.
struct MeasuredRectangle {
  let x1, y1, x2, y2, area: Double

  init(_ box: Box) {
    (x1, y1) = (Double(box.x1), Double(box.y1))
    (x2, y2) = (Double(box.x2), Double(box.y2))
    area = (x2 - x1) * (y2 - y1)
  }

  /// The overlap of a detection with this annotation: intersection over union; with a crowd,
  /// intersection over the detection, as any part of a crowd may be meant.
  func overlap(ofDetection detection: MeasuredRectangle, isCrowd: Bool) -> Double {
    let width = min(x2, detection.x2) - max(x1, detection.x1)
    let height = min(y2, detection.y2) - max(y1, detection.y1)
    guard width > 0, height > 0 else { return 0 }
    let intersection = width * height
    return intersection / (isCrowd ? detection.area : detection.area + area - intersection)
  }
}
