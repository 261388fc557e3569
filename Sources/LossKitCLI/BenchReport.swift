import Bench
import CommandLineKit
import LossKit

/// The measurements of one call.
struct BenchReport {
  let threads: Int
  /// The streaming add, against which bandwidths are held.
  let streamingAdd: Measurement
  let works: [Measurement]

  /// For people.
  var table: Table {
    var table = Table([
      .init("work"), .init("runs", .right), .init("ms", .decimal), .init("ns/element", .decimal),
      .init("GB/s", .decimal), .init("of add", .right), .init("peak MiB", .decimal),
    ])
    for measurement in [streamingAdd] + works {
      table.append([
        measurement.work.name, measurement.runs.grouped,
        (measurement.seconds * 1e3).formatted(significant: 4),
        measurement.nanosecondsPerElement.formatted(significant: 3),
        measurement.bandwidth?.formatted(significant: 3) ?? "",
        share(measurement).flatMap { Int(exactly: ($0 * 100).rounded()) }.map { "\($0) %" } ?? "",
        measurement.peakMemory.map { (Double($0) / 0x1p20).formatted(significant: 3) } ?? "n/a",
      ])
    }
    return table
  }

  /// For programs.
  var node: JSONNode {
    [
      "threads": JSONNode(threads),
      "streaming_add": node(streamingAdd),
      "works": JSONNode(works.map(node)),
    ]
  }

  /// The part of the streaming add's bandwidth that a work reaches.
  private func share(_ measurement: Measurement) -> Double? {
    guard let bandwidth = measurement.bandwidth, let most = streamingAdd.bandwidth else {
      return nil
    }
    return bandwidth / most
  }

  private func node(_ measurement: Measurement) -> JSONNode {
    JSONNode(
      JSONObject([
        "work": JSONNode(measurement.work.name),
        "shape": JSONNode(measurement.work.shape.map { JSONNode($0) }),
        "inputs": measurement.drawsInputs ? "drawn" : "file",
        "elements": JSONNode(measurement.elements),
        "runs": JSONNode(measurement.runs),
        "seconds": JSONNode(finite: measurement.seconds),
        "ns_per_element": JSONNode(finite: measurement.nanosecondsPerElement),
        "gb_per_second": measurement.bandwidth.map { JSONNode(finite: $0) },
        "share_of_streaming_add": share(measurement).map { JSONNode(finite: $0) },
        "peak_memory_bytes": measurement.peakMemory.map { JSONNode($0) },
        "value": JSONNode(finite: measurement.summary.value),
        "gradient_norm": measurement.summary.gradientNorm.map { JSONNode(finite: $0) },
      ]))
  }
}
