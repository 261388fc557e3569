/// A place at which two JSON values differ.
public struct JSONDifference: Sendable, Equatable {
  /// The place.
  public let path: JSONPath
  /// What the first value has there; `nil` if it ends before.
  public let old: JSONNode?
  /// What the second value has there; `nil` if it ends before.
  public let new: JSONNode?

  /// The places at which `new` differs from `old`, in the order of `old`.
  ///
  /// Objects are compared member by member, and arrays of one length element by element; of all else
  /// the whole value differs.
  public static func all(from old: JSONNode?, to new: JSONNode?, at path: JSONPath = []) -> [Self] {
    switch (old?.value, new?.value) {
    case (.object(let left)?, .object(let right)?):
      let added = right.members.map(\.key).filter { left[$0] == nil }
      return (left.members.map(\.key) + added).flatMap { key in
        all(from: left[key], to: right[key], at: path.appending(key))
      }
    case (.array(let left)?, .array(let right)?) where left.count == right.count:
      return left.indices.flatMap { all(from: left[$0], to: right[$0], at: path.appending($0)) }
    default:
      return old == new ? [] : [Self(path: path, old: old, new: new)]
    }
  }
}

extension JSONDifference: CustomStringConvertible {
  /// One line: `seeds: [1,2] → [1,3]`.
  public var description: String {
    "\(path): \(Self.text(old)) → \(Self.text(new))"
  }

  private static func text(_ node: JSONNode?) -> String {
    guard let text = node?.compactText else { return "—" }
    return text.count <= 60 ? text : text.prefix(60) + "…"
  }
}
