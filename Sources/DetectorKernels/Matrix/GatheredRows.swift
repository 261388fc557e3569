/// The rows of a matrix that lies scattered in an array: each is put together of equally long
/// segments.
///
/// Row r is, for each segment s, the elements from starts[r] + segments[s] on, `length` of them. A
/// convolution over an image with a border reads its patches so, without copying them.
public struct GatheredRows: Sendable {
  /// Where each row begins.
  public let starts: [Int]
  /// Where each segment begins, from the start of its row.
  public let segments: [Int]
  /// The elements of a segment.
  public let length: Int
  /// How many elements an array must have to hold all rows.
  let extent: Int

  /// Rows that begin at `starts` and consist of segments.
  public init(starts: [Int], segments: [Int] = [0], length: Int) {
    self.starts = starts
    self.segments = segments
    self.length = max(0, length)
    guard let first = starts.min(), let last = starts.max(), let nearest = segments.min(),
      let furthest = segments.max()
    else {
      extent = 0
      return
    }
    extent = first < 0 || first + nearest < 0 ? .max : last + furthest + self.length
  }

  /// The rows of a matrix that lies in one piece, `length` elements each.
  public init(count: Int, length: Int) {
    self.init(starts: (0..<max(0, count)).map { $0 * length }, length: length)
  }

  /// The elements of a row.
  public var depth: Int { segments.count * length }
}
