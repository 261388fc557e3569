import Recipe
import StrictJSON

extension SweepReader {
  /// The rule by which running trials are stopped, in the words of Weights & Biases.
  mutating func earlyTermination(_ node: JSONNode, spendsSeeds: Bool) -> EarlyTermination? {
    let path: JSONPath = ["early_terminate"]
    let keys = ["type", "min_iter", "max_iter", "s", "eta", "strict"]
    guard let object = object(node, path, keys: keys) else { return nil }
    _ = required("type", of: object, at: node, path)
      .flatMap { choice($0, path.appending("type"), [("hyperband", true)]) }
    if spendsSeeds {
      report(
        node, path,
        "and a rule for the seeds exclude each other: whether a variant is better can't be told from the "
          + "seeds with which it wasn't stopped; list the seeds, or search first and compare then")
    }
    if let strict = object["strict"], strict != false {
      report(
        strict, path.appending("strict"),
        "is only known as false: what true stops isn't specified; for more to be stopped, raise eta or "
          + "lower min_iter")
    }
    // What is barely more than 1 would make a bracket of each report.
    let eta = object["eta"].map { number($0, path.appending("eta"), .between(1.25, 1000)) } ?? 3
    let minimum = object["min_iter"].flatMap { count($0, path.appending("min_iter")) }
    let maximum = object["max_iter"].flatMap { count($0, path.appending("max_iter")) }
    guard (object["min_iter"] == nil) != (object["max_iter"] == nil) else {
      report(node, path, "expected one of \"min_iter\", and \"max_iter\" with \"s\"")
      return nil
    }
    if object["min_iter"] != nil {
      if let other = object["s"] {
        report(other, path.appending("s"), "belongs to \"max_iter\"; remove one of the two")
      }
      guard let minimum, let eta else { return nil }
      return EarlyTermination(minimum: minimum, eta: eta)
    }
    let brackets = required("s", of: object, at: node, path)
      .flatMap { count($0, path.appending("s")) }
    guard let maximum, let brackets, let eta else { return nil }
    let rule = EarlyTermination(maximum: maximum, count: brackets, eta: eta)
    if rule.brackets.isEmpty {
      report(
        node, path,
        "has no bracket: an eta-th of max_iter is less than one report; raise max_iter, or lower eta"
      )
    }
    return rule
  }

  private mutating func count(_ node: JSONNode, _ path: JSONPath) -> Int? {
    integer(node, path, 1...1_000_000)
  }
}
