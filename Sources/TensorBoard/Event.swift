/// An entry of an event file, TensorBoard's message `Event`.
public struct Event: Sendable {
  /// What an event tells.
  public enum Content: Sendable {
    /// The version of the format; the first event of a file.
    case fileVersion
    /// What was told of this step and of later ones, in files before this one, isn't so any more.
    case restart
    /// Something to show.
    case summary([SummaryValue])
  }

  /// When it happened, in seconds since 1970.
  public let time: Double
  /// The step that it is about.
  public let step: Int
  /// What it tells.
  public let content: Content

  /// An event.
  public init(time: Double, step: Int = 0, _ content: Content) {
    self.time = time
    self.step = step
    self.content = content
  }

  /// The event as a record of a file.
  package var record: [UInt8] {
    var writer = ProtobufWriter()
    if time != 0 { writer.double(1, time) }
    if step != 0 { writer.integer(2, step) }
    switch content {
    case .fileVersion: writer.text(3, "brain.Event:2")
    case .summary(let values):
      writer.message(5) { summary in
        for value in values { summary.message(1, value.write) }
      }
    // `SessionLog`, whose status 1 is a start.
    case .restart: writer.message(7) { $0.integer(1, 1) }
    }
    return Record.framed(writer.bytes)
  }
}
