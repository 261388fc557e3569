import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import TensorBoard

/// Records as TensorBoard's own messages and writer make them.
@Suite struct EventTests {
  private let reference: JSONNode

  init() throws {
    let path = Reference.path("Tests/Reference/tensorboard.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    reference = try JSONNode(parsing: Array(text.utf8), file: path)
  }

  private func expect(_ name: String, _ event: Event) throws {
    let digits = Array("0123456789abcdef".utf8)
    let text = event.record.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    let expected = try #require(reference["records"]?[name]?.string)
    #expect(String(decoding: text, as: UTF8.self) == expected, "\(name)")
  }

  /// The vectors of RFC 3720, section B.4, and of the algorithm's catalogue.
  @Test func checksums() {
    #expect(CRC32C.checksum(of: Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.checksum(of: Array(repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.checksum(of: Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.checksum(of: 0..<32) == 0x46DD_794E)
    #expect(CRC32C.checksum(of: (0..<32).reversed()) == 0x113F_DB5C)
    #expect(CRC32C.checksum(of: []) == 0)
  }

  @Test func files() throws {
    try expect("version", Event(time: 12.5, .fileVersion))
    try expect("restart", Event(time: 12.5, step: 300, .restart))
  }

  @Test func scalars() throws {
    let values: [SummaryValue] = [.scalar("loss", 0.1), .scalar("terms/rpn.rpn_cls", 0)]
    try expect("scalars", Event(time: 12.5, step: 3, .summary(values)))
  }

  @Test func histograms() throws {
    let numbers = (reference["numbers"]?.elements ?? []).compactMap(\.double)
    let histogram = try #require(Histogram(numbers))
    try expect(
      "histogram", Event(time: 12.5, step: 128, .summary([.histogram("gradients/ä", histogram)])))
    #expect(Histogram([]) == nil)
    #expect(histogram.buckets.reduce(0) { $0 + $1.count } == numbers.count)
  }

  @Test func images() throws {
    let value = SummaryValue.image("images/0", width: 300, height: 2, png: Array(0..<200))
    try expect("image", Event(time: 12.5, .summary([value])))
  }

  @Test func hyperparameters() throws {
    let parameters = Hyperparameters(
      [
        ("training.rate", 0.001), ("training.optimizer", "sgd"), ("flip", true), ("list", [1, 2]),
        ("none", .null),
      ], group: "beta=0.1")
    try expect("start", Event(time: 12.5, .summary([parameters.startValue(at: 12.5)])))
    try expect("end", Event(time: 12.5, .summary([Hyperparameters.endValue(12.5, .failure)])))
  }

  /// What goes on has a file of its own, after the others, which aren't touched.
  @Test func aRunThatGoesOn() throws {
    let folder = try TemporaryFolder()
    func write(_ values: [Double], from step: Int) throws {
      let file = try EventFile(in: folder.path(""), time: 12.5, from: step)
      for (index, value) in values.enumerated() {
        try file.append(Event(time: 1, step: step + index, .summary([.scalar("loss", value)])))
      }
    }
    try write([1, 2], from: 1)
    try write([3], from: 2)
    let names = ["events.out.tfevents.000001", "events.out.tfevents.000002"]
    #expect(try folder.names.sorted() == names)
    let bytes = try Data(contentsOf: URL(filePath: folder.path(names[1])))
    let restart =
      Event(time: 12.5, .fileVersion).record + Event(time: 12.5, step: 2, .restart).record
    let value = Event(time: 1, step: 2, .summary([.scalar("loss", 3)])).record
    #expect(Array(bytes) == restart + value)
  }
}
