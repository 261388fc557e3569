import VectorArithmetic

/// How many elements ahead loops that do little else than read ask for what comes: processors by themselves don't
/// look as far as memory is.
private let ahead = 256

/// Whether no element is NaN or infinite.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func areFinite<Number: RealScalar>(_ elements: Span<Number>) -> Bool {
  elements.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return true }
    // What isn't finite stays so in a sum; finite numbers whose sum overflows are looked at again. Two
    // sums take turns, so that one addition needn't wait for the last.
    var even: Number.Vector = 0
    var odd: Number.Vector = 0
    var index = 0
    while index + 2 * Number.Vector.count <= buffer.count {
      prefetch_line(start + index + ahead)
      prefetch_line(start + index + ahead + Number.Vector.count)
      even = even + Number.Vector(at: start + index)
      odd = odd + Number.Vector(at: start + index + Number.Vector.count)
      index &+= 2 * Number.Vector.count
    }
    var lanes = LaneSum()
    (even + odd).add(to: &lanes)
    let rest = buffer[index...]
    return lanes.total.isFinite && rest.allSatisfy(\.isFinite) || buffer.allSatisfy(\.isFinite)
  }
}

/// Whether all numbers are from 0 to 1.
public func areProbabilities(_ numbers: Span<Float>) -> Bool {
  numbers.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return true }
    var outside: FloatVector = 0
    var index = 0
    while index + FloatVector.count <= buffer.count {
      prefetch_line(start + index + ahead)
      let number = FloatVector(at: start + index)
      outside = .select((number >= 0) & (number <= 1), outside, else: 1)
      index &+= FloatVector.count
    }
    return outside.reduced { $0 + $1 } == 0 && buffer[index...].allSatisfy { 0...1 ~= $0 }
  }
}

/// The index of the first element that is NaN or infinite.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func firstNonFinite<Number: RealScalar>(_ elements: Span<Number>) -> Int? {
  areFinite(elements) ? nil : elements.indices.first { !elements[$0].isFinite }
}

/// The same, looked for on several threads.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func firstNonFinite<Number: RealScalar>(
  _ elements: UnsafeBufferPointer<Number>, on workers: Workers
) -> Int? {
  // True because nobody writes them, and they outlive the loop.
  nonisolated(unsafe) let elements = elements
  return workers.firstIndex(below: elements.count) { part in
    firstNonFinite(Span(_unsafeElements: elements.extracting(part))).map { part.lowerBound + $0 }
  }
}

/// Numbers of which `write` writes each.
@inlinable
public func numbers<Number: RealScalar>(
  _ count: Int, _ write: (inout MutableSpan<Number>) -> Void
) -> [Number] {
  let count = max(0, count)
  return [Number](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    var span = MutableSpan(_unsafeElements: buffer.extracting(0..<count))
    write(&span)
    initializedCount = count
  }
}

/// The numbers rounded to Float.
// Where they are that already, the specialized function knows, and copies nothing.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func floats<Number: RealScalar>(_ numbers: [Number]) -> [Float] {
  numbers as? [Float] ?? numbers.map { Float($0) }
}

/// As many zeros.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func zeros<Number: RealScalar>(_ count: Int) -> [Number] {
  [Number](repeating: 0, count: max(0, count))
}

/// As many zeros, written on several threads.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func zeros<Number: RealScalar>(_ count: Int, on workers: Workers) -> [Number] {
  let count = max(0, count)
  return [Number](unsafeUninitializedCapacity: count) { buffer, initializedCount in
    // True because each part is written once, and the buffer outlives the loop.
    nonisolated(unsafe) let elements = buffer
    let part = 1 << 16
    workers.forEach(below: (count + part - 1) / part) { index in
      elements.extracting(index * part..<min(count, (index + 1) * part)).initialize(repeating: 0)
    }
    initializedCount = count
  }
}

/// Replaces each element by what a formula makes of it, a vector of neighbours at a time.
@inlinable @inline(__always)
public func replaceEach<Number: RealScalar>(
  _ elements: inout [Number], by formula: (Number.Vector) -> Number.Vector
) {
  let lanes = Number.Vector.count
  elements.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return }
    var index = 0
    while index &+ lanes <= buffer.count {
      formula(Number.Vector(at: start + index)).store(at: start + index)
      index &+= lanes
    }
    guard index < buffer.count else { return }
    var rest: Number.Vector = 0
    for lane in 0..<buffer.count &- index { rest[lane] = start[index &+ lane] }
    rest = formula(rest)
    for lane in 0..<buffer.count &- index { start[index &+ lane] = rest[lane] }
  }
}

/// The sum of what a formula makes of some neighbours, a vector of them at a time.
@inlinable @inline(__always)
public func sum<Number: RealScalar>(
  _ elements: Range<Int>, of numbers: [Number], by formula: (Number.Vector) -> Number.Vector
) -> Double {
  let lanes = Number.Vector.count
  return numbers.withUnsafeBufferPointer { numbers in
    let neighbours = numbers[elements]
    let rest = neighbours.suffix(elements.count % lanes)
    guard let start = numbers.baseAddress else { return 0 }
    var sum = LaneSum()
    for index in stride(from: elements.lowerBound, to: rest.startIndex, by: lanes) {
      formula(Number.Vector(at: start + index)).add(to: &sum)
    }
    guard !rest.isEmpty else { return sum.total }
    var last: Number.Vector = 0
    for (lane, number) in rest.enumerated() { last[lane] = number }
    last = formula(last)
    return (0..<rest.count).reduce(sum.total) { $0 + Double(last[$1]) }
  }
}

/// Copies some columns of rows of `width` elements.
///
/// - Parameters:
///   - columns: Which; within the width.
///   - result: Room for as many elements a row.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func copyColumns<Number: RealScalar>(
  _ columns: Range<Int>, of rows: [Number], width: Int, to result: inout MutableSpan<Number>
) {
  guard width > 0, 0 <= columns.lowerBound, columns.upperBound <= width,
    result.count >= rows.count / width * columns.count
  else { return }
  rows.withUnsafeBufferPointer { rows in
    result.withUnsafeMutableBufferPointer { result in
      guard let source = rows.baseAddress, let target = result.baseAddress else { return }
      for row in 0..<rows.count / width {
        let (first, place) = (row &* width &+ columns.lowerBound, row &* columns.count)
        for column in 0..<columns.count { target[place &+ column] = source[first &+ column] }
      }
    }
  }
}

extension Array {
  /// The elements of a span.
  public init(copying span: Span<Element>) {
    self = span.withUnsafeBufferPointer { Array($0) }
  }
}
