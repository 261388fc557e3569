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
}
