import Foundation

/// A stream of text, and what is known of the place where it is read.
public struct TextStream: Sendable {
  /// The style for text on the stream.
  public let style: Style
  /// How many characters fit on a line: the terminal's width, or 80 where there is no terminal.
  public let width: Int
  /// Whether a person watches: a line can be written over.
  public let isTerminal: Bool

  private let writeText: @Sendable (String) throws(OutputError) -> Void

  /// A stream that hands each text to `write`.
  public init(
    style: Style = .plain, width: Int = 80, isTerminal: Bool = false,
    write: @escaping @Sendable (String) throws(OutputError) -> Void
  ) {
    self.style = style
    self.width = max(width, 1)
    self.isTerminal = isTerminal
    writeText = write
  }

  /// A stream to an open file descriptor, called `name` in errors.
  ///
  /// From here on a reader's leaving is an error to the process, where it would have been its end:
  /// a command can then put away what it began.
  public init(fileDescriptor: Int32, name: String) {
    signal(SIGPIPE, SIG_IGN)
    let isTerminal = isatty(fileDescriptor) == 1
    let environment = ProcessInfo.processInfo.environment
    self.init(
      style: Style(isTerminal: isTerminal, environment: environment),
      width: isTerminal ? terminalWidth(of: fileDescriptor) ?? 80 : 80, isTerminal: isTerminal
    ) { (text) throws(OutputError) in
      try writeAll(Array(text.utf8), to: fileDescriptor, name: name)
    }
  }

  /// Writes `text`, without a newline at its end.
  public func write(_ text: TerminalText) throws(OutputError) {
    try writeText(text.text)
  }
}

/// The width of a terminal, or `nil` if it doesn't tell.
private func terminalWidth(of fileDescriptor: Int32) -> Int? {
  var size = winsize()
  guard ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
  return Int(size.ws_col)
}

/// Writes all of `bytes`, however little the system takes at a time.
private func writeAll(
  _ bytes: [UInt8], to fileDescriptor: Int32, name: String
) throws(OutputError) {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(fileDescriptor, $0.baseAddress, $0.count) }
    guard count < 0 else {
      rest = rest.dropFirst(count)
      continue
    }
    switch errno {
    case EINTR: continue
    case EAGAIN:
      // Another program has made the stream non-blocking: wait until it takes more.
      var descriptor = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&descriptor, 1, -1)
    case EPIPE: throw .closed
    case let code: throw .failed(stream: name, code: code)
    }
  }
}
