/// Writes the fields of a message in the binary format of Protocol Buffers.
///
/// Numbers that are 0 and empty texts are for the caller to leave out, as readers take a field that isn't there for
/// these, and inside a `oneof` they have a meaning.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// An integer, a Boolean or the number of a case.
  mutating func integer(_ field: Int, _ value: Int) {
    key(field, type: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func double(_ field: Int, _ value: Double) {
    key(field, type: 1)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func float(_ field: Int, _ value: Float) {
    key(field, type: 5)
    bytes += littleEndian(value.bitPattern)
  }

  mutating func text(_ field: Int, _ value: String) {
    data(field, Array(value.utf8))
  }

  mutating func data(_ field: Int, _ value: [UInt8]) {
    key(field, type: 2)
    varint(UInt64(value.count))
    bytes += value
  }

  /// Numbers one behind the other, in one field.
  mutating func packed(_ field: Int, _ values: [Double]) {
    data(field, values.flatMap { littleEndian($0.bitPattern) })
  }

  mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
    var writer = ProtobufWriter()
    write(&writer)
    data(field, writer.bytes)
  }

  private mutating func key(_ field: Int, type: UInt64) {
    varint(UInt64(field) << 3 | type)
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }
}
