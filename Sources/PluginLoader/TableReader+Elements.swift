import CLibrary
import PluginABI
import ResourceLimits

extension TableReader {
  /// An error at a place in the table.
  func error(_ place: String, _ problem: String) -> PluginError {
    PluginError(library, "table, \(place): \(problem)")
  }

  /// An error where a function must be given, and isn't.
  func missing(_ place: String) -> PluginError { error(place, "is NULL; expected a function") }

  /// The elements of an array, of which there must be one at least.
  func elements<Element>(
    _ start: UnsafePointer<Element>?, _ count: Int, _ place: String, most: Int
  ) throws(PluginError) -> UnsafeBufferPointer<Element> {
    guard (1...most).contains(count) else {
      throw error(place, "has \(UInt(bitPattern: count)) elements; expected 1 to \(most)")
    }
    guard let start else { throw error(place, "is NULL; expected \(count) elements") }
    guard Int(bitPattern: start).isMultiple(of: MemoryLayout<Element>.alignment) else {
      throw error(place, "is no pointer to such elements, by its alignment")
    }
    return UnsafeBufferPointer(start: start, count: count)
  }

  /// A name: small letters, digits and underscores, a letter first.
  func name(_ start: UnsafePointer<CChar>?, _ place: String) throws(PluginError) -> String {
    let name = try text(start, place, longest: Limits.pluginNameBytes)
    guard let first = name.utf8.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first,
      name.utf8.allSatisfy({
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
          || $0 == UInt8(ascii: "_")
      })
    else {
      throw error(
        place,
        "is \"\(name)\"; expected small letters, digits and underscores, a letter first")
    }
    return name
  }

  /// A text of one line, or of several, that isn't empty.
  func text(
    _ start: UnsafePointer<CChar>?, _ place: String, hasLines: Bool = false,
    longest: Int = Limits.pluginTextBytes
  ) throws(PluginError) -> String {
    guard let start else { throw error(place, "is NULL; expected a text") }
    let count = strnlen(start, longest + 1)
    guard count <= longest else {
      throw error(place, "has no zero byte within \(longest) bytes; expected a text that ends")
    }
    guard count > 0 else { throw error(place, "is empty; expected a text") }
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw error(place, "is not UTF-8")
    }
    let isPrintable = text.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control || (hasLines && $0 == "\n")
    }
    guard isPrintable else {
      throw error(
        place, hasLines ? "holds control characters" : "holds line breaks or control characters")
    }
    return text
  }
}
