import CLibrary
import Files
import PluginABI

/// The function that a plugin exports.
typealias EntryPoint = @convention(c) () -> UnsafePointer<losskit_table>?

/// Loads the library at `file`, which messages call `path`, and looks up its entry point.
func entryPoint(of file: String, named path: String) throws(PluginError) -> EntryPoint {
  // Told apart from files that are no library; and a pipe would be waited for.
  var status = stat()
  guard stat(file, &status) == 0 else {
    throw PluginError(path, "\(String(cString: strerror(errno))); name a shared library")
  }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw PluginError(path, "is no file; name a shared library")
  }
  guard !isCutShort(file) else {
    throw PluginError(path, "is a library whose end is missing; build or copy it again")
  }
  PluginExit.note(path)
  guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL) else {
    throw PluginError(
      path,
      "is no shared library that can be loaded here (\(linkerMessage(without: file))); "
        + "build one for this system, with cc -shared -fPIC or swift build")
  }
  guard let symbol = dlsym(handle, "losskit_plugin") else {
    throw PluginError(
      path,
      "exports no function losskit_plugin; define the entry point of losskit_plugin.h, "
        + "not static and with C linkage")
  }
  guard !losskit_is_data(symbol) else {
    throw PluginError(
      path, "exports losskit_plugin as data; define the function of losskit_plugin.h")
  }
  InputFiles.current?.insert(FileIdentity(status))
  return unsafeBitCast(symbol, to: EntryPoint.self)
}

/// What the dynamic linker says of the last failure, without the path in front.
private func linkerMessage(without file: String) -> String {
  guard let message = dlerror() else { return "no reason given" }
  let text = printable(String(cString: message))
  return text.hasPrefix("\(file): ") ? String(text.dropFirst(file.count + 2)) : text
}

/// `text` on one line: control characters of a stranger's text must not reach the screen.
func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
}
