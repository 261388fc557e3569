import Bundle
import Foundation
import LossCore
import TestSupport
import Testing

struct AtomicFileTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test(arguments: [0, 1, 100_000])
  func writesAndReplaces(count: Int) throws {
    let path = try folder.write([1, 2, 3])
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    try AtomicFile.write(content, to: path)
    #expect(try bytes(path) == content)
    #expect(try folder.names == ["file"])
  }

  @Test func aFileThatCannotBeNamedLeavesNothing() throws {
    // Found out only once all is written: a file system's names have 255 bytes at most.
    let path = folder.path(String(repeating: "n", count: 300))
    let error = BundleError(file: path, message: "cannot name the file: File name too long")
    #expect(throws: error) { try AtomicFile.write([1], to: path) }
    #expect(throws: error) { try SafetensorsFile.write([], to: path) }
    #expect(throws: error) { try NpyFile.write(.bool(Tensor([true])), to: path) }
    #expect(try folder.names.isEmpty)
  }

  @Test func pathsThatCannotBeWritten() throws {
    func expect(_ message: String, of path: String) {
      let error = BundleError(file: path, message: message)
      #expect(throws: error) { try AtomicFile.write([1], to: path) }
      #expect(throws: error) { try SafetensorsFile.write([], to: path) }
      #expect(throws: error) { try NpyFile.write(.bool(Tensor([true])), to: path) }
    }
    expect("is a folder; name a file to write", of: folder.path(""))
    expect("is a pipe or device; name a file to write", of: "/dev/null")
    expect(
      "cannot create a file in its folder: No such file or directory", of: folder.path("no/file"))
    let file = try folder.write([1])
    expect("cannot create a file in its folder: Not a directory", of: "\(file)/file")
    #expect(try folder.names == ["file"])
    #expect(try bytes(file) == [1])
  }

  // The administrator may write anywhere.
  @Test(.enabled(if: geteuid() != 0))
  func aFolderThatIsNotWritable() throws {
    let locked = folder.path("locked")
    try FileManager.default.createDirectory(
      atPath: locked, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
    #expect(
      throws: BundleError(
        file: "\(locked)/file", message: "cannot create a file in its folder: Permission denied")
    ) { try AtomicFile.write([1], to: "\(locked)/file") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: locked).isEmpty)
  }

  @Test func symbolicLinksAreFollowed() throws {
    let target = try folder.write([1], to: "target")
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: target)
    try AtomicFile.write([2], to: folder.path("link"))
    #expect(try bytes(target) == [2])
    #expect(try folder.names == ["link", "target"])
  }

  @Test func namesWithSpecialCharacters() throws {
    for name in ["a b%20c", "größe ✓", "~", "#?&", String(repeating: "n", count: 250)] {
      try AtomicFile.write([1], to: folder.path(name))
      #expect(try bytes(folder.path(name)) == [1])
    }
    #expect(try folder.names.count == 5)
  }

  @Test func whatAKilledWriterLeftIsRemoved() throws {
    try folder.write([1], to: ".losskit-abandoned.tmp")
    for name in [".losskit-", ".abc.tmp", "losskit-a.tmp"] { try folder.write([2], to: name) }
    // A writer that lives has its file locked.
    let path = try folder.write([3], to: ".losskit-alive.tmp")
    let descriptor = open(path, O_WRONLY)
    flock(descriptor, LOCK_EX)
    AtomicFile.removeAbandoned(in: folder.path(""))
    #expect(
      try folder.names == [".abc.tmp", ".losskit-", ".losskit-alive.tmp", "losskit-a.tmp"])
    close(descriptor)
    AtomicFile.removeAbandoned(in: folder.path(""))
    #expect(try !folder.names.contains(".losskit-alive.tmp"))
    AtomicFile.removeAbandoned(in: folder.path("none"))
  }

  /// Writers and those who clean up after others don't come into each other's way.
  @Test func cleaningHarmsNoWriter() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for name in ["a", "b", "c"] {
        group.addTask {
          for count in 0..<100 {
            try AtomicFile.write([UInt8](repeating: 7, count: count), to: folder.path(name))
            AtomicFile.removeAbandoned(in: folder.path(""))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try folder.names == ["a", "b", "c"])
  }
}
