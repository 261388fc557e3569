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
      guard case .values(let values, _) = parameter.domain else { continue }
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
    case .values(let values, let probabilities):
      var position = min(Int(uniform * Double(values.count)), values.count - 1)
      if let probabilities {
        var sum = 0.0
        position =
          probabilities.firstIndex {
            sum += $0
            return uniform < sum
          } ?? probabilities.lastIndex { $0 > 0 } ?? position
      }
      return values.indices.contains(position) ? values[position] : .null
    case .number(.integerUniform, let minimum, let maximum, _):
      let whole = min(minimum + (uniform * (maximum - minimum + 1)).rounded(.down), maximum)
      // Whole and below 2⁵³ by the reader's check.
      return JSONNode(.number(.integer(Int64(whole))), at: parameter.location)
    case .number(let distribution, let first, let second, let step):
      let number = number(distribution, first, second, at: uniform)
      return JSONNode(
        .number(step.map { multiple(of: $0, near: number) } ?? .real(number)),
        at: parameter.location)
    }
  }

  private static func number(
    _ distribution: SweepParameter.Distribution, _ first: Double, _ second: Double,
    at uniform: Double
  ) -> Double {
    if distribution.isNormal {
      // The least of the uniform numbers is 0, which no normal number belongs to.
      let normal = first + second * normalQuantile(max(uniform, 0x1p-54))
      return distribution.isLogarithmic ? exp(normal) : normal
    }
    guard distribution.isLogarithmic else { return first + uniform * (second - first) }
    let power = log(first) + uniform * (log(second) - log(first))
    return min(max(exp(power), first), second)
  }

  /// The multiple of a step that is nearest to a number: an integer where the step is one.
  private static func multiple(of step: JSONNode, near number: Double) -> JSONNumber {
    let size = step.double ?? 1
    let count = (number / size).rounded()
    if case .number(.integer) = step.value, let whole = Int64(exactly: count * size) {
      return .integer(whole)
    }
    // Three tenths, and not three times what 0.1 stands for.
    let parts = (1 / size).rounded()
    return .real(size < 1 && abs(1 / size - parts) < 1e-9 * parts ? count / parts : count * size)
  }

  /// The number that a standard normal one is below with a probability, by bisection.
  private static func normalQuantile(_ probability: Double) -> Double {
    var (low, high) = (-40.0, 40.0)
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { return middle }
      if erfc(-middle / 2.0.squareRoot()) / 2 < probability { low = middle } else { high = middle }
    }
  }
}
