import Bundle
import TestSupport
import Testing

/// Files damaged at random give an error or values, and never trap.
struct DamageTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// `bytes` with a few of them replaced, one often by a character that JSON and Python know, or cut.
  private func damaged(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let index = Int.random(in: bytes.indices, using: &generator)
      let known = Array("0123456789{}[]()\",:'-FUI <|".utf8).randomElement(using: &generator)
      bytes[index] =
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] ^ 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: known ?? 0
        default: UInt8.random(in: .min ... .max, using: &generator)
        }
    }
    if Int.random(in: 0..<8, using: &generator) == 0 {
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
    }
    return bytes
  }

  @Test func safetensors() throws {
    let bytes = try bytes(fixture("all.safetensors"))
    var generator = SeededGenerator(seed: 7)
    var opened = 0
    var wrongCounts = 0
    for _ in 0..<2000 {
      let path = try folder.write(damaged(bytes, using: &generator))
      guard let file = try? SafetensorsFile(contentsOf: path) else { continue }
      opened += 1
      for name in file.names {
        let count = try file.shape(named: name).reduce(1, *)
        let counts = [
          try? file.floats(named: name).count, try? file.doubles(named: name).count,
          try? file.integers(named: name).count,
        ]
        wrongCounts += counts.count { $0 != nil && $0 != count }
      }
    }
    // Damage to elements alone is none to the file.
    #expect(opened > 100 && opened < 1900)
    #expect(wrongCounts == 0)
  }

  @Test(arguments: ["f4", "fortran", "version3", "u8", "b1"])
  func npy(name: String) throws {
    let bytes = try bytes(fixture("\(name).npy"))
    var generator = SeededGenerator(seed: 8)
    var opened = 0
    for _ in 0..<1000 {
      let path = try folder.write(damaged(bytes, using: &generator))
      guard let file = try? NpyFile(contentsOf: path) else { continue }
      opened += 1
      let count = file.shape.reduce(1, *)
      #expect(try file.floats().count == count)
      #expect(try file.doubles().count == count)
      if let integers = try? file.integers() { #expect(integers.count == count) }
    }
    #expect(opened > 25 && opened < 975)
  }

  @Test func everyTruncation() throws {
    let tensors = try bytes(fixture("all.safetensors"))
    for count in tensors.indices {
      let path = try folder.write(Array(tensors.prefix(count)))
      #expect(throws: BundleError.self) { try SafetensorsFile(contentsOf: path) }
    }
    let array = try bytes(fixture("f4.npy"))
    for count in array.indices {
      let path = try folder.write(Array(array.prefix(count)))
      #expect(throws: BundleError.self) { try NpyFile(contentsOf: path) }
    }
  }
}
