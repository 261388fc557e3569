import CommandLineKit
import SeededNumbers
import Testing

@Suite struct TableTests {
  static var terms: Table {
    var table = Table([.init("term"), .init("value", .decimal), .init("rows", .right)])
    table.append(["rpn_cls", "0.693147", "1,024"])
    table.append(["rpn_box", "12.5", "64"])
    table.append(["rcnn", "1.5e-07", "7"])
    table.append(["mask", "nan", ""])
    table.appendRule()
    table.append(["total", "-13"])
    return table
  }

  @Test func layout() {
    #expect(
      Self.terms.text() == """
        term          value   rows
        rpn_cls    0.693147  1,024
        rpn_box   12.5          64
        rcnn       1.5e-07       7
        mask            nan
        --------------------------
        total    -13
        """)
  }

  @Test func marksDoNotCount() {
    let style = Style(isEnabled: true)
    var table = Table([.init("a", .right), .init("b", .decimal), .init("c")])
    table.append(styled: [style.red("x"), style.green("1.25"), style.bold("yes")])
    table.append(["long", "10", "no"])
    #expect(
      table.text(style: style) == """
        \u{1B}[1m   a      b  c\u{1B}[22m
           \u{1B}[31mx\u{1B}[39m   \u{1B}[32m1.25\u{1B}[39m  \u{1B}[1myes\u{1B}[22m
        long  10     no
        """)
  }

  @Test func withoutTitlesThereIsNoHeader() {
    var table = Table([.init(""), .init("", .right)])
    table.append(["é", "1"])
    table.append(["👩‍👩‍👧x", "20"])
    #expect(table.text() == "é    1\n👩‍👩‍👧x  20")
  }

  @Test func cellsStayOnTheirLine() {
    var table = Table([.init("a"), .init("b")])
    table.append(["one\ntwo\tthree\r\nfour", "x", "left out"])
    table.append([])
    #expect(
      table.text().description
        == "a                        b\n" + #"one\ntwo\tthree\r\nfour  x"# + "\n")
  }

  @Test func cellsAndTitlesDoNotSteerTheTerminal() {
    var table = Table([.init("\u{1B}[31ma"), .init("b")])
    table.append(["\u{1B}[32mok\u{202E}", "x"])
    #expect(
      table.text().description == #"""
        \u001B[31ma         b
        \u001B[32mok\u202E  x
        """#)
  }

  @Test func lastColumnIsContinuedBelow() {
    var table = Table([.init("name"), .init("n", .right), .init("meaning")])
    table.append(["beta", "1", "Where the quadratic part ends."])
    table.appendRule()
    table.append(["x"])
    #expect(
      table.text(width: 28) == """
        name  n  meaning
        beta  1  Where the quadratic
                 part ends.
        ----------------------------
        x
        """)
    #expect(table.text(width: 39) == table.text())
    // Too little room is left for the last column: long lines are better than a word a line.
    #expect(table.text(width: 12) == table.text())
  }

  @Test func emptyTables() {
    #expect(Table([]).text() == "")
    #expect(Table([.init("a"), .init("b")]).text() == "a  b")
    var table = Table([])
    table.append(["x"])
    table.appendRule()
    #expect(table.text() == "\n")
  }

  /// Whatever the cells are: no trailing spaces, and decimal points stand under each other.
  @Test func randomNumbersLineUp() {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<200 {
      var table = Table([.init("value", .decimal), .init("|")])
      for _ in 0..<8 {
        let value = Int.random(in: -9999...9999, using: &random)
        let fraction = Int.random(in: 1...999, using: &random)
        table.append(["\(value).\(fraction)", "|"])
      }
      let lines = table.text().description.split(separator: "\n").map(Array.init)
      #expect(Set(lines.map(\.count)).count == 1)
      #expect(Set(lines.map { $0.lastIndex(of: "|") }).count == 1)
      #expect(Set(lines.dropFirst().map { $0.firstIndex(of: ".") }).count == 1)
    }
  }
}
