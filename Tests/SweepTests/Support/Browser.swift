import Foundation

/// Chromium or Chrome without a window, where one is installed.
enum Browser {
  private static let path: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
    let application = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    return (folders.flatMap { folder in names.map { "\(folder)/\($0)" } } + [application])
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Whether there is one.
  static var exists: Bool { path != nil }

  /// Opens the file at `page`, and answers its elements after all scripts have run, and what the
  /// browser complained of.
  static func open(_ page: String, profile: String) throws -> (elements: String, complaints: String)
  {
    let process = Process()
    process.executableURL = path.map { URL(filePath: $0) }
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
      "--allow-file-access-from-files", "--host-resolver-rules=MAP * ~NOTFOUND",
      "--user-data-dir=\(profile)", "--enable-logging=stderr", "--virtual-time-budget=5000",
      "--dump-dom", "file://\(page)",
    ]
    let elements = profile + "-elements.html"
    let complaints = profile + "-complaints.txt"
    for file in [elements, complaints] {
      try Data().write(to: URL(filePath: file))
    }
    process.standardOutput = FileHandle(forWritingAtPath: elements)
    process.standardError = FileHandle(forWritingAtPath: complaints)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (
      try String(contentsOfFile: elements, encoding: .utf8),
      try String(contentsOfFile: complaints, encoding: .utf8)
    )
  }
}
