/// The bytes of `value`, least significant first.
public func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
  (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}

/// A safetensors file that has `header` as it is and then `data`.
public func safetensors(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + data
}
