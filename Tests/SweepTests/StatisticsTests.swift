import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// Held against scipy and statsmodels.
@Suite struct StatisticsTests {
  private let reference: JSONNode

  init() throws {
    let path = Reference.path("Tests/Reference/statistics.json")
    reference = try JSONNode(
      parsing: Array(try Data(contentsOf: URL(filePath: path))), file: "statistics.json")
  }

  private func isClose(_ value: Double?, _ expected: Double?) -> Bool {
    guard let value, let expected else { return false }
    return abs(value - expected) <= 1e-10 * max(1e-300, abs(expected))
  }

  @Test func quantiles() throws {
    let cases = reference["quantiles"].elements
    #expect(cases.count == 130)
    for node in cases {
      let student = try #require(StudentT(degreesOfFreedom: node["degrees"].number))
      let quantile = student.quantile(twoSidedTail: node["tail"].number)
      #expect(isClose(quantile, node["t"].number), "\(node)")
    }
  }

  @Test func tails() throws {
    let cases = reference["tails"].elements
    #expect(cases.count == 130)
    for node in cases {
      let student = try #require(StudentT(degreesOfFreedom: node["degrees"].number))
      #expect(isClose(student.twoSidedTail(node["t"].number), node["tail"].number), "\(node)")
      #expect(
        student.twoSidedTail(-node["t"].number) == student.twoSidedTail(node["t"].number))
    }
  }

  @Test func estimatesAndPairs() throws {
    let cases = reference["samples"].elements
    #expect(cases.count == 7)
    for node in cases {
      let (left, right) = (node["left"].numbers, node["right"].numbers)
      let estimate = try #require(Estimate(left))
      #expect(isClose(estimate.mean, node["mean"].number))
      #expect(isClose(estimate.deviation, node["deviation"].number))
      #expect(isClose(estimate.interval?.lowerBound, node["interval"].numbers[0]))
      #expect(isClose(estimate.interval?.upperBound, node["interval"].numbers[1]))
      let difference = try #require(Estimate(zip(right, left).map { $0 - $1 }))
      #expect(isClose(difference.mean, node["difference"].number))
      // The interval's ends are small differences of large numbers.
      for (end, expected) in zip(
        [difference.interval?.lowerBound, difference.interval?.upperBound],
        node["difference_interval"].numbers)
      {
        #expect(abs(try #require(end) - expected) < 1e-10 * abs(node["difference"].number) + 1e-13)
      }
      #expect(isClose(difference.pValue, node["p_value"].number))
    }
  }

  @Test func corrections() {
    let cases = reference["holm"].elements
    #expect(cases.count == 8)
    for node in cases {
      let corrected = holmCorrected(node["p_values"].numbers)
      let expected = node["corrected"].numbers
      #expect(corrected.count == expected.count)
      for (value, expected) in zip(corrected, expected) {
        #expect(abs(value - expected) < 1e-12)
      }
    }
  }

  @Test func edges() throws {
    #expect(StudentT(degreesOfFreedom: 0) == nil && StudentT(degreesOfFreedom: .nan) == nil)
    // With one degree of freedom the distribution is Cauchy's.
    let cauchy = try #require(StudentT(degreesOfFreedom: 1))
    for t in [1e-8, 1e-3, 1, 1e8] {
      #expect(isClose(cauchy.twoSidedTail(t), 2 / .pi * atan(1 / t)))
    }
    let student = try #require(StudentT(degreesOfFreedom: 2))
    #expect(student.twoSidedTail(0) == 1 && student.twoSidedTail(.infinity) == 0)
    #expect(student.quantile(twoSidedTail: 1) == 0)
    #expect(student.quantile(twoSidedTail: 0) == .infinity)
    #expect(student.quantile(twoSidedTail: 2).isNaN)
    #expect(Estimate([]) == nil && Estimate([1, .nan]) == nil)
    let one = try #require(Estimate([0.5]))
    #expect(one.interval == nil && one.pValue == nil && one.mean == 0.5)
    #expect(Estimate([0.5, 0.5])?.pValue == 0 && Estimate([0, 0, 0])?.pValue == 1)
    #expect(holmCorrected([]).isEmpty)
  }
}

extension JSONNode {
  fileprivate subscript(key: String) -> JSONNode {
    if case .object(let object) = value { object[key] ?? .null } else { .null }
  }

  fileprivate var number: Double {
    if case .number(let number) = value { number.double } else { .nan }
  }

  fileprivate var elements: [JSONNode] {
    if case .array(let elements) = value { elements } else { [] }
  }

  fileprivate var numbers: [Double] { elements.map(\.number) }
}
