import Foundation

/// A program that was run to its end.
public struct Subprocess {
  /// Its exit status.
  public let status: Int32
  /// What it wrote to standard output and standard error.
  public let text: String

  /// Runs a program that the search path leads to.
  ///
  /// - Parameter environment: Variables to set or replace.
  public init(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:]
  ) throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.currentDirectoryURL = folder.map { URL(filePath: $0) }
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    status = process.terminationStatus
    text = String(decoding: data, as: UTF8.self)
  }

  /// Whether a program is found.
  public static func finds(_ program: String) -> Bool {
    (try? Subprocess(["which", program]))?.status == 0
  }
}

/// A program failed that a test needs.
public struct SubprocessError: Error, CustomStringConvertible {
  /// What it was, and what it wrote.
  public let description: String

  init(_ arguments: [String], _ process: Subprocess) {
    description =
      "\(arguments.joined(separator: " ")) ended with \(process.status):\n\(process.text)"
  }
}
