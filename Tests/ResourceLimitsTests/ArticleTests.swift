import Foundation
import Testing

/// What a user reads of the limits is what the code has.
@Suite struct ArticleTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func listsEachLimitWithItsValue() throws {
    let code = try text("Sources/ResourceLimits/Limits.swift")
    let article = try text("Sources/LossKit/LossKit.docc/Limits.md")
    let declared = code.matches(of: /static let (\w+) = ([0-9_]+)/).map {
      "\($0.1) \($0.2.replacing("_", with: ""))"
    }
    let listed = article.matches(of: /\| `(\w+)` \| ([0-9,]+) \|/).map {
      "\($0.1) \($0.2.replacing(",", with: ""))"
    }
    #expect(declared.count > 10)
    #expect(listed == declared)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOf: Self.package.appending(path: path), encoding: .utf8)
  }
}
