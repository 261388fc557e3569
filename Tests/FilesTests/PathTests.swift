import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct PathTests {
  @Test(arguments: [
    ("Configs/recipe.json", "Configs/", "recipe.json", "recipe"),
    ("recipe.json", "", "recipe.json", "recipe"), ("/r", "/", "r", "r"), ("r", "", "r", "r"),
    ("a.b/.hidden", "a.b/", ".hidden", ".hidden"), ("a/b.c.json", "a/", "b.c.json", "b.c"),
    ("a/\u{301}ß.json", "a/", "\u{301}ß.json", "\u{301}ß"), ("a/", "a/", "", ""), ("", "", "", ""),
  ])
  func `a path has a folder, a name and a stem`(
    path: String, folder: String, name: String, stem: String
  ) {
    #expect(Path.folder(of: path) == folder)
    #expect(Path.name(of: path) == name)
    #expect(Path.stem(of: path) == stem)
  }

  @Test(arguments: [
    ("base", "sub/file", "sub/base"), ("../base", "/file", "/../base"), ("base", "f", "base"),
    ("/base", "sub/file", "/base"), ("", "sub/file", "sub/"),
  ])
  func `a path begins where it stands`(path: String, file: String, found: String) {
    #expect(Path.resolving(path, in: file) == found)
  }

  @Test func `a folder is no file`() throws {
    let folder = try TemporaryFolder()
    #expect(Path.isFile(try folder.write("", to: "file")))
    #expect(!Path.isFile(folder.path("")) && !Path.isFile(folder.path("none")))
    #expect(Path.isFile("/dev/null"))
  }

  @Test func `links lead to one path`() throws {
    let folder = try TemporaryFolder()
    let file = Path.withoutLinks(try folder.write("", to: "real/file"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("link"), withDestinationPath: "real")
    for path in ["real/file", "link/file", "link/../real//./file"] {
      #expect(Path.withoutLinks(folder.path(path)) == file)
    }
    #expect(file.hasPrefix("/") && file.hasSuffix("/real/file"))
    for missing in [folder.path("link/none"), "none", ""] {
      #expect(Path.withoutLinks(missing) == missing)
    }
  }

  @Test func `a folder's names`() throws {
    let folder = try TemporaryFolder()
    #expect(Path.names(in: folder.path("")).isEmpty)
    let names = [".hidden", "größe ✓", "sub", String(repeating: "n", count: 255)]
    for name in names where name != "sub" { try folder.write("", to: name) }
    try folder.write("", to: "sub/file")
    #expect(Set(Path.names(in: folder.path(""))) == Set(names))
    #expect(Path.names(in: folder.path("none")).isEmpty)
    #expect(Set(Path.names(in: "")) == Set(Path.names(in: ".")))
  }
}
