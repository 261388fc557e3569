/// Images with objects, to train on or to measure with.
public protocol DataSet: Sendable {
  /// The names of the classes: label 1 is the first.
  var classNames: [String] { get }

  /// The number of examples.
  var count: Int { get }

  /// The example at `index`, made or read when asked for: the same each time, from any thread.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``, or the image can't be read.
  func example(_ index: Int) throws(DataError) -> Example
}
