import ResourceLimits

/// The name among `names` that `name` was probably meant to be, or `nil` if none is close.
///
/// Close is a Damerau–Levenshtein distance (insertions, deletions, replacements and swaps of
/// neighbours, no character edited twice), letter case ignored, of at most a third of the longer
/// name's length, and at least one edit allowed from two characters on. A beginning of three characters
/// or more is as close as one edit. Among equally close names the first wins. Names beyond the limit are
/// never close: the time grows with the product of the lengths, and no one mistypes such a name by hand.
public func nearestName(to name: String, in names: some Sequence<String>) -> String? {
  let typed = Array(name.lowercased())
  guard typed.count <= Limits.suggestionCharacters else { return nil }
  var nearest: (name: String, distance: Int)?
  for candidate in names {
    let known = Array(candidate.lowercased())
    let length = max(typed.count, known.count)
    guard length <= Limits.suggestionCharacters else { continue }
    let allowed = length < 2 ? 0 : max(1, length / 3)
    let isBeginning = typed.count >= 3 && known.starts(with: typed)
    guard isBeginning || abs(typed.count - known.count) <= allowed else { continue }
    let distance = isBeginning ? min(1, known.count - typed.count) : editDistance(typed, known)
    if distance <= allowed, distance < nearest?.distance ?? .max {
      nearest = (candidate, distance)
    }
  }
  return nearest?.name
}

/// The Damerau–Levenshtein distance in its restricted form, also known as optimal string alignment.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for i in left.indices {
    var row = [i + 1]
    for j in right.indices {
      var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
      if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
        distance = min(distance, beforeLast[j - 1] + 1)
      }
      row.append(distance)
    }
    (beforeLast, last) = (last, row)
  }
  return last[right.count]
}
