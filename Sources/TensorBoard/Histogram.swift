/// How numbers are distributed, over buckets whose limits grow by a tenth from 1e-12 on, on both sides of 0.
public struct Histogram: Sendable, Equatable {
  private static let limits: [Double] = {
    var positive: [Double] = []
    var limit = 1e-12
    while limit < 1e20 {
      positive.append(limit)
      limit *= 1.1
    }
    positive.append(.greatestFiniteMagnitude)
    return positive.reversed().map { -$0 } + [0] + positive
  }()

  let count: Int
  let minimum: Double, maximum: Double
  let sum: Double, sumOfSquares: Double
  /// The upper limits of buckets, ascending, and how many numbers are in each: above the limit before it, and no
  /// more than its own. Buckets without numbers are left out, but for those beside others.
  let buckets: [(limit: Double, count: Int)]

  /// The distribution of finite numbers; `nil` if there are none.
  public init?(_ numbers: some Sequence<Double>) {
    var counts = [Int](repeating: 0, count: Self.limits.count)
    var (count, sum, sumOfSquares) = (0, 0.0, 0.0)
    var (minimum, maximum) = (Double.infinity, -Double.infinity)
    for number in numbers {
      count += 1
      sum += number
      sumOfSquares += number * number
      minimum = min(minimum, number)
      maximum = max(maximum, number)
      counts[Self.bucket(of: number)] += 1
    }
    guard count > 0 else { return nil }
    (self.count, self.sum, self.sumOfSquares) = (count, sum, sumOfSquares)
    (self.minimum, self.maximum) = (minimum, maximum)
    buckets = counts.indices.filter { place in
      counts[place] > 0 || counts.indices.contains(place + 1) && counts[place + 1] > 0
    }.map { (Self.limits[$0], counts[$0]) }
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.sum == right.sum && left.sumOfSquares == right.sumOfSquares
      && left.minimum == right.minimum && left.maximum == right.maximum
      && left.buckets.elementsEqual(right.buckets, by: ==)
  }

  /// The first bucket whose limit isn't below a number.
  private static func bucket(of number: Double) -> Int {
    var (low, high) = (0, limits.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if limits[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The message `HistogramProto`.
  func write(to writer: inout ProtobufWriter) {
    for (field, value) in [minimum, maximum, Double(count), sum, sumOfSquares].enumerated()
    where value != 0 {
      writer.double(field + 1, value)
    }
    writer.packed(6, buckets.map(\.limit))
    writer.packed(7, buckets.map { Double($0.count) })
  }
}
