/// A piece of HTML, SVG included, in which all text is escaped.
package struct Markup: Sendable, ExpressibleByStringInterpolation {
  package private(set) var html: String

  package init(_ text: String) {
    html = Self.escaped(text)
  }

  package init(stringLiteral text: String) {
    self.init(text)
  }

  /// Pieces, one after another.
  package init(_ pieces: [Markup]) {
    html = pieces.map(\.html).joined()
  }

  /// An element.
  package init(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []
  ) {
    self.init(name, attributes.map { ($0.key, $0.value) }, children)
  }

  /// An element whose attributes differ between its kind.
  package init(_ name: String, _ attributes: [(String, String)], _ children: [Markup]) {
    var html = "<\(name)"
    for (key, value) in attributes { html += " \(key)=\"\(Self.escaped(value))\"" }
    html += ">"
    if !Self.void.contains(name) {
      for child in children { html += child.html }
      html += "</\(name)>"
    }
    self.html = html
  }

  /// A style sheet, whose text has other rules than that of HTML.
  package static func style(_ sheet: StaticString) -> Markup {
    var markup = Markup("style")
    markup.html = "<style>\(sheet)</style>"
    return markup
  }

  /// A script, which has the same rules.
  package static func script(_ text: StaticString) -> Markup {
    var markup = Markup("script")
    markup.html = "<script>\(text)</script>"
    return markup
  }

  private static let void: Set<String> = ["meta", "input"]

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      // HTML has no control characters, escaped or not.
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value):
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Markup {
  /// A table with a header, in a frame that scrolls where the page is too narrow.
  ///
  /// - Parameters:
  ///   - caption: What the table holds, for those who can't see where it stands.
  ///   - numbers: The columns that hold numbers, which line up on the right.
  ///   - style: The class of the table.
  package static func table(
    caption: String, header: [String], rows: [[Markup]], numbers: Set<Int> = [],
    style tableStyle: String = "list"
  ) -> Markup {
    func style(_ column: Int) -> KeyValuePairs<String, String> {
      numbers.contains(column) ? ["class": "number"] : [:]
    }
    let head = header.enumerated().map { column, title in
      numbers.contains(column)
        ? Markup("th", ["scope": "col", "class": "number"], [Markup(title)])
        : Markup("th", ["scope": "col"], [Markup(title)])
    }
    let body = rows.map { cells in
      Markup(
        "tr", [:],
        cells.enumerated().map { column, cell in
          column == 0
            ? Markup("th", ["scope": "row"], [cell]) : Markup("td", style(column), [cell])
        })
    }
    return Markup(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": caption],
      [
        Markup(
          "table", ["class": tableStyle],
          [
            Markup("caption", [:], [Markup(caption)]),
            Markup("thead", [:], [Markup("tr", [:], head)]),
            Markup("tbody", [:], body),
          ])
      ])
  }

  /// A section with a heading.
  package static func section(_ title: String, _ children: [Markup]) -> Markup {
    Markup("section", [:], [Markup("h2", [:], [Markup(title)])] + children)
  }

  /// A paragraph.
  package static func paragraph(_ children: [Markup], style: String = "") -> Markup {
    style.isEmpty
      ? Markup("p", [:], children) : Markup("p", ["class": style], children)
  }
}
