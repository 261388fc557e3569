/// The members of a JSON object: unique keys, in the order of the file.
///
/// Keys are compared as Swift compares strings: two spellings of one text that are canonically
/// equivalent in Unicode are the same key, since nobody can tell them apart on a screen. Finding a
/// member by its key takes constant time. Equality ignores order and locations.
public struct JSONObject: Sendable {
  /// A key and its value.
  public struct Member: Sendable {
    /// The key, its escapes resolved.
    public let key: String
    /// Where the key stands.
    public let keyLocation: SourceLocation
    /// The value.
    public let node: JSONNode
  }

  /// The members, in order.
  public private(set) var members: [Member] = []

  /// The position of each key; empty while there are few members, where looking through them is
  /// faster than hashing and a file of many small objects isn't slowed down by as many tables.
  private var positions: [String: Int] = [:]
  private static let fewMembers = 8

  /// An object without members.
  public init() {}

  /// The value of `key`, or `nil` if there is no such key.
  public subscript(key: String) -> JSONNode? {
    member(key)?.node
  }

  /// The member with `key`, or `nil` if there is no such key.
  public func member(_ key: String) -> Member? {
    position(of: key).map { members[$0] }
  }

  /// Sets the value of `key`: in its place where the key exists, else at the end.
  public mutating func set(
    _ key: String, to node: JSONNode, keyLocation: SourceLocation = .program
  ) {
    let member = Member(key: key, keyLocation: keyLocation, node: node)
    if let position = position(of: key) {
      members[position] = member
    } else {
      append(member)
    }
  }

  /// Adds `member` at the end; the caller has made sure that its key is new.
  mutating func append(_ member: Member) {
    members.append(member)
    let count = members.count
    if count == Self.fewMembers + 1 {
      for (position, member) in members.enumerated() { positions[member.key] = position }
    } else if count > Self.fewMembers {
      positions[member.key] = count - 1
    }
  }

  private func position(of key: String) -> Int? {
    members.count > Self.fewMembers
      ? positions[key] : members.firstIndex { $0.key == key }
  }
}

extension JSONObject: Equatable {
  /// Whether both have the same keys with equal values, in whatever order.
  public static func == (left: Self, right: Self) -> Bool {
    left.members.count == right.members.count
      && left.members.allSatisfy { right[$0.key] == $0.node }
  }
}
