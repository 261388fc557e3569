import Foundation

/// Builds plugins for tests.
public enum PluginBuilding {
  /// The C compiler, if there is one; `cc`, or the Swift toolchain's.
  public static let compiler = ["cc", "clang"].first { Subprocess.finds($0) }

  /// Why a test that needs a C compiler is skipped.
  public static let withoutCompiler = "there is no C compiler, neither cc nor clang"

  /// The folder of `losskit_plugin.h`.
  public static let include = Reference.path("Sources/PluginABI/include")

  /// Compiles `source` to a shared library in `folder`, and answers its path.
  public static func library(
    _ source: String, _ name: String = "plugin", in folder: TemporaryFolder,
    include: String = include
  ) throws -> String {
    let file = try folder.write(source, to: "\(name).c")
    let library = folder.path("lib\(name).so")
    try run([
      compiler ?? "cc", "-std=gnu99", "-O1", "-w", "-shared", "-fPIC", "-I\(include)", "-o",
      library, file,
    ])
    return library
  }

  /// Compiles the quantile loss of the examples to a shared library in `folder`, and answers its path.
  public static func quantile(
    _ name: String = "quantile", in folder: TemporaryFolder
  ) throws -> String {
    let source = try String(
      contentsOfFile: Reference.path("Examples/plugins/quantile/quantile.c"), encoding: .utf8)
    return try library(source, name, in: folder)
  }

  /// Where Swift packages are built: all in one folder beside the tests, so that LossKit is built once
  /// for them.
  public static var swiftBuilds: String {
    executables.appending(path: "plugin-packages").path(percentEncoded: false)
  }

  /// Builds a Swift package, and answers the path of its product, a shared library.
  public static func swiftLibrary(_ product: String, ofPackage folder: String) throws -> String {
    try run(["swift", "build", "--scratch-path", swiftBuilds], in: folder)
    #if os(macOS)
      return "\(swiftBuilds)/debug/lib\(product).dylib"
    #else
      return "\(swiftBuilds)/debug/lib\(product).so"
    #endif
  }

  /// Checks that Swift files compile with the modules of the build that the tests belong to.
  public static func typeCheck(_ files: [String]) throws {
    let maps =
      ["VectorArithmetic", "ShippedRecipes"].map {
        executables.appending(path: "\($0).build/module.modulemap").path(percentEncoded: false)
      } + [include + "/module.modulemap"]
    try run(
      ["swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library", "-I"]
        + [executables.appending(path: "Modules").path(percentEncoded: false)]
        + maps.flatMap { ["-Xcc", "-fmodule-map-file=\($0)"] }
        + ["VectorArithmetic", "ShippedRecipes", "PluginABI"].flatMap {
          ["-Xcc", "-I" + Reference.path("Sources/\($0)/include")]
        } + files)
  }

  /// Runs the tests of a Swift package.
  public static func test(_ folder: String) throws {
    try run(["swift", "test", "--scratch-path", swiftBuilds], in: folder)
  }

  /// Where the tests and the `losskit` command were built.
  public static var executables: URL {
    var folder = URL(filePath: CommandLine.arguments[0]).standardizedFileURL
      .deletingLastPathComponent()
    // On macOS, a bundle lies around the tests.
    while folder.pathComponents.contains(where: { $0.hasSuffix(".xctest") }) {
      folder.deleteLastPathComponent()
    }
    return folder
  }

  private static func run(_ arguments: [String], in folder: String? = nil) throws {
    let process = try Subprocess(arguments, in: folder)
    if process.status != 0 { throw SubprocessError(arguments, process) }
  }
}
