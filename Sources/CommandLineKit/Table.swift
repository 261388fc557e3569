import StrictJSON

/// Rows of text in columns, laid out for people: two spaces between columns, no boxes, no trailing
/// spaces.
///
/// Widths count characters. A cell is on one line: control characters in it are shown escaped.
public struct Table: Sendable {
  /// A column: its title and how its cells line up.
  public struct Column: Sendable {
    /// How the cells of a column line up.
    public enum Alignment: Sendable {
      /// At their beginning.
      case left
      /// At their end.
      case right
      /// Numbers at their decimal point, other texts at their end.
      case decimal
    }

    let title: String
    let alignment: Alignment

    /// A column. Where all titles of a table are empty, it has no header.
    public init(_ title: String, _ alignment: Alignment = .left) {
      self.title = Diagnostic.visible(title)
      self.alignment = alignment
    }
  }

  enum Row: Sendable {
    case cells([String])
    case rule
  }

  let columns: [Column]
  var rows: [Row] = []

  /// A table without rows.
  public init(_ columns: [Column]) {
    self.columns = columns
  }

  /// Adds a row below the others: a cell for each column. Cells that are missing are blank, and cells
  /// beyond the last column are left out.
  public mutating func append(_ cells: [String]) {
    append(styled: cells.map { "\($0)" })
  }

  /// Adds a row of which cells may carry marks of a ``Style``.
  public mutating func append(styled cells: [TerminalText]) {
    rows.append(.cells(cells.map(\.text)))
  }

  /// Adds a rule below the other rows, to set a total apart for instance.
  public mutating func appendRule() {
    rows.append(.rule)
  }
}
