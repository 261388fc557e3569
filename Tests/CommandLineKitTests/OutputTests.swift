import CommandLineKit
import CommandLineTestSupport
import Foundation
import Testing

@Suite struct OutputTests {
  @Test func aReaderThatLeavesEndsTheCommandQuietly() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    let capture = Capture()
    let output = Output(
      standardOutput: TextStream(fileDescriptor: ends[1], name: "the pipe"),
      standardError: capture.output().standardError)
    #expect(SampleTool.tool.run(["--help"], output: output) == 141)
    #expect(SampleTool.tool.run(["list"], output: output) == 141)
    #expect(capture.errors.isEmpty)
  }

  @Test func aStreamThatFailsIsAnError() {
    let capture = Capture()
    let output = Output(
      standardOutput: TextStream(fileDescriptor: -1, name: "standard output"),
      standardError: capture.output().standardError)
    #expect(SampleTool.tool.run(["list"], output: output) == 1)
    #expect(
      capture.errors
        == "losskit: error: cannot write to standard output: \(String(cString: strerror(EBADF)))\n")
  }

  @Test func nobodyIsToldThatStandardErrorFails() {
    let output = Output(
      standardOutput: Capture().output().standardOutput,
      standardError: TextStream(fileDescriptor: -1, name: "standard error"))
    #expect(SampleTool.tool.run(["bogus"], output: output) == 2)
  }

  /// More than a pipe holds, so that the system takes it in parts, into a pipe that doesn't block.
  @Test func longTextsArriveWhole() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (reader, writer) = (ends[0], ends[1])
    try #require(fcntl(writer, F_SETFL, O_NONBLOCK) == 0)
    let text = (0..<200_000).map { "\($0) é\n" }.joined()
    let stream = TextStream(fileDescriptor: writer, name: "the pipe")
    #expect(stream.width == 80)
    #expect(stream.style.bold("x") == "x")
    let received = Task.detached {
      FileHandle(fileDescriptor: reader, closeOnDealloc: true).readDataToEndOfFile()
    }
    try stream.write(TerminalText(lines: text))
    close(writer)
    #expect(await received.value == Data(text.utf8))
  }
}
