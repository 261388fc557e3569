import LossKernels

/// Rows of cells with several channels each, the channels of a cell side by side: the inside of a batch
/// of feature maps that have a border.
///
/// What is said of a channel is said over the cells of all rows. The rows are gone through in blocks,
/// and sums over blocks are added up in their order: the same bits for any number of threads.
public struct ChannelRows: Sendable {
  /// Where each row begins.
  public let starts: [Int]
  /// The cells of a row.
  public let cells: Int
  /// The channels of a cell: a multiple of 16.
  public let channels: Int
  /// The rows that a thread takes at a time.
  let block = 30

  /// Rows of cells.
  public init(starts: [Int], cells: Int, channels: Int) {
    self.starts = starts
    self.cells = max(0, cells)
    self.channels = max(0, channels)
  }

  /// The number of all cells.
  public var cellCount: Int { starts.count * cells }

  /// Whether the rows lie within an array of `count` elements, and channels fill vectors.
  func fits(_ count: Int) -> Bool {
    channels % 16 == 0 && (starts.min() ?? 0) >= 0
      && (starts.max() ?? 0) <= count - cells * channels
  }

  /// For each channel two sums over all cells, made of the elements at the same place in two arrays.
  ///
  /// - Parameter summands: What the two sums gain from a vector of each array, the one of its
  ///   cell with the number given.
  @inline(__always)
  func sums(
    _ first: Span<Float>, _ second: Span<Float>, workers: Workers,
    _ summands: @Sendable (FloatVector, FloatVector, Int) -> (FloatVector, FloatVector)
  ) -> (first: [Double], second: [Double]) {
    guard fits(first.count), fits(second.count) else {
      return (zeros(channels), zeros(channels))
    }
    let parts = first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        // True because the arrays outlive the loop and are only read.
        nonisolated(unsafe) let (first, second) = (first, second)
        return workers.map(below: (starts.count + block - 1) / block) { index in
          var sums: ([Double], [Double]) = (zeros(channels), zeros(channels))
          guard let first = first.baseAddress, let second = second.baseAddress else { return sums }
          for row in starts[index * block..<min(starts.count, (index + 1) * block)] {
            for channel in stride(from: 0, to: channels, by: 16) {
              var sum = LaneList()
              var other = LaneList()
              var place = row &+ channel
              for _ in 0..<cells {
                let (left, right) = summands(
                  FloatVector(at: first + place), FloatVector(at: second + place), channel / 16)
                sum.add(left)
                other.add(right)
                place &+= channels
              }
              sum.add(to: &sums.0, at: channel)
              other.add(to: &sums.1, at: channel)
            }
          }
          return sums
        }
      }
    }
    var total: ([Double], [Double]) = (zeros(channels), zeros(channels))
    for part in parts {
      for channel in 0..<channels {
        total.0[channel] += part.0[channel]
        total.1[channel] += part.1[channel]
      }
    }
    return total
  }

  /// Replaces the elements of `result` by what `transform` makes of those at the same place in two
  /// arrays; it is given the number of the vector in its cell.
  @inline(__always)
  func map(
    _ first: Span<Float>, _ second: Span<Float>, into result: inout MutableSpan<Float>,
    workers: Workers, _ transform: @Sendable (FloatVector, FloatVector, Int) -> FloatVector
  ) {
    guard fits(first.count), fits(second.count), fits(result.count) else { return }
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        result.withUnsafeMutableBufferPointer { result in
          guard let a = first.baseAddress, let b = second.baseAddress, let c = result.baseAddress
          else { return }
          // True because a row is written by one thread alone.
          nonisolated(unsafe) let (first, second, target) = (a, b, c)
          workers.forEach(below: (starts.count + block - 1) / block) { index in
            for row in starts[index * block..<min(starts.count, (index + 1) * block)] {
              for channel in stride(from: 0, to: channels, by: 16) {
                var place = row &+ channel
                for _ in 0..<cells {
                  transform(
                    FloatVector(at: first + place), FloatVector(at: second + place), channel / 16
                  ).store(at: target + place)
                  place &+= channels
                }
              }
            }
          }
        }
      }
    }
  }
}

/// Sixteen sums in Double, a lane each.
private struct LaneList {
  var low: DoubleVector = 0
  var high: DoubleVector = 0

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(_ vector: FloatVector) {
    low = low + DoubleVector(vector.lanes.lowHalf)
    high = high + DoubleVector(vector.lanes.highHalf)
  }

  /// Adds the sums to sixteen elements.
  @inline(__always)
  func add(to sums: inout [Double], at start: Int) {
    for lane in 0..<8 {
      sums[start + lane] += low.lanes[lane]
      sums[start + 8 + lane] += high.lanes[lane]
    }
  }
}
