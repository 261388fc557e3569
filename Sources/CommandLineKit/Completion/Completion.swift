/// What a shell offers for the value of an argument.
public struct Completion: Sendable {
  /// Words that are all the same in any call.
  let words: @Sendable () -> [String]
  /// Whether files are offered too.
  let offersFiles: Bool

  /// Nothing.
  public static let none = Completion(words: { [] }, offersFiles: false)

  /// Files and folders.
  public static let files = Completion(words: { [] }, offersFiles: true)

  /// Words, such as the names of components.
  public static func words(
    orFiles offersFiles: Bool = false, _ words: @escaping @Sendable () -> [String]
  ) -> Completion {
    Completion(words: words, offersFiles: offersFiles)
  }
}

/// A shell that completes what one types.
public enum Shell: String, Sendable, CaseIterable {
  /// GNU's, of version 3.2 or newer.
  case bash
  /// The Z shell.
  case zsh
  /// Fish, of version 3 or newer.
  case fish
}

extension CommandLineTool {
  /// The script that has a shell complete the tool's commands, options and values, made from what they declare.
  public func completionScript(for shell: Shell) -> String {
    let places = CompletionPlace.all(in: root)
    return switch shell {
    case .bash: bashCompletion(of: root.name, places)
    case .zsh: zshCompletion(of: root.name, places)
    case .fish: fishCompletion(of: root.name, places)
    }
  }
}
