import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// The JSON Schema that editors read.
@Suite struct SweepSchemaTests {
  @Test func theCommittedSchemaIsTheGeneratedOne() throws {
    let path = Reference.path("Configs/sweep.schema.json")
    let committed = try? String(contentsOfFile: path, encoding: .utf8)
    let isCurrent = committed == (try SweepSchema.node.text() + "\n")
    #expect(isCurrent, "after changes: losskit schema sweep --output Configs/sweep.schema.json")
  }
}
