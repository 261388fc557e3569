/// A package with a component in Swift.
struct SwiftPackage: ComponentPackage {
  let name: ComponentName
  let template: PackageTemplate
  let lossKit: LossKitLocation

  var library: String {
    #if os(macOS)
      ".build/release/lib\(name.module).dylib"
    #else
      ".build/release/lib\(name.module).so"
    #endif
  }

  var commands: (build: String, test: String) { ("swift build -c release", "swift test") }

  var source: String { "Sources/\(name.module)/\(name.type).swift" }

  func files(in folder: String) -> KeyValuePairs<String, String> {
    [
      "Package.swift": manifest(in: folder),
      source: template.swift(name),
      "Sources/\(name.module)/Plugin.swift": entryPoint,
      "Tests/\(name.module)Tests/\(name.type)Tests.swift": template.swiftTests(name),
      ".gitignore": ".build/\n",
    ]
  }

  private func manifest(in folder: String) -> String {
    """
    // swift-tools-version: 6.3

    import PackageDescription

    let package = Package(
      name: "\(name.module)",
      platforms: [.macOS(.v26)],
      products: [.library(name: "\(name.module)", type: .dynamic, targets: ["\(name.module)"])],
      dependencies: [
        // Where LossKit is.
        \(lossKit.dependency(of: folder))
      ],
      targets: [
        .target(
          name: "\(name.module)",
          dependencies: [.product(name: "LossKitPlugin", package: "\(lossKit.identity)")]),
        .testTarget(name: "\(name.module)Tests", dependencies: ["\(name.module)"]),
      ],
      swiftLanguageModes: [.v6]
    )

    """
  }

  private var entryPoint: String {
    """
    import LossKitPlugin

    /// What LossKit calls when it loads the library.
    @c public func losskit_plugin() -> PluginTable {
      PluginExport.table("\(name.name)", \(template.array): [\(name.type).self])
    }

    """
  }
}
