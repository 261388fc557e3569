import ResourceLimits
import StrictJSON

extension SafetensorsFile {
  /// Writes a file at `path` that holds `tensors`, under their names and in their order, and
  /// `metadata`. The file appears complete or not at all (see ``AtomicFile``); the same arguments make
  /// the same bytes.
  ///
  /// The header keeps the order given. The elements behind it go by width, the widest first, so that
  /// each tensor is aligned for its type, which other readers profit from.
  ///
  /// - Throws: ``BundleError`` where two tensors have the same name, one is called `__metadata__`, the
  ///   header would exceed the 100 MB that the format allows, or the file cannot be written.
  public static func write(
    _ tensors: [(name: String, tensor: AnyTensor)], metadata: [String: String] = [:],
    to path: String
  ) throws(BundleError) {
    let order = tensors.indices.sorted {
      (-tensors[$0].tensor.dtype.bitWidth, $0) < (-tensors[$1].tensor.dtype.bitWidth, $1)
    }
    var begins = tensors.map { _ in 0 }
    var end = 0
    for index in order {
      begins[index] = end
      end += tensors[index].tensor.byteCount
    }

    var object = JSONObject()
    if !metadata.isEmpty {
      var texts = JSONObject()
      for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
        texts.set(key, to: JSONNode(text))
      }
      object.set(SafetensorsHeader.metadataKey, to: JSONNode(texts))
    }
    for ((name, tensor), begin) in zip(tensors, begins) {
      guard object[name] == nil, name != SafetensorsHeader.metadataKey else {
        throw BundleError(
          file: path,
          message: "cannot hold a tensor \(Diagnostic.quote(name)): that name is taken; choose "
            + "another")
      }
      object.set(
        name,
        to: [
          "dtype": JSONNode(tensor.dtype.rawValue),
          "shape": JSONNode(tensor.shape.map { JSONNode($0) }),
          "data_offsets": [JSONNode(begin), JSONNode(begin + tensor.byteCount)],
        ])
    }

    let header = try headerBytes(object, path)
    var file = try AtomicFile(at: path)
    try file.append(header.span.bytes)
    for index in order { try tensors[index].tensor.append(to: &file) }
    try file.commit()
  }

  /// The length of the header and the header, padded with spaces so that the elements begin at a
  /// multiple of 8 bytes.
  private static func headerBytes(
    _ object: JSONObject, _ path: String
  ) throws(BundleError) -> [UInt8] {
    var text: [UInt8]
    do { text = Array(try JSONNode(object).text(.compact).utf8) } catch {
      throw BundleError(file: path, message: "\(error)")
    }
    text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    guard text.count <= Limits.headerBytes else {
      throw BundleError(
        file: path,
        message: "would have a header of \(text.count) bytes, more than the "
          + "\(Limits.headerBytes) that the format allows; write several files")
    }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) }
    return length + text
  }
}
