/// What a file that begins with `start` seems to be instead of the format expected, and what to do
/// about it, as the end of a message; empty where nothing is known of it.
func foreignFormat(_ start: [UInt8]) -> String {
  let torch = "safetensors.torch.save_file(torch.load(path, weights_only=True), new_path)"
  if start.starts(with: "PK\u{3}\u{4}".utf8) {
    return "; it seems to be a zip archive; in Python, convert what torch.save wrote by \(torch), "
      + "and what numpy.savez wrote by safetensors.numpy.save_file(dict(numpy.load(path)), new_path)"
  }
  if start.starts(with: [0x80, 0x02]) {
    return "; it seems to be a pickle of an old torch.save; in Python, convert it by \(torch)"
  }
  if start.starts(with: npyMagic) {
    return "; it seems to be a npy file; open it as one"
  }
  return ""
}
