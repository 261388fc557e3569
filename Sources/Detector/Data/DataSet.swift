import LossKernels

/// Images with objects, to train on or to measure with.
public protocol DataSet: Sendable {
  /// The names of the classes: label 1 is the first.
  var classNames: [String] { get }

  /// The number of examples.
  var count: Int { get }

  /// What is unusual about the data set but no error: a line each.
  var notes: [String] { get }

  /// What of ``notes`` is probably a mistake.
  var warnings: [String] { get }

  /// The example at `index`, made or read when asked for: the same each time, from any thread.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``, or the image can't be read.
  func example(_ index: Int) throws(DataError) -> Example

  /// What is on the image at `index`, as metrics see it; the objects of the example, unless the data set
  /// knows more, such as the areas of outlines.
  ///
  /// - Throws: ``DataError`` as ``example(_:)`` does.
  func annotations(_ index: Int) throws(DataError) -> [Annotation]

  /// A line that another data set has only where all its examples are the same, in the same order.
  ///
  /// - Throws: ``DataError`` where an image can't be read.
  func fingerprint(_ workers: Workers) throws(DataError) -> String
}

extension DataSet {
  /// Nothing unusual.
  public var notes: [String] { [] }

  /// No mistakes.
  public var warnings: [String] { [] }

  /// The objects of the example, each with the area of its box, and its ignored regions.
  public func annotations(_ index: Int) throws(DataError) -> [Annotation] {
    try example(index).objects.annotations
  }
}

/// The examples to learn from, and those to measure with.
public enum Split: String, Sendable, CaseIterable {
  /// To learn from.
  case training
  /// To measure with: nothing is learnt from these.
  case heldOut = "held_out"
}

/// An image or example that can't be used: where it is, and what is wrong with it.
public struct DataError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Where: a file, or an image of a data set.
  public let place: String
  /// What was found, what was expected, and what to do about it.
  public let problem: String

  /// An error at `place`.
  public init(_ place: String, _ problem: String) {
    self.place = place
    self.problem = problem
  }

  public var description: String { "\(place): \(problem)" }
}
