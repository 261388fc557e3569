import Foundation
import TestSupport
import Testing

/// Reads what made a reader fail once, and what fuzzers begin with.
@Suite struct ReplayTests {
  @Test(arguments: FuzzTarget.all.map(\.name))
  func inputsThatOnceFailedAreRead(_ name: String) throws {
    let target = try target(name)
    let folder = try TemporaryFolder()
    let read = try target.reader(folder)
    let path = Reference.path("Tests/Fuzz/Regressions/\(name)")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for file in files.sorted() {
      let input = try Data(contentsOf: URL(filePath: path).appending(path: file))
      #expect(throws: Never.self, "\(name)/\(file)") { try read(Array(input)) }
    }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func seedsAreRead(_ name: String) throws {
    let target = try target(name)
    let folder = try TemporaryFolder()
    let read = try target.reader(folder)
    let seeds = try target.seeds()
    #expect(!seeds.isEmpty)
    for seed in seeds { #expect(throws: Never.self) { try read(seed) } }
  }

  @Test func eachFolderOfInputsIsATargets() throws {
    let path = Reference.path("Tests/Fuzz/Regressions")
    let folders = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(Set(folders).isSubset(of: FuzzTarget.all.map(\.name)))
  }

  private func target(_ name: String) throws -> FuzzTarget {
    try #require(FuzzTarget.all.first { $0.name == name })
  }
}
