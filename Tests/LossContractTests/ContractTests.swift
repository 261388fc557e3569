import Foundation
import LossKit
import TestSupport
import Testing

/// What every loss keeps to, whatever its formula.
@Suite struct ContractTests {
  @Test(arguments: try Registry.builtIn().losses.names)
  func everyRegisteredLossIsTried(name: String) {
    #expect(
      LossSetting.all.contains { $0.loss == name },
      "add settings to Tests/LossContractTests/Settings.swift")
  }

  /// The page that lists what there is.
  @Test func everyRegisteredComponentIsInTheDocumentation() throws {
    let page = "Sources/LossKit/LossKit.docc/LossKit.md"
    let text = try String(contentsOfFile: Reference.path(page), encoding: .utf8)
    let registry = try Registry.builtIn()
    let origins = ComponentKind.allCases.flatMap { $0.entries(in: registry).map(\.origin) }
    for type in origins.compactMap({ $0.split(separator: ".").last }) {
      #expect(text.contains("- ``\(type)``\n"), "list it in \(page)")
    }
  }

  /// One that isn't in the list of `Sources/Wide` would silently run at a fraction of its speed.
  @Test(arguments: LossSetting.all)
  func isCompiledForEachInstructionSet(setting: LossSetting) throws {
    let loss = try setting.make()
    #expect(
      loss is any AVX2Formula && loss is any AVX512Formula,
      "add it to Sources/Wide/AVX2Losses/Losses.swift")
  }

  @Test(arguments: LossSetting.all, Reduction.allCases)
  func theGradientIsTheDerivative(setting: LossSetting, reduction: Reduction) throws {
    let mismatches = try setting.derivativeMismatches(reduction: reduction, seed: 1)
    #expect(mismatches == [])
  }

  @Test(arguments: LossSetting.all)
  func floatFollowsDouble(setting: LossSetting) throws {
    let mismatches = try setting.precisionMismatches(relative: 1e-6, rows: 2000, seed: 2)
    #expect(mismatches == [])
  }

  /// The last number of elements makes three blocks, whatever the width, and no whole vectors.
  @Test(arguments: LossSetting.all, [0, 1, 15, 16, 17, 40_011])
  func threadsAndInstructionSetsDoNotChangeABit(setting: LossSetting, elements: Int) throws {
    let rows = elements < 100 ? elements : elements / setting.width
    let workers = try setting.workersThatDiffer(rows: rows)
    #expect(workers == [])
  }

  @Test(.long) func threadsAndInstructionSetsDoNotChangeABitOfAMillionRows() throws {
    let setting = LossSetting("bce_with_logits", [:], .logits, .bits, width: 1)
    #expect(try setting.workersThatDiffer(rows: 1_000_003) == [])
  }

  @Test(arguments: LossSetting.all, Reduction.allCases)
  func nothingIsZero(setting: LossSetting, reduction: Reduction) throws {
    let nonzero = try setting.nonzeroResults(reduction: reduction)
    #expect(nonzero == [])
  }
}
