import LossKit
import TestSupport
import Testing

/// Libraries that were built with the first version of `losskit_plugin.h`, which is kept for them.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct VersionOneTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func registry(_ source: String) throws -> Registry {
    let library = try PluginBuilding.library(
      source, in: folder, include: Reference.path("Tests/Reference/plugin_version1"))
    var registry = Registry()
    try registry.register(try PluginLibrary(contentsOf: library))
    return registry
  }

  @Test func itsLossesAreThoseOfThisVersion() throws {
    let old = try registry(SmallPlugin.source).loss("small/half", ["scale": 3])
    let new = try Registry(plugin: SmallPlugin.source, in: try TemporaryFolder())
      .loss("small/half", ["scale": 3])
    #expect(old.declaration == new.declaration)
    let predictions = try Tensor(shape: [2, 2], elements: [1, -2, 0.5, 3] as [Float])
    let targets = LossTargets<Float>.dense(try Tensor(repeating: 1, shape: [2, 2]))
    let (theirs, ours) = (
      try old.evaluate(predictions, targets: targets),
      try new.evaluate(predictions, targets: targets)
    )
    #expect(theirs.value == ours.value && theirs.gradient == ours.gradient && ours.value > 0)
  }

  /// The end of its table is the end of the memory.
  @Test func nothingIsReadBeyondItsTable() throws {
    let source = SmallPlugin.source
      .replacing(
        "#include \"losskit_plugin.h\"",
        with: """
          #include <string.h>
          #include <sys/mman.h>
          #include "losskit_plugin.h"
          """
      )
      .replacing(
        "{ return &table; }",
        with: """
          {
            const size_t page = 65536;
            char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
            mprotect(memory + page, page, PROT_NONE);
            return memcpy(memory + page - sizeof table, &table, sizeof table);
          }
          """)
    #expect(try registry(source).losses.names == ["small/half"])
  }
}
