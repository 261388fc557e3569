import LossKit
import TestSupport
import Testing

/// Formulas from texts against the losses that are compiled.
@Suite struct LibraryTextTests {
  @Test(arguments: LibraryText.all)
  func textHasTheBitsOfTheCompiledLoss(_ library: LibraryText) throws {
    let text = try Registry.builtIn().loss("formula", library.text)
    try library.setting.compare(with: text) { what, isSame in
      #expect(isSame, "\(library): \(what)")
    }
  }

  /// But for those that count all rows first.
  @Test func everyElementwiseAndBoxLossIsWritten() throws {
    let written = Set(LibraryText.all.map(\.setting.loss))
    let missing: [String] = try Registry.builtIn().losses.entries.filter { entry in
      guard let loss = try? entry.make([:]), !(loss is any StatefulLoss) else { return false }
      return (loss as? any DenseLoss)?.evaluatesElements == true || loss is any BoxPairLoss
    }.map { $0.declaration.name }.filter { !written.contains($0) }
    #expect(missing == [])
  }
}
