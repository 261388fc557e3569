/// The priors of one image, and the levels that they lie on.
public struct Priors: Sendable, Equatable {
  /// Priors that lie on one feature map, or all that lie on none.
  public struct Level: Sendable, Equatable {
    /// The number of priors.
    public let count: Int
    /// Pixels between two cells; `nil` if the priors lie on no feature map.
    public let stride: Double?

    /// A level of so many priors.
    public init(count: Int, stride: Double? = nil) {
      self.count = count
      self.stride = stride
    }
  }

  /// The boxes, levels in order, and within a level by row, column and prior of a cell.
  public let boxes: [Box]
  /// The levels.
  public let levels: [Level]
  /// The priors that an assigner sees, in ascending order; the others are ignored. `nil` if it sees all.
  public let visible: [Int]?

  /// Priors on one level that is no feature map.
  public init(_ boxes: [Box]) {
    self.boxes = boxes
    self.levels = [Level(count: boxes.count)]
    self.visible = nil
  }

  /// Priors on levels.
  ///
  /// - Parameter visible: The priors that an assigner sees, in ascending order; `nil` if it sees all.
  /// - Throws: ``InputError`` where the levels don't add up to as many priors as there are, or one is visible
  ///   that isn't there, or twice.
  public init(_ boxes: [Box], levels: [Level], visible: [Int]? = nil) throws(InputError) {
    guard levels.map(\.count).addUp(to: boxes.count) else {
      throw InputError(
        "priors",
        "levels of \(levels.map(\.count)) priors; expected numbers that add up to \(boxes.count)")
    }
    if let visible {
      guard visible.allSatisfy(boxes.indices.contains),
        zip(visible, visible.dropFirst()).allSatisfy({ $0 < $1 })
      else {
        throw InputError(
          "priors", "has visible ones that aren't among \(boxes.count), or not in ascending order")
      }
    }
    self.boxes = boxes
    self.levels = levels
    self.visible = visible
  }

  /// The visible priors by themselves; `nil` if all are.
  package var visiblePart: Priors? {
    guard let visible else { return nil }
    var rest = visible[...]
    let levels = zip(levels, ranges).map { level, range in
      let part = rest.prefix { $0 < range.upperBound }
      rest = rest.dropFirst(part.count)
      return Level(count: part.count, stride: level.stride)
    }
    return try? Priors(visible.map { boxes[$0] }, levels: levels)
  }

  /// The number of priors.
  public var count: Int { boxes.count }

  /// The priors of each level.
  public var ranges: [Range<Int>] {
    var end = 0
    return levels.map { level in
      end += level.count
      return end - level.count..<end
    }
  }
}

extension [Int] {
  /// Whether these are counts of levels that have `total` together.
  func addUp(to total: Int) -> Bool {
    allSatisfy { (0...total).contains($0) } && reduce(0, +) == total
  }
}
