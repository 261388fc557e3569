import Foundation
import ResourceLimits
import TestSupport
import Testing

@testable import Files

@Suite struct InputFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 100_000])
  func `a file is read whole`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    #expect(try InputFile.bytes(of: try folder.write(bytes)) == bytes)
  }

  @Test func `what is no file is told for what it is`() throws {
    let pipe = folder.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    for (path, problem) in [
      (pipe, "is a pipe; expected a file"), (folder.path(""), "is a folder; expected a file"),
      ("/dev/zero", "is a device; expected a file"), (folder.path("no"), "no such file"),
      (try folder.write("", to: "file") + "/in", "no such file"),
    ] {
      #expect(throws: FileError(description: problem)) { try InputFile.bytes(of: path) }
    }
  }

  @Test func `a size that memory won't hold is refused`() throws {
    let path = try folder.write("", to: "file")
    for size in [Limits.fileBytes + 1, 1 << 42] {
      try #require(truncate(path, size) == 0)
      #expect(throws: FileError.self) { try InputFile.bytes(of: path) }
    }
  }

  /// A file of as many bytes as are allowed is read, here where few are: the usual limit would fill memory.
  @Test func `a caller may take less`() throws {
    let path = try folder.write([1, 2, 3])
    #expect(try InputFile.bytes(of: path, most: 3).count == 3)
    #expect(throws: FileError(description: "is 3 bytes long; expected 2 at most")) {
      try InputFile.bytes(of: path, most: 2)
    }
  }

  @Test func `an input is known through links`() throws {
    let file = try folder.write("a", to: "file")
    let (link, hard) = (folder.path("link"), folder.path("hard"))
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file)
    try FileManager.default.linkItem(atPath: file, toPath: hard)
    let other = try folder.write("a", to: "other")
    let inputs = InputFiles()
    try InputFiles.$current.withValue(inputs) { _ = try InputFile.bytes(of: link) }
    for (path, isInput) in [(file, true), (link, true), (hard, true), (other, false)] {
      #expect(inputs.contains(path) == isInput)
    }
    #expect(FileIdentity(folder.path("no")) == nil)
  }
}
