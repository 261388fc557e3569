import CommandLineKit
import Detector
import LossKit

/// The options of commands that read a data set.
enum DataOptions {
  static let data = Argument.option(
    "data", .dataSource, default: .scenes(SceneDataSet.Settings()),
    help: "The data set: scenes, or the path of annotations ('losskit data --help').")

  static let split = Argument.option(
    "split", .share,
    help: """
      The share of the data to learn from, such as 0.8; the rest is to measure with. Which images are which \
      doesn't depend on the seed.
      """)
}

extension Invocation {
  /// What to learn from, and what to measure with: a part of the former where the call splits it, `validation`,
  /// or what belongs to it.
  func trainingData(
    of source: DataSource, validation: DataSource?
  ) throws -> (data: any DataSet, measured: (name: String, data: any DataSet)?) {
    let data = try source.open()
    guard let share = try self[DataOptions.split] else {
      let heldOut = validation ?? source.heldOut
      return (data, try heldOut.map { ("\($0)", try $0.open()) })
    }
    guard validation == nil else {
      throw UsageError("--split and --validation exclude each other; give one")
    }
    guard data.count > 1 else {
      throw UsageError("--split: there is only one image, and no two parts")
    }
    return (
      DataSubset(data, .training, share: share),
      ("\(source)", DataSubset(data, .heldOut, share: share))
    )
  }
}

extension ValueType<DataSource> {
  /// What names a data set.
  static let dataSource = ValueType("DATA") { (text) throws(UsageError) in
    do throws(Diagnostics) {
      return try DataSource(parsing: text)
    } catch {
      throw UsageError("\(error)")
    }
  }.completed(by: .words(orFiles: true) { ["scenes"] })
}

extension ValueType<Double> {
  /// A number between 0 and 1.
  fileprivate static let share = ValueType("SHARE") { (text) throws(UsageError) in
    guard let value = Double(text), value > 0, value < 1 else {
      throw UsageError("expected a number between 0 and 1; got \(Diagnostic.quote(text))")
    }
    return value
  }
}
