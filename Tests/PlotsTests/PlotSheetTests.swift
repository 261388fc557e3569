import Plots
import Testing

@testable import Detector

/// SVG files are XML, which they must be down to the last character to be shown.
struct PlotSheetTests {
  private func sheet(_ names: [String], _ points: [(x: Double, y: Double)] = [(0, 0), (1, 2)])
    -> PlotSheet
  {
    PlotSheet(
      title: "<a> & \"b\"", legend: names.enumerated().map { .curve($1, style: $0) },
      rows: [
        [
          .init(
            title: "p", xTitle: "x", x: PlotScale([0, 1], room: 0),
            curves: names.enumerated().map { .init($1, style: $0, points) })
        ],
        [.init(title: "q", note: "r", width: 100, height: 50, content: [])],
      ])
  }

  private func root(_ sheet: PlotSheet) throws -> XMLElement {
    try XMLReader.element(Array(sheet.svg.utf8), file: "sheet.svg")
  }

  @Test func `a sheet is well-formed, whatever names hold`() throws {
    let root = try root(sheet(["a<b", "c&\u{1}d"]))
    #expect(root.name == "svg" && root["title"]?.text == "<a> & \"b\"")
    let keys = root.children.filter { $0.name == "g" }.compactMap { $0["text"]?.text }
    #expect(keys == ["a<b", "c&\u{FFFD}d"])
    #expect(root.children.filter { $0.name == "text" }.map(\.text) == ["p", "q", "r"])
    #expect(root.children.count { $0.name == "svg" } == 2)
  }

  @Test func `points that aren't finite are left out`() throws {
    let svg = sheet(["a"], [(0, .nan), (0.5, .infinity), (0.25, 1), (1, 0)]).svg
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(svg.contains("points=\"250.0,"))
  }

  @Test func `a long legend goes on in another line`() throws {
    let names = (0..<6).map { String(repeating: "n", count: 20) + "\($0)" }
    let short = try #require(sheet(["a"]).svg.firstMatch(of: /viewBox="0 0 [0-9.]+ ([0-9.]+)"/))
    let long = try #require(sheet(names).svg.firstMatch(of: /viewBox="0 0 [0-9.]+ ([0-9.]+)"/))
    #expect(try #require(Double(long.1)) > #require(Double(short.1)))
  }
}
