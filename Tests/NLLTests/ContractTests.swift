import LossKit
import TestSupport
import Testing

@Suite struct ContractTests {
  @Test func everyLossIsTried() throws {
    let names = try Registry.builtIn().losses.entries
      .filter { $0.origin.hasPrefix("NLL.") }.map(\.declaration.name)
    #expect(Set(settings.map(\.loss)) == Set(names))
  }

  @Test(arguments: settings, Reduction.allCases)
  func theGradientIsTheSlope(setting: LossSetting, reduction: Reduction) throws {
    let mismatches = try setting.slopeMismatches(reduction: reduction, seed: 1)
    #expect(mismatches == [])
  }

  @Test(arguments: settings)
  func floatFollowsDouble(setting: LossSetting) throws {
    let mismatches = try setting.precisionMismatches(relative: 1e-6, rows: 2000, seed: 2)
    #expect(mismatches == [])
  }

  @Test(arguments: settings, [0, 1, 15, 16, 17, 100_003])
  func workersDoNotChangeABit(setting: LossSetting, rows: Int) throws {
    let workers = try setting.workersThatDiffer(rows: rows)
    #expect(workers == [])
  }

  @Test(arguments: settings, Reduction.allCases)
  func nothingIsZero(setting: LossSetting, reduction: Reduction) throws {
    let nonzero = try setting.nonzeroResults(reduction: reduction)
    #expect(nonzero == [])
  }
}
