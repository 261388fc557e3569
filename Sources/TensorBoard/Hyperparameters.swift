import Bundle
import StrictJSON

/// What a training was given, and how it ended, for TensorBoard's plugin HParams.
public struct Hyperparameters: Sendable {
  /// How a training ended.
  public enum Status: Int, Sendable {
    /// It came to its end.
    case success = 1
    /// It didn't.
    case failure
    /// It has yet to end.
    case running
  }

  /// The values by name; of lists and objects their JSON.
  private let values: [(name: String, value: JSONNode)]
  /// What trainings share whose metrics are averaged.
  private let group: String

  /// Values by name.
  ///
  /// - Parameter group: What trainings share that differ in their seeds alone; empty for none.
  public init(_ values: [(name: String, value: JSONNode)], group: String = "") {
    self.values = values.sorted { $0.name < $1.name }
    self.group = group
  }

  /// The name of the file: one that comes before those of events.
  public static let fileName = "events.out.tfevents.0.hparams"

  /// Writes a file of events at `path`, complete or not at all.
  ///
  /// - Parameters:
  ///   - start: When the training began, in seconds since 1970.
  ///   - end: When it ended, and how; `nil` while it hasn't.
  /// - Throws: `BundleError` where it can't be written.
  public func write(
    to path: String, start: Double, end: (time: Double, status: Status)? = nil
  ) throws(BundleError) {
    var events = [
      Event(time: start, .fileVersion),
      Event(time: start, .summary([startValue(at: start)])),
    ]
    if let end {
      events.append(Event(time: end.time, .summary([Self.endValue(end.time, end.status)])))
    }
    try AtomicFile.write(events.flatMap(\.record), to: path)
  }

  /// The message `SessionStartInfo` in one of `HParamsPluginData`.
  func startValue(at time: Double) -> SummaryValue {
    var writer = ProtobufWriter()
    writer.message(3) { info in
      for (name, value) in values {
        info.message(1) { entry in
          entry.text(1, name)
          entry.message(2) { Self.write(value, to: &$0) }
        }
      }
      if !group.isEmpty { info.text(4, group) }
      if time != 0 { info.double(5, time) }
    }
    return SummaryValue(tag: "_hparams_/session_start_info", .hyperparameters(writer.bytes))
  }

  /// The message `SessionEndInfo` in one of `HParamsPluginData`.
  static func endValue(_ time: Double, _ status: Status) -> SummaryValue {
    var writer = ProtobufWriter()
    writer.message(4) { info in
      info.integer(1, status.rawValue)
      if time != 0 { info.double(2, time) }
    }
    return SummaryValue(tag: "_hparams_/session_end_info", .hyperparameters(writer.bytes))
  }

  /// The message `google.protobuf.Value`.
  private static func write(_ node: JSONNode, to writer: inout ProtobufWriter) {
    switch node.value {
    case .null: writer.integer(1, 0)
    case .number(let number): writer.double(2, number.double)
    case .string(let text): writer.text(3, text)
    case .bool(let isTrue): writer.integer(4, isTrue ? 1 : 0)
    case .array, .object: writer.text(3, node.compactText)
    }
  }
}
