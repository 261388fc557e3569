/// An element of an XML file: its name, its text and the elements in it. Attributes are left out.
struct XMLElement {
  let name: String
  /// The line on which it begins, from 1.
  let line: Int
  /// The text that stands directly in it, white space at both ends removed.
  var text = ""
  var children: [XMLElement] = []

  /// The first element of this name in it.
  subscript(_ name: String) -> XMLElement? { children.first { $0.name == name } }
}
