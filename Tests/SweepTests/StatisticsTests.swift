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
    let cases = reference["quantiles"]?.elements ?? []
    #expect(cases.count == 130)
    for node in cases {
      let student = try #require(StudentT(degreesOfFreedom: node.number("degrees")))
      let quantile = student.quantile(twoSidedTail: node.number("tail"))
      #expect(isClose(quantile, node.number("t")), "\(node)")
    }
  }

  @Test func tails() throws {
    let cases = reference["tails"]?.elements ?? []
    #expect(cases.count == 130)
    for node in cases {
      let student = try #require(StudentT(degreesOfFreedom: node.number("degrees")))
      #expect(isClose(student.twoSidedTail(node.number("t")), node.number("tail")), "\(node)")
      #expect(
        student.twoSidedTail(-node.number("t")) == student.twoSidedTail(node.number("t")))
    }
  }

  @Test func estimatesAndPairs() throws {
    let cases = reference["samples"]?.elements ?? []
    #expect(cases.count == 7)
    for node in cases {
      let (left, right) = (node.numbers("left"), node.numbers("right"))
      let estimate = try #require(Estimate(left))
      #expect(isClose(estimate.mean, node.number("mean")))
      #expect(isClose(estimate.deviation, node.number("deviation")))
      // Of two values none is shown.
      #expect((estimate.interval == nil) == (left.count == 2))
      if let interval = estimate.interval {
        #expect(isClose(interval.lowerBound, node.numbers("interval")[0]))
        #expect(isClose(interval.upperBound, node.numbers("interval")[1]))
      }
      let difference = try #require(Estimate(zip(right, left).map { $0 - $1 }))
      #expect(isClose(difference.mean, node.number("difference")))
      // The interval's ends are small differences of large numbers.
      for (end, expected) in zip(
        difference.interval.map { [$0.lowerBound, $0.upperBound] } ?? [],
        node.numbers("difference_interval"))
      {
        #expect(abs(end - expected) < 1e-10 * abs(node.number("difference")) + 1e-13)
      }
      #expect(isClose(difference.pValue, node.number("p_value")))
    }
  }

  @Test func corrections() {
    let cases = reference["holm"]?.elements ?? []
    #expect(cases.count == 8)
    for node in cases {
      let corrected = holmCorrected(node.numbers("p_values"))
      let expected = node.numbers("corrected")
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
  fileprivate func number(_ key: String) -> Double { self[key]?.double ?? .nan }

  fileprivate func numbers(_ key: String) -> [Double] {
    self[key]?.elements.map { $0.double ?? .nan } ?? []
  }
}
