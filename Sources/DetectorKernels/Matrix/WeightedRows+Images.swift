import LossKernels

extension WeightedRows {
  /// Writes the rows of several parts, one part after the other, `width` elements each.
  ///
  /// Does nothing where they reach beyond an array, or a width isn't a multiple of 16.
  public static func multiply(
    _ parts: [WeightedRows], _ elements: Span<Float>, width: Int,
    into result: inout MutableSpan<Float>, workers: Workers
  ) {
    let starts = starts(of: parts, width: width)
    guard let total = starts.last, total <= result.count,
      parts.allSatisfy({ $0.fits(elements.count, width: width) })
    else { return }
    elements.withUnsafeBufferPointer { elements in
      result.withUnsafeMutableBufferPointer { result in
        guard let source = elements.baseAddress, let target = result.baseAddress else { return }
        // True because each part has rows of its own in the result.
        nonisolated(unsafe) let (from, to) = (source, target)
        workers.forEach(below: parts.count) { part in
          parts[part].multiply(from, width: width, into: to + starts[part])
        }
      }
    }
  }

  /// Adds the transposed product of several parts: to each of the other rows, the rows that it is part
  /// of, times its weight in them.
  ///
  /// Does nothing where rows reach beyond an array, or a width isn't a multiple of 16.
  ///
  /// - Parameters:
  ///   - elements: The rows of the parts, one part after the other, `width` elements each.
  ///   - result: The array of the other rows.
  public static func addTransposed(
    _ parts: [WeightedRows], _ elements: Span<Float>, width: Int,
    to result: inout MutableSpan<Float>, workers: Workers
  ) {
    let starts = starts(of: parts, width: width)
    guard let total = starts.last, total <= elements.count,
      parts.allSatisfy({ $0.fits(result.count, width: width) })
    else { return }
    // Parts may run side by side where each has other rows of its own, as images have.
    let filled = parts.filter { !$0.sources.isEmpty }
    let areApart = zip(filled, filled.dropFirst()).allSatisfy {
      Int($0.sources.max() ?? 0) + width <= Int($1.sources.min() ?? 0)
    }
    elements.withUnsafeBufferPointer { elements in
      result.withUnsafeMutableBufferPointer { result in
        guard let source = elements.baseAddress, let target = result.baseAddress else { return }
        // True because of what was just checked; one thread where it doesn't hold.
        nonisolated(unsafe) let (from, to) = (source, target)
        (areApart ? workers : Workers(1)).forEach(below: parts.count) { part in
          parts[part].addTransposed(from + starts[part], width: width, to: to)
        }
      }
    }
  }

  /// Where the rows of each part begin, and the end.
  private static func starts(of parts: [WeightedRows], width: Int) -> [Int] {
    parts.reduce(into: [0]) { starts, part in
      starts.append((starts.last ?? 0) + part.count * width)
    }
  }
}
