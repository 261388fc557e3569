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

  @Test func afterTwoSecondsItSaysWhatItIsAt() {
    let (long, short, elsewhere) = (Texts(), Texts(), Texts())
    let silent = CheckProgress(on: elsewhere.stream(isTerminal: false))
    silent.begin("the data")
    let brief = CheckProgress(on: short.stream(isTerminal: true))
    brief.begin("the data")
    brief.finish()
    let progress = CheckProgress(on: long.stream(isTerminal: true))
    progress.begin("the data")
    progress.begin("a first step of variant 3 of 200")
    while long.all.withLock(\.isEmpty) { Thread.sleep(forTimeInterval: 0.05) }
    progress.finish()
    silent.finish()
    let text = long.all.withLock { $0 }
    #expect(text.contains("checking before anything runs: a first step of variant 3 of 200"))
    #expect(text.hasSuffix("\r\u{1B}[K"))
    #expect(short.all.withLock { $0 } == "" && elsewhere.all.withLock { $0 } == "")
  }
}
