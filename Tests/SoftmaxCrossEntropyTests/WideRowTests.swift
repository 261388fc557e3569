import TestSupport
import Testing

@Suite struct WideRowTests {
  /// Sums of many exponentials round once for each; so much is left of the 1e-6 of narrow rows.
  @Test(arguments: [(21, 1e-6), (81, 1e-5), (1204, 1e-5)])
  func floatFollowsDouble(width: Int, relative: Double) throws {
    let setting = LossSetting("softmax_cross_entropy", [:], .logits, .classes, width: width)
    let mismatches = try setting.precisionMismatches(
      relative: relative, rows: 20_000 / width, seed: 3)
    #expect(mismatches == [])
  }
}
