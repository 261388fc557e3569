/// libpng by its simplified functions: <http://www.libpng.org/pub/png/libpng-manual.txt>, section VI.
struct PNGLibrary: Sendable {
  private typealias Control = UnsafeMutableRawPointer

  private let begin: @Sendable @convention(c) (Control, UnsafePointer<UInt8>, Int) -> Int32
  private let finish:
    @Sendable @convention(c) (
      Control, UnsafeRawPointer?, UnsafeMutablePointer<UInt8>, Int32, UnsafeMutableRawPointer?
    ) -> Int32
  private let free: @Sendable @convention(c) (Control) -> Void

  /// The library of this system, or why there is none.
  static let shared = Result { () throws(DecodingError) in try PNGLibrary() }

  private init() throws(DecodingError) {
    let library = try SystemLibrary("libpng16.so.16", package: "libpng16-16")
    begin = try library.function("png_image_begin_read_from_memory")
    finish = try library.function("png_image_finish_read")
    free = try library.function("png_image_free")
  }

  /// Where the members of the structure `png_image` stand, which is the same for all of libpng 1.6.
  private enum Offset {
    static let version = 8, width = 12, height = 16, format = 20, flags = 24, message = 36
    static let size = 104
  }
  /// PNG_FORMAT_FLAG_ALPHA and PNG_FORMAT_FLAG_COLOR.
  private static let alpha: UInt32 = 1, color: UInt32 = 2
  /// PNG_IMAGE_FLAG_16BIT_sRGB: samples of 16 bits mean the same as those of 8 do, and aren't linear.
  private static let sameCurve: UInt32 = 4

  func decode(_ bytes: [UInt8]) throws(DecodingError) -> DecodedImage {
    let image = Control.allocate(byteCount: Offset.size, alignment: 8)
    defer { image.deallocate() }
    image.initializeMemory(as: UInt8.self, repeating: 0, count: Offset.size)
    image.storeBytes(of: 1, toByteOffset: Offset.version, as: UInt32.self)
    guard begin(image, bytes, bytes.count) != 0 else { throw .damaged("PNG", message(image)) }
    defer { free(image) }
    func member(_ offset: Int) -> UInt32 { image.load(fromByteOffset: offset, as: UInt32.self) }
    let (width, height) = (Int(member(Offset.width)), Int(member(Offset.height)))
    let area = try DecodedImage.checkedArea(width, height)
    let hasAlpha = member(Offset.format) & Self.alpha != 0
    image.storeBytes(
      of: Self.color | (hasAlpha ? Self.alpha : 0), toByteOffset: Offset.format, as: UInt32.self)
    image.storeBytes(
      of: member(Offset.flags) | Self.sameCurve, toByteOffset: Offset.flags, as: UInt32.self)
    var pixels = [UInt8](repeating: 0, count: area * (hasAlpha ? 4 : 3))
    guard finish(image, nil, &pixels, 0, nil) != 0 else { throw .damaged("PNG", message(image)) }
    return DecodedImage(
      width: width, height: height, pixels: hasAlpha ? Self.withoutAlpha(pixels) : pixels)
  }

  private func message(_ image: Control) -> String {
    // It ends with a zero, which the structure has at its end in any case.
    let text = UnsafeRawBufferPointer(
      start: image + Offset.message, count: Offset.size - Offset.message)
    return String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
  }

  private static func withoutAlpha(_ samples: [UInt8]) -> [UInt8] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(samples.count / 4 * 3)
    for start in stride(from: 0, to: samples.count, by: 4) { pixels += samples[start..<start + 3] }
    return pixels
  }
}
