import CommandLineKit
import Foundation
import Synchronization
import Testing

@testable import LossKitCLI

/// What a check says that takes long.
@Suite struct CheckProgressTests {
  private final class Texts: Sendable {
    let all = Mutex("")

    func stream(isTerminal: Bool) -> TextStream {
      TextStream(isTerminal: isTerminal) { (text) throws(OutputError) in
        self.all.withLock { $0 += text }
      }
    }
  }

  @Test(arguments: [true, false])
  func afterTwoSecondsItSaysWhatItIsAt(isTerminal: Bool) {
    let (long, short) = (Texts(), Texts())
    let brief = CheckProgress(on: short.stream(isTerminal: isTerminal))
    brief.begin("the data")
    brief.finish()
    let progress = CheckProgress(on: long.stream(isTerminal: isTerminal))
    progress.begin("the data")
    progress.begin("a first step of variant 3 of 200")
    while long.all.withLock(\.isEmpty) { Thread.sleep(forTimeInterval: 0.05) }
    progress.finish()
    let text = long.all.withLock { $0 }
    #expect(text.contains("checking before anything runs: a first step of variant 3 of 200"))
    #expect(text.hasSuffix(isTerminal ? "\r\u{1B}[K" : "200\n"))
    #expect(short.all.withLock { $0 } == "")
  }
}
