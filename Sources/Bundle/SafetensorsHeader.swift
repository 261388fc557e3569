import LossCore
import ResourceLimits
import StrictJSON

/// What the header of a safetensors file says, every word of it checked against the file.
struct SafetensorsHeader {
  /// The key that holds the metadata instead of a tensor.
  static let metadataKey = "__metadata__"

  private(set) var names: [String] = []
  private(set) var tensors: [String: StoredTensor] = [:]
  private(set) var metadata: [String: String] = [:]

  private let file: MappedFile
  /// Where the tensors' elements lie in the file; the offsets in the header count from its start.
  private let data: Range<Int>

  init(of file: MappedFile) throws(BundleError) {
    self.file = file
    func fail(_ message: String) -> BundleError {
      BundleError(file: file.path, message: message)
    }

    let start = 0..<min(8, file.count)
    guard let declared = file.load(start, as: UInt64.self, { $0 }).first else {
      throw fail(
        "is \(file.count) bytes long; a safetensors file begins with 8 bytes, the header's length")
    }
    guard let length = Int(exactly: declared), length <= Limits.headerBytes else {
      throw fail(
        "says that its header has \(declared) bytes, where \(Limits.headerBytes) at most were "
          + "expected; it is damaged or no safetensors file"
          + foreignFormat(file.load(start, as: UInt8.self) { $0 }))
    }
    guard length <= file.count - 8 else {
      throw fail(
        "says that its header has \(length) bytes, but only \(file.count - 8) follow; it is cut off "
          + "or no safetensors file")
    }
    let text = file.load(8..<8 + length, as: UInt8.self) { $0 }
    guard text.first == UInt8(ascii: "{") else {
      throw fail("has a header that does not begin with {; it is damaged or no safetensors file")
    }
    data = 8 + length..<file.count

    for member in try Self.object(text, of: file).members {
      if member.key == Self.metadataKey {
        metadata = try checkedMetadata(member.node)
      } else {
        names.append(member.key)
        tensors[member.key] = try checkedTensor(member.key, member.node)
      }
    }
    try checkCoverage()
  }

  private static func object(_ text: [UInt8], of file: MappedFile) throws(BundleError) -> JSONObject
  {
    do {
      // What begins with a brace, and parses, is an object.
      guard case .object(let object) = try JSONNode(parsing: text, file: file.path).value else {
        return JSONObject()
      }
      return object
    } catch {
      let problems = error.all.map {
        "line \($0.location.line), column \($0.location.column): \($0.message)"
      }
      throw BundleError(
        file: file.path,
        message: "has a header that is not JSON: " + problems.joined(separator: "; "))
    }
  }

  private func checkedMetadata(_ node: JSONNode) throws(BundleError) -> [String: String] {
    guard case .object(let object) = node.value else {
      throw fail("\(Self.metadataKey) is \(node.value.kind); expected an object of strings")
    }
    var metadata: [String: String] = [:]
    for member in object.members {
      guard let value = member.node.string else {
        throw fail(
          "\(Self.metadataKey).\(Diagnostic.quote(member.key)) is \(member.node.value.kind); expected "
            + "a string")
      }
      metadata[member.key] = value
    }
    return metadata
  }

  /// The tensor that `node` describes; its type, shape and offsets agree, and lie within the file.
  private func checkedTensor(_ name: String, _ node: JSONNode) throws(BundleError) -> StoredTensor {
    let title = "tensor \(Diagnostic.quote(name))"
    let expected = "expected exactly dtype, shape and data_offsets"
    guard case .object(let object) = node.value else {
      throw fail("\(title) is \(node.value.kind); \(expected)")
    }
    let keys = ["dtype", "shape", "data_offsets"]
    if let key = object.members.map(\.key).first(where: { !keys.contains($0) }) {
      throw fail("\(title) has an unknown key \(Diagnostic.quote(key)); \(expected)")
    }
    guard let dtypeNode = object["dtype"], let shapeNode = object["shape"],
      let offsetsNode = object["data_offsets"]
    else {
      let missing = keys.filter { object[$0] == nil }.joined(separator: ", ")
      throw fail("\(title) lacks \(missing); \(expected)")
    }

    guard let dtypeName = dtypeNode.string else {
      throw fail("\(title) has a dtype that is \(dtypeNode.value.kind); expected a string")
    }
    guard let dtype = DataType(rawValue: dtypeName) else {
      let known = DataType.allCases.map(\.rawValue)
      throw fail(
        "\(title) has the unknown dtype \(Diagnostic.quote(dtypeName))"
          + suggestion(nearestName(to: dtypeName, in: known)) + "; known are "
          + known.joined(separator: ", "))
    }
    guard let shape = integers(shapeNode) else {
      throw fail("\(title) has a shape that is not an array of integers from 0")
    }
    guard let offsets = integers(offsetsNode), offsets.count == 2 else {
      throw fail("\(title) has data_offsets that are not an array of two integers from 0")
    }
    guard offsets[0] <= offsets[1], offsets[1] <= data.count else {
      throw fail(
        "\(title) has data_offsets \(offsets), where a begin and an end up to \(data.count), the "
          + "number of bytes after the header, were expected; the file is cut off or damaged")
    }
    let bytes = data.lowerBound + offsets[0]..<data.lowerBound + offsets[1]
    guard let byteCount = dtype.byteCount(of: shape) else {
      throw fail(
        "\(title) has the shape \(shape), which is more \(dtypeName) than can be counted, or no "
          + "whole number of bytes")
    }
    guard byteCount == bytes.count else {
      throw fail(
        "\(title) has the shape \(shape) of \(dtypeName), which takes \(byteCount) bytes, but its "
          + "data_offsets \(offsets) span \(bytes.count)")
    }
    return StoredTensor(file: file, title: title, dtype: dtype, shape: shape, bytes: bytes)
  }

  /// Makes sure that every byte after the header belongs to exactly one tensor.
  private func checkCoverage() throws(BundleError) {
    let rule = "each byte after the header must belong to exactly one tensor"
    var end = data.lowerBound
    var last = "the header"
    for tensor in tensors.values.sorted(by: {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }) {
      let begin = tensor.bytes.lowerBound
      guard begin == end else {
        let relation = begin < end ? "overlaps" : "leaves a gap after"
        throw fail(
          "\(tensor.title) \(relation) \(last): it begins at offset \(begin - data.lowerBound), "
            + "where \(end - data.lowerBound) was expected; \(rule)")
      }
      end = tensor.bytes.upperBound
      last = tensor.title
    }
    guard end == data.upperBound else {
      throw fail(
        "\(last) ends at offset \(end - data.lowerBound), but the file goes on to offset "
          + "\(data.count); \(rule)")
    }
  }

  private func integers(_ node: JSONNode) -> [Int]? {
    guard case .array(let elements) = node.value else { return nil }
    var integers: [Int] = []
    for element in elements {
      guard case .number(.integer(let integer)) = element.value, integer >= 0 else { return nil }
      integers.append(Int(integer))
    }
    return integers
  }

  private func fail(_ message: String) -> BundleError {
    BundleError(file: file.path, message: message)
  }
}

/// The part of a message that proposes `name`, empty where there is none to propose.
func suggestion(_ name: String?) -> String {
  name.map { " (did you mean \(Diagnostic.quote($0))?)" } ?? ""
}
