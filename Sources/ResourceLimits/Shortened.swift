/// `text` as an error shows it: as it is, or where it is longer than a message may be, its beginning and
/// its end.
package func shortened(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard scalars.count > Limits.messageScalars else { return text }
  let gap = " … "
  let end = Limits.messageScalars / 4
  let beginning = Limits.messageScalars - end - gap.unicodeScalars.count
  return String(scalars.prefix(beginning)) + gap + String(scalars.suffix(end))
}
