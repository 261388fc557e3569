import SeededNumbers
import StrictJSON
import Testing

@Suite struct RandomTests {
  @Test(arguments: [JSONNode.Style.compact, .pretty])
  func readsBackWhatItWrites(style: JSONNode.Style) throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2_000 {
      let node = JSONNode.random(depth: 4, using: &generator)
      let text = try node.text(style)
      let again = try parse(text)
      #expect(again == node)
      // Equality ignores the order of members and takes both zeros as one; the text does neither.
      #expect(try again.text(style) == text)
    }
  }

  @Test func neverTrapsOnMutatedBytes() throws {
    var generator = SeededGenerator(seed: 2)
    var accepted = 0
    for _ in 0..<300 {
      let valid = Array(try JSONNode.random(depth: 3, using: &generator).text().utf8)
      for _ in 0..<100 {
        var bytes = valid
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          mutate(&bytes, using: &generator)
        }
        guard let node = try? JSONNode(parsing: bytes, file: "a.json") else { continue }
        accepted += 1
        #expect(try parse(node.text(.compact)) == node)
      }
    }
    #expect(accepted > 1_000)
  }

  @Test func refusesEveryTruncation() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<50 {
      let element = JSONNode.random(depth: 3, using: &generator)
      let bytes = Array(try JSONNode([element]).text().utf8)
      for count in bytes.indices {
        #expect(throws: Diagnostics.self) {
          try JSONNode(parsing: Array(bytes.prefix(count)), file: "a.json")
        }
      }
    }
  }

  private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
    let marks = Array("{}[]\",:\\u0123e+-.tfn \n\u{FEFF}".utf8)
    let byte =
      Bool.random(using: &generator)
      ? UInt8(truncatingIfNeeded: generator.next()) : marks.randomElement(using: &generator) ?? 0
    guard let position = bytes.indices.randomElement(using: &generator) else {
      bytes.append(byte)
      return
    }
    switch Int.random(in: 0..<4, using: &generator) {
    case 0: bytes[position] = byte
    case 1: bytes.insert(byte, at: position)
    case 2: bytes.remove(at: position)
    default: bytes.removeSubrange(position...)
    }
  }
}
