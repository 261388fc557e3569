import Foundation
import LossCore
import ResourceLimits
import StrictJSON

/// The combinations of parameter values that a sweep trains with, constants left out.
///
/// A pure function of the declaration: no combination depends on when or where it is asked for.
enum Combinations {
  /// The combinations, or a sentence that says why there are none.
  static func all(of declaration: SweepDeclaration) -> Result<[[SweepSetting]], Problem> {
    let parameters = declaration.parameters.filter { !$0.isConstant }
    let most = Limits.sweepTrials / max(1, declaration.seeds.count)
    switch declaration.method {
    case .list(let list):
      return list.count <= most ? .success(list) : .failure(Problem(tooMany(list.count)))
    case .grid:
      return grid(parameters, most: most)
    case .random(let cap, let seed):
      return cap <= most
        ? random(parameters, count: cap, seed: seed) : .failure(Problem(tooMany(cap)))
    }
  }

  /// Why there are no combinations.
  struct Problem: Error {
    let message: String

    init(_ message: String) {
      self.message = message
    }
  }

  private static func tooMany(_ count: Int) -> String {
    "makes \(count) variants, too many with these seeds; the most trials of a sweep are "
      + "\(Limits.sweepTrials)"
  }

  /// The last parameter changes fastest.
  private static func grid(
    _ parameters: [SweepParameter], most: Int
  ) -> Result<[[SweepSetting]], Problem> {
    var combinations: [[SweepSetting]] = [[]]
    for parameter in parameters {
      guard case .values(let values) = parameter.domain else { continue }
      guard combinations.count <= most / max(1, values.count) else {
        return .failure(
          Problem("the grid makes more trials than \(Limits.sweepTrials), the most of a sweep"))
      }
      combinations = combinations.flatMap { combination in
        values.map { combination + [SweepSetting(path: parameter.path, node: $0)] }
      }
    }
    return .success(combinations)
  }

  /// Draws until there are `count` different combinations; few values may have no more of them.
  private static func random(
    _ parameters: [SweepParameter], count: Int, seed: UInt64
  ) -> Result<[[SweepSetting]], Problem> {
    var combinations: [[SweepSetting]] = []
    var seen: Set<String> = []
    let streams = parameters.map { RandomStream(seed: seed, name: "\($0.path)") }
    for draw in 0..<100 * count + 1000 {
      let combination = zip(parameters, streams).map { parameter, stream in
        SweepSetting(
          path: parameter.path, node: value(of: parameter, at: stream.uniform(draw)))
      }
      guard seen.insert(combination.map(\.node.compactText).joined(separator: "\n")).inserted
      else { continue }
      combinations.append(combination)
      if combinations.count == count { return .success(combinations) }
    }
    return .failure(
      Problem(
        "run_cap is \(count), and the values have only about \(combinations.count) combinations"))
  }

  /// The value of a parameter at a number in 0 ..< 1.
  private static func value(of parameter: SweepParameter, at uniform: Double) -> JSONNode {
    switch parameter.domain {
    case .constant(let node): return node
    case .values(let values):
      let position = min(Int(uniform * Double(values.count)), values.count - 1)
      return values.indices.contains(position) ? values[position] : .null
    case .range(let minimum, let maximum, .uniform):
      return number(minimum + uniform * (maximum - minimum), parameter)
    case .range(let minimum, let maximum, .logUniform):
      let power = log(minimum) + uniform * (log(maximum) - log(minimum))
      return number(min(max(exp(power), minimum), maximum), parameter)
    case .range(let minimum, let maximum, .integerUniform):
      let whole = min(minimum + (uniform * (maximum - minimum + 1)).rounded(.down), maximum)
      // Whole and below 2⁵³ by the reader's check.
      return JSONNode(.number(.integer(Int64(whole))), at: parameter.location)
    }
  }

  private static func number(_ value: Double, _ parameter: SweepParameter) -> JSONNode {
    JSONNode(.number(.real(value)), at: parameter.location)
  }
}
