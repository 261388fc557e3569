import ResourceLimits

/// Elements from all over a sequence whose length isn't known: all of them up to a limit, then
/// every second, every fourth, and so on.
struct EvenSample<Element: Sendable>: Sendable {
  private(set) var elements: [Element] = []
  /// One element of so many is there.
  private(set) var interval = 1
  private var count = 0

  /// Adds an element, which isn't made where it is left out.
  mutating func add(_ element: @autoclosure () -> Element) {
    defer { count += 1 }
    guard count.isMultiple(of: interval) else { return }
    if elements.count == Limits.logLines {
      elements = stride(from: 0, to: elements.count, by: 2).map { elements[$0] }
      interval *= 2
    }
    elements.append(element())
  }
}
