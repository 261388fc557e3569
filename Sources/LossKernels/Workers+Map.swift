extension Workers {
  /// `transform` of each index below `count`, in order.
  ///
  /// - Parameter size: How many neighbouring indices a thread takes at a time: many where the
  ///   transform of one is quick.
  @inlinable
  public func map<Element>(
    below count: Int, inBlocksOf size: Int = 1, _ transform: @Sendable (Int) -> Element
  ) -> [Element] {
    let count = max(0, count)
    let size = max(1, size)
    return [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // True because each index is written once, and the buffer outlives the loop.
      nonisolated(unsafe) let elements = buffer
      forEach(below: count / size + (count % size == 0 ? 0 : 1)) { block in
        let start = block * size
        for index in start..<start + min(size, count - start) {
          elements.initializeElement(at: index, to: transform(index))
        }
      }
      initializedCount = count
    }
  }

  /// The first index below `count` that a search finds, of parts of 2¹⁶ indices.
  ///
  /// - Parameter search: The first index within a part, or `nil`.
  @inlinable
  public func firstIndex(
    below count: Int, where search: @Sendable (_ part: Range<Int>) -> Int?
  ) -> Int? {
    let size = 1 << 16
    return map(below: (count + size - 1) / size) { part in
      search(part * size..<min(count, (part + 1) * size))
    }.lazy.compactMap { $0 }.first
  }
}
