/// A package with a component in C.
struct CPackage: ComponentPackage {
  let name: ComponentName
  let template: PackageTemplate

  var library: String { "lib\(name.name).so" }

  var commands: (build: String, test: String) { ("make", "make test") }

  /// No component has a hyphen in its name.
  private static let test = "self-test.c"

  var source: String { "\(name.name).c" }

  func files(in folder: String) -> KeyValuePairs<String, String> {
    [
      "Makefile": makefile,
      source: template.c(name) + table,
      Self.test: template.cTest(name),
      "losskit_plugin.h": String(decoding: PackageResources.losskit_plugin_h, as: UTF8.self),
      ".gitignore": "*.so\n/run_test\n",
    ]
  }

  private var makefile: String {
    """
    CFLAGS = -std=c99 -O2 -ffp-contract=off -Wall -Wextra -fPIC

    \(library): \(source) losskit_plugin.h
    \t$(CC) $(CFLAGS) -shared -o $@ $< -lm

    .PHONY: test
    test: run_test
    \t./run_test

    run_test: \(Self.test) \(source) losskit_plugin.h
    \t$(CC) $(CFLAGS) -o $@ \(Self.test) \(source) -lm

    """
  }

  private var table: String {
    """
    static const losskit_table table = {
        .abi_version = LOSSKIT_ABI_VERSION,
        .name = "\(name.name)",
        .\(template.array) = \(template.array),
        .\(template.kind.rawValue)_count = 1,
    };

    const losskit_table *losskit_plugin(void) { return &table; }

    """
  }
}
