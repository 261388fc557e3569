extension JSONNode {
  /// The value `null`.
  public static let null = JSONNode(.null)

  /// A boolean.
  public init(_ bool: Bool) {
    self.init(.bool(bool))
  }

  /// An integer.
  public init(_ integer: Int) {
    self.init(.number(.integer(Int64(integer))))
  }

  /// A real number; one that isn't finite makes writing throw, since JSON has no word for it.
  public init(_ real: Double) {
    self.init(.number(.real(real)))
  }

  /// A string.
  public init(_ string: String) {
    self.init(.string(string))
  }

  /// An array.
  public init(_ elements: [JSONNode]) {
    self.init(.array(elements))
  }

  /// An object.
  public init(_ object: JSONObject) {
    self.init(.object(object))
  }
}

extension JSONObject {
  /// An object of these members, in this order; a member without a value is left out.
  package init(_ members: KeyValuePairs<String, JSONNode?>) {
    self.init()
    for (key, node) in members {
      if let node { set(key, to: node) }
    }
  }
}

extension JSONNode: ExpressibleByBooleanLiteral {
  public init(booleanLiteral value: Bool) {
    self.init(value)
  }
}

extension JSONNode: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) {
    self.init(value)
  }
}

extension JSONNode: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) {
    self.init(value)
  }
}

extension JSONNode: ExpressibleByStringInterpolation {
  public init(stringLiteral value: String) {
    self.init(value)
  }
}

extension JSONNode: ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: JSONNode...) {
    self.init(elements)
  }
}

extension JSONNode: ExpressibleByDictionaryLiteral {
  /// An object, its members in the order given; of members with the same key the last one counts.
  public init(dictionaryLiteral members: (String, JSONNode)...) {
    var object = JSONObject()
    for (key, node) in members { object.set(key, to: node) }
    self.init(object)
  }
}
