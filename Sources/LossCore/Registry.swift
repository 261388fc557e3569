/// The components of one kind by name.
public struct Catalog<Part: Sendable>: Sendable {
  /// A component that can be made by name.
  public struct Entry: Sendable {
    /// The name, formula, source and parameters.
    public let declaration: Declaration
    /// Where it comes from: a type's full name, or a file.
    public let origin: String
    /// Makes one from values for its parameters.
    public let make: @Sendable ([String: ParameterValue]) throws(ParameterErrors) -> Part

    /// A component that has no type of its own, such as one of a shared library.
    package init(
      _ declaration: Declaration, from origin: String,
      make: @escaping @Sendable ([String: ParameterValue]) throws(ParameterErrors) -> Part
    ) {
      self.declaration = declaration
      self.origin = origin
      self.make = make
    }
  }

  /// What the kind is called in messages: "loss", "assigner".
  public let kind: String
  private var entriesByName: [String: Entry] = [:]

  init(kind: String) {
    self.kind = kind
  }

  /// The entries, ordered by name.
  public var entries: [Entry] {
    entriesByName.values.sorted { $0.declaration.name < $1.declaration.name }
  }

  /// The registered names, in order.
  public var names: [String] { entriesByName.keys.sorted() }

  /// The entry called `name`, if there is one.
  public subscript(name: String) -> Entry? { entriesByName[name] }

  /// Adds an entry.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken.
  package mutating func add(_ entry: Entry) throws(DuplicateNameError) {
    let name = entry.declaration.name
    if let present = entriesByName[name] {
      throw DuplicateNameError(
        kind: kind, name: name, first: present.origin, second: entry.origin)
    }
    entriesByName[name] = entry
  }
}

/// A name is registered twice.
public struct DuplicateNameError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is registered: "loss", "assigner".
  public let kind: String
  /// The name that is taken.
  public let name: String
  /// Where the registered component comes from.
  public let first: String
  /// Where the refused component comes from.
  public let second: String

  public var description: String {
    "the \(kind) \"\(name)\" of \(second) is already registered by \(first); rename one of them"
  }
}

/// The components that recipes may name. A value: nothing is registered by importing a module.
///
/// ``Registry/builtIn()``, in the LossKit module, holds all components of the package.
public struct Registry: Sendable {
  /// The losses.
  public package(set) var losses = Catalog<any Loss>(kind: "loss")
  /// The prior generators.
  public package(set) var priors = Catalog<any PriorGenerator>(kind: "prior generator")
  /// The assigners.
  public package(set) var assigners = Catalog<any Assigner>(kind: "assigner")
  /// The match costs.
  public package(set) var costs = Catalog<any MatchCost>(kind: "match cost")
  /// The samplers.
  public package(set) var samplers = Catalog<any Sampler>(kind: "sampler")
  /// The box coders.
  public package(set) var coders = Catalog<any BoxCoder>(kind: "box coder")
  /// The targets.
  public package(set) var targets = Catalog<any Target>(kind: "target")
  /// The row weights.
  public package(set) var rowWeights = Catalog<any RowWeight>(kind: "row weight")

  /// A registry that holds nothing.
  public init() {}

  /// Registers a loss under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: Loss>(_ type: Part.Type) throws(DuplicateNameError) {
    try losses.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  /// Registers a prior generator under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: PriorGenerator>(
    _ type: Part.Type
  ) throws(DuplicateNameError) {
    try priors.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  /// Registers an assigner under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: Assigner>(_ type: Part.Type) throws(DuplicateNameError) {
    try assigners.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  /// Registers a match cost under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: MatchCost>(_ type: Part.Type) throws(DuplicateNameError) {
    try costs.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  /// Registers a sampler under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: Sampler>(_ type: Part.Type) throws(DuplicateNameError) {
    try samplers.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  /// Registers a box coder under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: BoxCoder>(_ type: Part.Type) throws(DuplicateNameError) {
    try coders.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  /// Registers a target under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: Target>(_ type: Part.Type) throws(DuplicateNameError) {
    try targets.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  /// Registers a row weight under its declared name.
  ///
  /// - Throws: ``DuplicateNameError`` where the name is taken, naming both types.
  public mutating func register<Part: RowWeight>(_ type: Part.Type) throws(DuplicateNameError) {
    try rowWeights.add(entry(type) { values throws(ParameterErrors) in try Part(values) })
  }

  private func entry<Part>(
    _ type: any Component.Type,
    _ make: @escaping @Sendable ([String: ParameterValue]) throws(ParameterErrors) -> Part
  ) -> Catalog<Part>.Entry {
    Catalog<Part>.Entry(type.declaration, from: String(reflecting: type), make: make)
  }
}
