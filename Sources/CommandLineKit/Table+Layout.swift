extension Table {
  /// The table as text, without a newline at its end; header bold and rules dim in `style`.
  ///
  /// - Parameter width: The characters that fit on a line. Where the rows are longer, the cells of the
  ///   last column are continued on the lines below, if a third of the line is left for them.
  public func text(style: Style = .plain, width: Int = .max) -> TerminalText {
    wrapped(to: width).unwrappedText(style)
  }

  private func unwrappedText(_ style: Style) -> TerminalText {
    let layouts = layouts
    var lines: [TerminalText] = []
    if columns.contains(where: { !$0.title.isEmpty }) {
      lines.append(style.bold(line(layouts, columns.map(\.title))))
    }
    let width = layouts.map(\.width).reduce(0, +) + 2 * max(0, layouts.count - 1)
    for row in rows {
      switch row {
      case .cells(let cells): lines.append(line(layouts, cells))
      case .rule: lines.append(style.dim("\(String(repeating: "-", count: width))"))
      }
    }
    return lines.joined(separator: "\n")
  }

  private var layouts: [ColumnLayout] {
    columns.indices.map { index in
      ColumnLayout(columns[index], cells: rows.compactMap { $0.cell(index) })
    }
  }

  /// The table with the cells of its last column spread over rows, so that lines fit `width`.
  private func wrapped(to width: Int) -> Table {
    let widths = layouts.map(\.width)
    let others = widths.dropLast()
    let left = width - others.reduce(0) { $0 + $1 + 2 }
    guard let last = widths.last, last > left, left >= width / 3 else { return self }
    var table = Table(columns)
    for row in rows {
      guard case .cells(let cells) = row, cells.count == columns.count, let last = cells.last else {
        table.rows.append(row)
        continue
      }
      let lines = filled(last.split(separator: " ").map(String.init), width: left)
      table.rows.append(.cells(cells.dropLast() + lines.prefix(1)))
      for line in lines.dropFirst() { table.rows.append(.cells(others.map { _ in "" } + [line])) }
    }
    return table
  }

  private func line(_ layouts: [ColumnLayout], _ cells: [String]) -> TerminalText {
    let padded = layouts.enumerated().map { index, layout in
      layout.padded(index < cells.count ? cells[index] : "")
    }
    let line = padded.joined(separator: "  ")
    return TerminalText(verbatim: String(line.reversed().drop { $0 == " " }.reversed()))
  }
}

extension Table.Row {
  fileprivate func cell(_ index: Int) -> String? {
    guard case .cells(let cells) = self, index < cells.count else { return nil }
    return cells[index]
  }
}

/// The width of a column and where in it its cells go.
private struct ColumnLayout {
  let alignment: Table.Column.Alignment
  /// The widest part from the decimal point on, over the numbers of a decimal column.
  let fraction: Int
  let width: Int

  init(_ column: Table.Column, cells: [String]) {
    alignment = column.alignment
    let numbers = alignment == .decimal ? cells.compactMap(DecimalParts.init) : []
    fraction = numbers.map(\.fraction).max() ?? 0
    let integer = numbers.map(\.integer).max() ?? 0
    let widest = ([column.title] + cells).map { shown($0).count }.max() ?? 0
    width = max(widest, integer + fraction)
  }

  func padded(_ cell: String) -> String {
    let space = max(0, width - shown(cell).count)
    let after =
      switch alignment {
      case .left: space
      case .right: 0
      case .decimal: DecimalParts(cell).map { fraction - $0.fraction } ?? 0
      }
    return spaces(space - after) + cell + spaces(after)
  }
}

/// The widths of a number's parts before its decimal point, and from there on.
private struct DecimalParts {
  let integer: Int
  let fraction: Int

  /// The parts of `cell`, or `nil` if it doesn't begin like a number.
  init?(_ cell: String) {
    let text = shown(cell)
    guard text.drop(while: { "+-".contains($0) }).first?.isNumber == true else { return nil }
    integer = text.prefix { $0 != "." && $0 != "e" }.count
    fraction = text.count - integer
  }
}
