import Foundation
import TestSupport

/// The `losskit` command in a process of its own, as people run it.
final class LossKitProcess {
  private let process = Process()

  /// The command that was built beside the tests.
  private static var executable: URL {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let tests = bundle?.bundleURL ?? URL(filePath: CommandLine.arguments[0])
    return tests.deletingLastPathComponent().appending(path: "losskit")
  }

  /// Whether the command is there to be run.
  static var exists: Bool {
    FileManager.default.isExecutableFile(atPath: executable.path(percentEncoded: false))
  }

  /// Starts the command; what it prints goes nowhere.
  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    // It inherits the mask of this thread, and threads of Dispatch block nearly all signals.
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
  }

  /// Whether it has yet to end.
  var isRunning: Bool { process.isRunning }

  /// Ends it as nothing can prevent.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Sends a signal.
  func send(_ signal: Int32) { Foundation.kill(process.processIdentifier, signal) }

  /// Sends a signal, and says whether that ends it within three seconds.
  func ended(by signal: Int32) -> Bool {
    Foundation.kill(process.processIdentifier, signal)
    for _ in 0..<150 where process.isRunning { Thread.sleep(forTimeInterval: 0.02) }
    defer { kill() }
    return !process.isRunning && process.terminationReason == .uncaughtSignal
      && process.terminationStatus == signal
  }

  /// Waits until it ends, and answers its status.
  func status() -> Int32 {
    process.waitUntilExit()
    return process.terminationStatus
  }
}
