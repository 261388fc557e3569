import Foundation
import TestSupport

/// Something that reads what strangers write, as a fuzzer calls it.
struct FuzzTarget: Sendable {
  /// What `.ci/fuzz` calls it.
  let name: String
  /// Words of the format, for the fuzzer to put into inputs.
  var words: [String] = []
  /// Inputs to begin with, small and without a mistake.
  let seeds: @Sendable () throws -> [[UInt8]]
  /// Makes what reads inputs, with a folder for files.
  ///
  /// The reader throws where a rule is broken that holds for any input; what is wrong with the input
  /// itself is no error to it, as long as it is told in order.
  let reader: @Sendable (TemporaryFolder) throws -> Reader

  typealias Reader = (_ input: [UInt8]) throws -> Void
}

extension FuzzTarget {
  /// All of them.
  static let all: [Self] = [
    .json, .recipe, .bundle, .npy, .coco, .voc, .yolo, .image, .sweep, .model, .checkpoint,
    .metrics, .results,
    .command, .table, .objective,
  ]

  /// Stands between the parts of an input that is more than one text.
  static let separator: UInt8 = 0x1E

  /// An input of several parts.
  static func input(_ parts: [String]) -> [UInt8] {
    Array(parts.map { Array($0.utf8) }.joined(separator: [separator]))
  }

  /// The parts of an input, at least one.
  static func parts(_ input: [UInt8]) -> [[UInt8]] {
    input.split(separator: separator, omittingEmptySubsequences: false).map { Array($0) }
  }

  /// Words apart by white space as JSON strings.
  static func quoted(_ words: String) -> [String] {
    words.split(whereSeparator: \.isWhitespace).map { "\"\($0)\"" }
  }

  /// The text of a file of the repository.
  static func text(_ file: String) throws -> String {
    try String(contentsOfFile: Reference.path(file), encoding: .utf8)
  }

  /// The files of a folder of the repository whose names end so, in the order of their names.
  static func files(in folder: String, _ ending: String) throws -> [[UInt8]] {
    let path = Reference.path(folder)
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      .filter { $0.hasSuffix(ending) }
      .map { try Array(Data(contentsOf: URL(filePath: path).appending(path: $0))) }
  }
}
