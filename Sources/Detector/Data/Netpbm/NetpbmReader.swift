/// Reads binary PPM (P6) and PGM (P5) files: <https://netpbm.sourceforge.net/doc/ppm.html>.
///
/// Samples of 8 or 16 bits are scaled from 0 … maxval to 0 … 255; grey becomes equal red, green and
/// blue. Of a file of several images the first is read.
struct NetpbmReader {
  private let bytes: [UInt8]
  private let file: String
  private var position = 2

  /// The image in the bytes of the file at `path`, which messages name.
  static func image(_ bytes: [UInt8], path: String) throws(DataError) -> Image {
    var reader = NetpbmReader(bytes: bytes, file: path)
    return try reader.image()
  }

  private init(bytes: [UInt8], file: String) {
    (self.bytes, self.file) = (bytes, file)
  }

  private mutating func image() throws(DataError) -> Image {
    let channels = try self.channels()
    let width = try number("width")
    let height = try number("height")
    let highest = try number("maxval")
    guard width > 0, height > 0 else {
      throw error("is \(width) × \(height) pixels; expected a width and a height of at least 1")
    }
    guard (1...65_535).contains(highest) else {
      throw error("has a maxval of \(highest); expected 1 to 65535")
    }
    guard position < bytes.count, Self.isSpace(bytes[position]) else {
      throw error("has no white space after its maxval; expected one character and then the pixels")
    }
    let sampleSize = highest < 256 ? 1 : 2
    let available = bytes.count - position - 1
    let (samples, overflows) = width.multipliedReportingOverflow(by: height)
    // The product of sizes that a file claims may not fit.
    guard !overflows, samples <= available / (channels * sampleSize) else {
      throw error(
        "ends too early: \(available) bytes follow the header; expected \(width) × \(height) pixels of "
          + "\(channels * sampleSize) bytes")
    }
    let data = bytes[(position + 1)...].prefix(samples * channels * sampleSize)
    return Image(width: width, height: height) { pixels in
      if highest == 255, channels == 3 {
        pixels += data
        return
      }
      for start in stride(from: data.startIndex, to: data.endIndex, by: sampleSize) {
        let sample = data[start..<start + sampleSize].reduce(0) { $0 << 8 | Int($1) }
        let scaled = (min(sample, highest) * 255 + highest / 2) / highest
        pixels += repeatElement(UInt8(scaled), count: channels == 1 ? 3 : 1)
      }
    }
  }

  private func channels() throws(DataError) -> Int {
    switch bytes.prefix(2) {
    case [UInt8(ascii: "P"), UInt8(ascii: "6")]: return 3
    case [UInt8(ascii: "P"), UInt8(ascii: "5")]: return 1
    default:
      let format = ImageFormat(bytes)
      throw error(
        "is \(format.description); expected JPEG, PNG, or binary PPM (P6) or PGM (P5): "
          + "'magick mogrify -format png FILES' converts others")
    }
  }

  /// The next number of the header, behind white space and comments.
  private mutating func number(_ name: String) throws(DataError) -> Int {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, !Self.endsLine(bytes[position]) { position += 1 }
      } else if Self.isSpace(bytes[position]) {
        position += 1
      } else {
        break
      }
    }
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty else {
      throw error("has no \(name) in its header; expected width, height and maxval in digits")
    }
    position += digits.count
    guard let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw error("has a \(name) of \(digits.count) digits; expected a number of pixels")
    }
    return number
  }

  private func error(_ problem: String) -> DataError { DataError(file, problem) }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (9...13).contains(byte)
  }

  private static func endsLine(_ byte: UInt8) -> Bool { byte == 10 || byte == 13 }
}
