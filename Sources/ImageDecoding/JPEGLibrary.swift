/// libjpeg-turbo by its TurboJPEG functions: <https://libjpeg-turbo.org/Documentation/Documentation>.
struct JPEGLibrary: Sendable {
  private typealias Handle = UnsafeMutableRawPointer

  private let start: @Sendable @convention(c) () -> Handle?
  private let end: @Sendable @convention(c) (Handle) -> Int32
  private let readHeader:
    @Sendable @convention(c) (
      Handle, UnsafePointer<UInt8>, UInt, UnsafeMutablePointer<Int32>,
      UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>
    ) -> Int32
  private let decompress:
    @Sendable @convention(c) (
      Handle, UnsafePointer<UInt8>, UInt, UnsafeMutablePointer<UInt8>, Int32, Int32, Int32, Int32,
      Int32
    ) -> Int32
  private let message: @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?

  /// The library of this system, or why there is none.
  static let shared = Result { () throws(DecodingError) in try JPEGLibrary() }

  private init() throws(DecodingError) {
    let library = try SystemLibrary("libturbojpeg.so.0", package: "libturbojpeg0")
    start = try library.function("tjInitDecompress")
    end = try library.function("tjDestroy")
    readHeader = try library.function("tjDecompressHeader3")
    decompress = try library.function("tjDecompress2")
    message = try library.function("tjGetErrorStr2")
  }

  /// TJPF_RGB and TJPF_CMYK.
  private static let rgb: Int32 = 0, cmyk: Int32 = 11
  /// TJCS_CMYK and TJCS_YCCK.
  private static let inks: Set<Int32> = [3, 4]
  /// TJFLAG_ACCURATEDCT, which gives the same bits on any processor; and TJFLAG_LIMITSCANS, without which a
  /// small file could ask for minutes of work.
  private static let flags: Int32 = 4096 | 32_768

  func decode(_ bytes: [UInt8]) throws(DecodingError) -> DecodedImage {
    guard let handle = start() else { throw DecodingError("can't be read: no memory is left") }
    defer { _ = end(handle) }
    var (width, height, subsampling, colors) = (0 as Int32, 0 as Int32, 0 as Int32, -1 as Int32)
    let status = readHeader(
      handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colors)
    guard status == 0, width > 0, height > 0 else {
      throw .damaged("JPEG", status == 0 ? "its header isn't whole" : text(handle))
    }
    let area = try DecodedImage.checkedArea(Int(width), Int(height))
    let hasInks = Self.inks.contains(colors)
    var pixels = [UInt8](repeating: 0, count: area * (hasInks ? 4 : 3))
    let failed = decompress(
      handle, bytes, UInt(bytes.count), &pixels, width, 0, height, hasInks ? Self.cmyk : Self.rgb,
      Self.flags)
    if failed != 0, !Self.isHarmless(text(handle)) { throw .damaged("JPEG", text(handle)) }
    return DecodedImage(
      width: Int(width), height: Int(height), pixels: hasInks ? Self.colors(ofInks: pixels) : pixels
    )
  }

  private func text(_ handle: Handle) -> String {
    message(handle).map { String(cString: $0) } ?? "no reason given"
  }

  /// Whether a warning is one of those that cameras' files often bring about, and that no pixel shows.
  private static func isHarmless(_ warning: String) -> Bool {
    warning.contains("extraneous bytes") || warning.contains("Adobe color transform")
      || warning.contains("JFIF")
  }

  private static func colors(ofInks inks: [UInt8]) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(inks.count / 4 * 3)
    for start in stride(from: 0, to: inks.count, by: 4) {
      let black = Int(inks[start + 3])
      for ink in start..<start + 3 { pixels.append(UInt8((Int(inks[ink]) * black + 127) / 255)) }
    }
    return pixels
  }
}
