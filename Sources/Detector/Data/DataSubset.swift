import LossCore

/// A part of a data set: where there is none to measure with, the rest is for that.
public struct DataSubset: DataSet {
  private let data: any DataSet
  private let indices: [Int]

  /// A share of a data set's examples to learn from, or the others to measure with. Which are which is drawn
  /// once for all, so that trainings with different seeds are measured alike.
  ///
  /// - Parameter share: The share to learn from, between 0 and 1; both parts have one example at least where
  ///   there are two.
  public init(_ data: any DataSet, _ split: Split, share: Double) {
    let random = RandomStream(seed: 0, name: "split")
    let order = (0..<data.count).map { (bits: random.bits($0), index: $0) }.sorted { $0 < $1 }
    let count = max(
      min(1, data.count), min(data.count - 1, Int((Double(data.count) * share).rounded())))
    let part = split == .training ? order.prefix(count) : order.dropFirst(count)
    (self.data, indices) = (data, part.map(\.index).sorted())
  }

  /// The names of the classes.
  public var classNames: [String] { data.classNames }

  /// What is unusual about the whole data set.
  public var notes: [String] { data.notes }

  /// What is probably a mistake in the whole data set.
  public var warnings: [String] { data.warnings }

  /// The number of examples of the part.
  public var count: Int { indices.count }

  /// The example at `index` of the part.
  ///
  /// - Throws: ``DataError`` where `index` isn't in 0 ..< ``count``, or the image can't be read.
  public func example(_ index: Int) throws(DataError) -> Example {
    try data.example(try position(index))
  }

  /// What is on the image at `index` of the part.
  ///
  /// - Throws: ``DataError`` as ``example(_:)`` does.
  public func annotations(_ index: Int) throws(DataError) -> [Annotation] {
    try data.annotations(try position(index))
  }

  private func position(_ index: Int) throws(DataError) -> Int {
    guard indices.indices.contains(index) else {
      throw DataError("image \(index)", "there are \(count) images, from 0 to \(count - 1)")
    }
    return indices[index]
  }
}
