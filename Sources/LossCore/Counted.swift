/// A number and what it counts, as people write it: `1 level`, `3 levels`.
package func counted(_ count: Int, _ word: String) -> String {
  count == 1 ? "1 \(word)" : "\(count) \(word)s"
}
