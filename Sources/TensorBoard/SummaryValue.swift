/// Something that TensorBoard shows under a name, its message `Summary.Value`.
public struct SummaryValue: Sendable {
  /// What is shown.
  enum Content {
    case scalar(Float)
    case histogram(Histogram)
    case image(width: Int, height: Int, png: [UInt8])
    /// What the plugin for hyperparameters reads.
    case hyperparameters([UInt8])
  }

  /// The name. What stands before a stroke makes a group.
  let tag: String
  let content: Content

  init(tag: String, _ content: Content) {
    self.tag = tag
    self.content = content
  }

  /// A number.
  public static func scalar(_ tag: String, _ value: Double) -> Self {
    Self(tag: tag, .scalar(Float(value)))
  }

  /// How numbers are distributed.
  public static func histogram(_ tag: String, _ histogram: Histogram) -> Self {
    Self(tag: tag, .histogram(histogram))
  }

  /// A colour image as a PNG file.
  public static func image(_ tag: String, width: Int, height: Int, png: [UInt8]) -> Self {
    Self(tag: tag, .image(width: width, height: height, png: png))
  }

  func write(to writer: inout ProtobufWriter) {
    writer.text(1, tag)
    switch content {
    case .scalar(let value): writer.float(2, value)
    case .image(let width, let height, let png):
      writer.message(4) { image in
        image.integer(1, height)
        image.integer(2, width)
        // Red, green and blue.
        image.integer(3, 3)
        image.data(4, png)
      }
    case .histogram(let histogram): writer.message(5, histogram.write)
    case .hyperparameters(let content):
      // The plugin reads the metadata, and wants a tensor beside it: a single 0.
      writer.message(8) { tensor in
        tensor.integer(1, 1)
        tensor.message(2) { shape in shape.message(2) { $0.integer(1, 1) } }
        tensor.data(5, [0, 0, 0, 0])
      }
      writer.message(9) { metadata in
        metadata.message(1) { plugin in
          plugin.text(1, "hparams")
          plugin.data(2, content)
        }
      }
    }
  }
}
