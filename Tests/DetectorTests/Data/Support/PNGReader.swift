import Testing

/// Reads the PNG files that LossKit writes, by the specifications and by other means than it writes them:
/// one deflate block with fixed codes, 8 bits for each of three channels.
struct PNGReader {
  let width, height: Int
  private(set) var pixels: [UInt8] = []
  private var bits: [UInt8]
  private var position = 16

  init(_ file: [UInt8]) throws {
    try #require(file.prefix(8) == [137, 80, 78, 71, 13, 10, 26, 10])
    var rest = file.dropFirst(8)
    var chunks: [String: [UInt8]] = [:]
    while !rest.isEmpty {
      let length = number(rest.prefix(4))
      let named = Array(rest.dropFirst(4).prefix(length + 4))
      try #require(number(rest.dropFirst(length + 8).prefix(4)) == crc(named))
      chunks[String(decoding: named.prefix(4), as: UTF8.self)] = Array(named.dropFirst(4))
      rest = rest.dropFirst(length + 12)
    }
    let header = try #require(chunks["IHDR"])
    (width, height) = (number(header[0..<4]), number(header[4..<8]))
    try #require(header.dropFirst(8) == [8, 2, 0, 0, 0] && chunks["IEND"] == [])
    let stream = try #require(chunks["IDAT"])
    try #require((Int(stream[0]) << 8 + Int(stream[1])) % 31 == 0 && stream[0] == 0x78)
    bits = stream.flatMap { byte in (0..<8).map { byte >> $0 & 1 } }
    let rows = try inflated()
    try #require(number(stream.suffix(4)) == adler(rows))
    try unfilter(rows)
  }

  /// A number with its lowest bit first.
  private mutating func take(_ count: Int) -> Int {
    defer { position += count }
    return (0..<count).reduce(0) { $0 | Int(bits[position + $1]) << $1 }
  }

  /// A code with its highest bit first.
  private mutating func code(_ count: Int) -> Int {
    (0..<count).reduce(0) { code, _ in code << 1 | take(1) }
  }

  /// Of the fixed codes, in order of their lengths.
  private mutating func symbol() -> Int {
    var value = code(7)
    if value <= 0b001_0111 { return 256 + value }
    value = value << 1 | code(1)
    if (0x30...0xBF).contains(value) { return value - 0x30 }
    if (0xC0...0xC7).contains(value) { return 280 + value - 0xC0 }
    return 144 + (value << 1 | code(1)) - 0b1_1001_0000
  }

  private mutating func inflated() throws -> [UInt8] {
    try #require(take(1) == 1 && take(2) == 1)
    // The tables of RFC 1951: first values and numbers of extra bits.
    let lengths = [
      3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
      163, 195, 227, 258,
    ]
    let lengthBits = [
      0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    let distances = [
      1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
      2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
    ]
    let distanceBits = [
      0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
      13,
    ]
    var output: [UInt8] = []
    while true {
      let symbol = symbol()
      if symbol == 256 { return output }
      guard symbol > 256 else {
        output.append(UInt8(symbol))
        continue
      }
      try #require(symbol <= 285)
      let length = lengths[symbol - 257] + take(lengthBits[symbol - 257])
      let code = code(5)
      let distance = distances[code] + take(distanceBits[code])
      try #require(distance <= output.count)
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }

  private mutating func unfilter(_ rows: [UInt8]) throws {
    let length = 3 * width
    try #require(rows.count == height * (length + 1))
    for y in 0..<height {
      let start = y * (length + 1)
      for x in 0..<length {
        let left = x < 3 ? 0 : Int(pixels[y * length + x - 3])
        let above = y == 0 ? 0 : Int(pixels[(y - 1) * length + x])
        let corner = x < 3 || y == 0 ? 0 : Int(pixels[(y - 1) * length + x - 3])
        let guess: Int
        switch rows[start] {
        case 0: guess = 0
        case 1: guess = left
        case 2: guess = above
        case 3: guess = (left + above) / 2
        case 4:
          let plane = left + above - corner
          let order = [left, above, corner].map { abs(plane - $0) }
          guess =
            order[0] <= order[1] && order[0] <= order[2]
            ? left : order[1] <= order[2] ? above : corner
        default: throw UnknownFilter()
        }
        pixels.append(rows[start + 1 + x] &+ UInt8(guess))
      }
    }
  }

  struct UnknownFilter: Error {}
}

private func number(_ bytes: some Sequence<UInt8>) -> Int {
  bytes.reduce(0) { $0 << 8 | Int($1) }
}

/// Bit by bit, as PNG's annex defines it.
private func crc(_ bytes: [UInt8]) -> Int {
  var value: UInt32 = .max
  for byte in bytes {
    for bit in 0..<8 {
      let isOdd = (value ^ UInt32(byte) >> bit) & 1 == 1
      value = isOdd ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }
  return Int(~value)
}

private func adler(_ bytes: [UInt8]) -> Int {
  var (low, high) = (1, 0)
  for byte in bytes {
    low = (low + Int(byte)) % 65_521
    high = (high + low) % 65_521
  }
  return high << 16 | low
}
