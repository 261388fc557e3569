/// How the pixels of an image are turned to stand upright: rows and columns change places, then the image is
/// mirrored, then turned upside down, each or not.
struct ImageOrientation: Equatable {
  var isTransposed = false
  var isMirrored = false
  var isUpsideDown = false

  static let upright = ImageOrientation()
}

extension ImageOrientation {
  /// The orientation in the EXIF part of a JPEG file: <https://www.cipa.jp/std/documents/e/DC-008-2012_E.pdf>,
  /// section 4.6.4. Upright where there is none, or one that makes no sense: other readers do the same.
  init(exifOf file: [UInt8]) {
    let number = Self.tiff(of: file).flatMap(Self.number) ?? 1
    guard (1...8).contains(number) else { return }
    isTransposed = number >= 5
    isMirrored = [2, 3, 6, 7].contains(number)
    isUpsideDown = [3, 4, 7, 8].contains(number)
  }

  /// The TIFF structure in the segments before a JPEG file's pixels.
  private static func tiff(of file: [UInt8]) -> ByteOrderedBytes? {
    guard file.starts(with: [0xFF, 0xD8]) else { return nil }
    let bytes = ByteOrderedBytes(bytes: file[...], isBigEndian: true)
    var position = 2
    while let marker = bytes.number(at: position, count: 2),
      let length = bytes.number(at: position + 2, count: 2),
      marker >> 8 == 0xFF, marker != 0xFFDA, length >= 2
    {
      let content = file.dropFirst(position + 4).prefix(length - 2)
      let name = Array("Exif".utf8) + [0, 0]
      if marker == 0xFFE1, content.starts(with: name) {
        let tiff = content.dropFirst(name.count)
        return ByteOrderedBytes(bytes: tiff, isBigEndian: tiff.first == UInt8(ascii: "M"))
      }
      position += 2 + length
    }
    return nil
  }

  /// The number of the tag 0x0112 in the first directory.
  private static func number(in tiff: ByteOrderedBytes) -> Int? {
    guard tiff.number(at: 2, count: 2) == 42, let directory = tiff.number(at: 4, count: 4),
      let count = tiff.number(at: directory, count: 2)
    else { return nil }
    for entry in 0..<count {
      let place = directory + 2 + 12 * entry
      guard let tag = tiff.number(at: place, count: 2) else { return nil }
      if tag == 0x0112 { return tiff.number(at: place + 8, count: 2) }
    }
    return nil
  }
}

/// Bytes that hold numbers, of which some may lie beyond their end.
private struct ByteOrderedBytes {
  let bytes: ArraySlice<UInt8>
  let isBigEndian: Bool

  /// The number in `count` bytes from `offset` on, or `nil` if they aren't all there.
  func number(at offset: Int, count: Int) -> Int? {
    let part = bytes.dropFirst(offset).prefix(count)
    guard part.count == count else { return nil }
    return (isBigEndian ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
  }
}

extension Image {
  /// The image turned.
  func turned(_ orientation: ImageOrientation) -> Image {
    guard orientation != .upright else { return self }
    let isTransposed = orientation.isTransposed
    let (columns, rows) = isTransposed ? (height, width) : (width, height)
    return Image(width: columns, height: rows) { turned in
      turned = [UInt8](repeating: 0, count: pixels.count)
      for row in 0..<rows {
        let y = orientation.isUpsideDown ? rows - 1 - row : row
        for column in 0..<columns {
          let x = orientation.isMirrored ? columns - 1 - column : column
          let source = 3 * (isTransposed ? x * width + y : y * width + x)
          let target = 3 * (row * columns + column)
          for channel in 0..<3 { turned[target + channel] = pixels[source + channel] }
        }
      }
    }
  }
}
