import CLibrary

/// Paths of files, as text and as the system knows them.
public enum Path {
  /// The part after the last slash.
  public static func name(of path: String) -> String {
    String(path[folderEnd(of: path)...])
  }

  /// The last part without its ending: `recipe` of `Configs/recipe.json`.
  public static func stem(of path: String) -> String {
    let name = name(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else {
      return name
    }
    return String(name[..<dot])
  }

  /// The part up to the last slash and with it; empty without a slash. A name may be put behind it.
  public static func folder(of path: String) -> String {
    String(path[..<folderEnd(of: path)])
  }

  /// Where `path` leads if it stands in `file`: it is absolute, or begins in the folder of the file.
  public static func resolving(_ path: String, in file: String) -> String {
    path.utf8.first == UInt8(ascii: "/") ? path : folder(of: file) + path
  }

  /// `path`, absolute and without symbolic links; unchanged if it leads to nothing.
  public static func withoutLinks(_ path: String) -> String {
    guard let found = realpath(path, nil) else { return path }
    defer { free(found) }
    return String(cString: found)
  }

  /// Whether `path` leads to anything but a folder.
  public static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR
  }

  /// The names of what lies in a folder, in no order; none if it can't be read. The empty path is the
  /// current folder.
  public static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func folderEnd(of path: String) -> String.Index {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex
  }
}
