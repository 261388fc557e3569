import Foundation
import LossKit
import TestSupport
import Testing

/// Files that are no plugin, and names that clash.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct LoadingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func load(_ path: String) throws -> String? {
    try problem { _ = try PluginLibrary(contentsOf: path) }
  }

  @Test func aMissingFile() throws {
    #expect(
      try load(folder.path("libnone.so"))
        == "No such file or directory; name a shared library")
  }

  @Test func aFolder() throws {
    try folder.write("", to: "folder/file")
    #expect(try load(folder.path("folder")) == "is no file; name a shared library")
  }

  @Test(arguments: ["", "int main(void) { return 0; }\n"])
  func aFileThatIsNoLibrary(text: String) throws {
    let problem = try #require(try load(try folder.write(text, to: "libtext.so")))
    #expect(problem.hasPrefix("is no shared library that can be loaded here ("))
    #expect(problem.hasSuffix("; build one for this system, with cc -shared -fPIC or swift build"))
    #expect(!problem.contains(folder.path("")))
  }

  @Test func aLibraryWhoseEndIsMissing() throws {
    let path = try PluginBuilding.library(SmallPlugin.source, in: folder)
    let bytes = try Data(contentsOf: URL(filePath: path))
    for count in stride(from: 0, to: bytes.count / 2, by: 61) {
      let problem = try load(try folder.write(bytes.prefix(count), to: "libcut.so"))
      #expect(
        problem == "is a library whose end is missing; build or copy it again"
          || problem?.hasPrefix("is no shared library that can be loaded here (") == true,
        "\(count) bytes")
    }
  }

  @Test func aLibraryWithoutTheEntryPoint() throws {
    let library = try PluginBuilding.library("int other(void) { return 0; }", in: folder)
    #expect(
      try load(library)
        == "exports no function losskit_plugin; define the entry point of losskit_plugin.h, "
        + "not static and with C linkage")
  }

  /// Calling it would end the process.
  @Test(arguments: ["int losskit_plugin = 7;", "const char losskit_plugin[64] = {1};"])
  func anEntryPointThatIsData(source: String) throws {
    #expect(
      try load(try PluginBuilding.library(source, in: folder))
        == "exports losskit_plugin as data; define the function of losskit_plugin.h")
  }

  @Test func noTable() throws {
    let library = try PluginBuilding.library(
      "#include \"losskit_plugin.h\"\nconst losskit_table *losskit_plugin(void) { return NULL; }",
      in: folder)
    #expect(try load(library) == "losskit_plugin returned NULL; expected a table")
  }

  @Test func anotherVersion() throws {
    let library = try PluginBuilding.library(
      SmallPlugin.source.replacing("= LOSSKIT_ABI_VERSION", with: "= 7"), in: folder)
    #expect(
      try load(library)
        == "is made for version 7 of losskit_plugin.h, and this LossKit knows versions 1 to 2; "
        + "rebuild it with the header of this LossKit")
  }

  @Test(arguments: [["-std=c99", "-x", "c"], ["-std=c++11", "-x", "c++"]])
  func theHeaderIsPlain(language: [String]) throws {
    let compiler = try Subprocess(
      [
        PluginBuilding.compiler ?? "cc", "-Wall", "-Wextra", "-pedantic", "-Werror",
        "-fsyntax-only",
      ]
        + language + ["\(PluginBuilding.include)/losskit_plugin.h"])
    #expect(compiler.status == 0, "\(compiler.text)")
  }

  @Test func theErrorNamesTheLibrary() throws {
    let path = folder.path("libnone.so")
    #expect(throws: PluginError(path, "No such file or directory; name a shared library")) {
      try PluginLibrary(contentsOf: path)
    }
    #expect("\(PluginError("libx.so", "is wrong"))" == "plugin libx.so: is wrong")
  }

  @Test func aLibraryMayBeRegisteredAgain() throws {
    let path = try PluginBuilding.library(SmallPlugin.source, in: folder)
    var registry = Registry()
    #expect(!registry.holds(pluginAt: path))
    try registry.register(try PluginLibrary(contentsOf: path))
    try registry.register(try PluginLibrary(contentsOf: path))
    #expect(registry.losses.names == ["small/half"])
    #expect(registry.holds(pluginAt: path))
  }

  @Test func aNameThatIsTaken() throws {
    let first = try PluginBuilding.library(SmallPlugin.source, "first", in: folder)
    let other = SmallPlugin.source
      .replacing("\"half\"", with: "\"a\"").replacing(
        ".loss_count = 1", with: ".loss_count = 2"
      ).replacing(
        "static const losskit_table",
        with: "static losskit_loss two[2];\nstatic const losskit_table"
      ).replacing(".losses = losses", with: ".losses = two")
      .replacing(
        "{ return &table; }",
        with: "{ two[0] = two[1] = losses[0]; two[1].name = \"half\"; return &table; }")
    let second = try PluginBuilding.library(other, "second", in: folder)
    var registry = Registry()
    try registry.register(try PluginLibrary(contentsOf: first))
    let problem = try problem { try registry.register(try PluginLibrary(contentsOf: second)) }
    #expect(
      problem == "the loss \"small/half\" of \(second) is already registered by \(first); "
        + "rename one of them, or load one of them")
    #expect(registry.losses.names == ["small/half"], "nothing of the second library")
  }
}
