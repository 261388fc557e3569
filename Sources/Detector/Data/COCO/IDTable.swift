/// What ids stand for.
struct IDTable {
  var values: [Int: Int] = [:]
  /// Whether all that have an id are in the table: if not, an id that isn't may well be right.
  var isComplete = true
}
