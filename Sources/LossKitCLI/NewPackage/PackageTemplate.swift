import LossKit

/// What the package of a new component of one kind holds.
struct PackageTemplate: Sendable {
  let kind: ComponentKind
  /// The kind with its article, as a README begins.
  let title: String
  /// The name of the kind's array in the table of a plugin.
  let array: String
  /// What the author puts in place of the template's.
  let rule: String
  /// What the package's test does, in a few words.
  let test: String
  /// A name for examples.
  let example: String
  /// What the README says of trying it out, with the library.
  let trial: @Sendable (ComponentName, _ library: String) -> String
  /// The C source up to the table, and the test in C.
  let c: @Sendable (ComponentName) -> String
  let cTest: @Sendable (ComponentName) -> String
  /// The Swift source, and the test in Swift.
  let swift: @Sendable (ComponentName) -> String
  let swiftTests: @Sendable (ComponentName) -> String
}
