/// Class indices as kernels take them, in 32 bits.
///
/// - Returns: `nil` if one isn't from 0 to `highest`.
public func narrowed(_ classes: Span<Int>, highest: Int) -> [Int32]? {
  let highest = min(highest, Int(Int32.max))
  // Negative as soon as one is too low or too high; without a branch, the loop runs on vectors.
  var signs = 0
  let result = [Int32](unsafeUninitializedCapacity: classes.count) { narrow, count in
    classes.withUnsafeBufferPointer { classes in
      for index in classes.indices {
        signs |= classes[index] | (highest &- classes[index])
        narrow[index] = Int32(truncatingIfNeeded: classes[index])
      }
    }
    count = classes.count
  }
  return signs < 0 ? nil : result
}

/// How many of the numbers are `number`.
public func count(of number: Int, in numbers: Span<Int>) -> Int {
  numbers.withUnsafeBufferPointer { numbers in
    var count = 0
    for index in numbers.indices where numbers[index] == number { count &+= 1 }
    return count
  }
}
