import Synchronization

/// The files that a command has read, which it must not write over.
///
/// Whatever reads a file adds it to ``current``, and whatever writes one looks there: in this way no
/// command has to know which of its files lead to which others, such as the recipe that a recipe extends.
/// A program that sets no ``current`` may write what it has read.
public final class InputFiles: Sendable {
  /// The inputs of the command that runs, if anybody keeps them.
  @TaskLocal public static var current: InputFiles?

  private let identities = Mutex<Set<FileIdentity>>([])

  /// No files yet.
  public init() {}

  /// Adds a file.
  public func insert(_ identity: FileIdentity) {
    _ = identities.withLock { $0.insert(identity) }
  }

  /// Adds the file at `path`, if there is one.
  public func insert(_ path: String) {
    if let identity = FileIdentity(path) { insert(identity) }
  }

  /// Whether the file at `path` was added.
  public func contains(_ path: String) -> Bool {
    FileIdentity(path).map(contains) ?? false
  }

  /// Whether a file was added.
  public func contains(_ identity: FileIdentity) -> Bool {
    identities.withLock { $0.contains(identity) }
  }
}
