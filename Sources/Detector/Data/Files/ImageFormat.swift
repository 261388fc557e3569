/// What kind of file some bytes seem to be: how to read it, or what to tell somebody who gave the wrong one.
enum ImageFormat {
  case jpeg, png, gif, bitmap, webP, textNetpbm, empty, unknown

  /// Looks at the first bytes of a file.
  init(_ bytes: [UInt8]) {
    func begins(with start: [UInt8]) -> Bool { bytes.starts(with: start) }
    if bytes.isEmpty {
      self = .empty
    } else if begins(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if begins(with: [0x89] + Array("PNG".utf8)) {
      self = .png
    } else if begins(with: Array("GIF8".utf8)) {
      self = .gif
    } else if begins(with: Array("BM".utf8)) {
      self = .bitmap
    } else if begins(with: Array("RIFF".utf8)) {
      self = .webP
    } else if begins(with: Array("P2".utf8)) || begins(with: Array("P3".utf8)) {
      self = .textNetpbm
    } else {
      self = .unknown
    }
  }

  var description: String {
    switch self {
    case .jpeg: "a JPEG file"
    case .png: "a PNG file"
    case .gif: "a GIF file"
    case .bitmap: "a BMP file"
    case .webP: "a WebP file"
    case .textNetpbm: "a PPM or PGM file in text form"
    case .empty: "an empty file"
    case .unknown: "of an unknown format"
    }
  }
}
