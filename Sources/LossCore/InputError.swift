import ResourceLimits

/// Input that can't be used: where it is, and what is wrong with it.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where: a tensor with image and row, a term, a stage.
  public let place: String
  /// What was found, what was expected, and what to do about it.
  public let problem: String
  /// The rows at the place, if a loss evaluated a block of them; counted from the block's first by the
  /// loss, and from the first of all by who called it.
  public let rows: Range<Int>?
  /// The index of the image in its batch, where it is known which one it is.
  public let image: Int?

  /// An error at `place`, or at some rows of it; `image` is for programs, the place tells it to people.
  public init(
    _ place: String, rows: Range<Int>? = nil, image: Int? = nil, _ problem: String
  ) {
    self.place = shortened(place)
    self.problem = shortened(problem)
    self.rows = rows
    self.image = image
  }

  public var description: String {
    guard let rows else { return "\(place): \(problem)" }
    return rows.count == 1
      ? "\(place) row \(rows.lowerBound): \(problem)"
      : "\(place) rows \(rows.lowerBound) to \(rows.upperBound - 1): \(problem)"
  }

  /// The error of a block whose first row is `first` of all rows.
  @usableFromInline
  func moved(by first: Int) -> InputError {
    InputError(
      place, rows: rows.map { $0.lowerBound + first..<$0.upperBound + first }, image: image,
      problem)
  }
}
