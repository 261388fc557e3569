import LossCore
import StrictJSON

/// The text labels of an image: a line an object, `class x y width height`, with the class counted from 0,
/// and the box's centre and sides as shares of the image's sides; or `class x1 y1 x2 y2 x3 y3 …`, the corners
/// of an outline, whose extent is the box.
struct YOLOLabels: Sendable {
  /// Labels from 1.
  private(set) var labels: [Int] = []
  /// Boxes as shares of the image's sides, cut to it.
  private(set) var boxes: [Box] = []
  private(set) var clippedCount = 0

  /// No objects.
  init() {}

  /// Reads a file, and reports what is wrong with it.
  init(_ bytes: [UInt8], file: String, classCount: Int, _ problems: inout AnnotationProblems) {
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      if let problem = add(words, classCount: classCount) {
        problems.report(file, line: index + 1, problem)
      }
    }
  }

  /// Adds a line; what is wrong with it, if anything is.
  private mutating func add(_ words: [Substring], classCount: Int) -> String? {
    guard let index = Int(words[0]), (0..<classCount).contains(index) else {
      return
        "has the class \(Diagnostic.quote(String(words[0]))); expected 0 to \(classCount - 1), as data.yaml "
        + "names the classes"
    }
    var numbers: [Double] = []
    for word in words.dropFirst() {
      guard let number = Double(word), number.isFinite else {
        return "has \(Diagnostic.quote(String(word))), which is no finite number"
      }
      numbers.append(number)
    }
    guard numbers.count == 4 || numbers.count >= 6, numbers.count % 2 == 0 else {
      return
        "has \(words.count) words; expected the class and four numbers x, y, width and height, or the class "
        + "and the corners of an outline"
    }
    let box = numbers.count == 4 ? Self.box(numbers) : Self.extent(numbers)
    let shown = numbers.prefix(4).map { "\($0)" }.joined(separator: " ")
    guard box.low.x < box.high.x, box.low.y < box.high.y else {
      return "\(shown) has no size; expected a width and a height above 0"
    }
    let clipped = Box(
      Float(max(0, box.low.x)), Float(max(0, box.low.y)), Float(min(1, box.high.x)),
      Float(min(1, box.high.y)))
    guard clipped.x1 < clipped.x2, clipped.y1 < clipped.y2 else {
      return "\(shown) lies outside of its image; expected shares of the image's sides, from 0 to 1"
    }
    let slack = 1e-3
    if box.low.min() < -slack || box.high.max() > 1 + slack { clippedCount += 1 }
    labels.append(index + 1)
    boxes.append(clipped)
    return nil
  }

  private static func box(_ numbers: [Double]) -> (low: SIMD2<Double>, high: SIMD2<Double>) {
    let center = SIMD2(numbers[0], numbers[1])
    let half = SIMD2(numbers[2], numbers[3]) / 2
    return (center - half, center + half)
  }

  private static func extent(_ numbers: [Double]) -> (low: SIMD2<Double>, high: SIMD2<Double>) {
    let x = stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] }
    let y = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
    return (
      SIMD2(x.min() ?? 0, y.min() ?? 0), SIMD2(x.max() ?? 0, y.max() ?? 0)
    )
  }

  /// The objects on an image of this size.
  func objects(on size: ImageSize) -> GroundTruth {
    let (width, height) = (Float(size.width), Float(size.height))
    return GroundTruth(
      boxes: boxes.map { Box($0.x1 * width, $0.y1 * height, $0.x2 * width, $0.y2 * height) },
      labels: labels)
  }
}
