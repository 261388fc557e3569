import Foundation
import TestSupport
import Testing

struct EnvironmentTests {
  @Test(arguments: [
    ("LOSSKIT_THREADS", "two", #"LOSSKIT_THREADS is "two"; expected an integer from 1 to 1024"#),
    ("LOSSKIT_ISA", "AVX2", #"LOSSKIT_ISA is "AVX2"; expected one of baseline, avx2, avx512"#),
  ])
  func `a mistyped variable is told`(name: String, value: String, message: String) throws {
    let losskit = PluginBuilding.executables.appending(path: "losskit").path(percentEncoded: false)
    let call = try Subprocess([losskit, "list", "coder"], environment: [name: value])
    #expect(call.status == 2 && call.text.contains(message), "\(call.text)")
    #expect(try Subprocess([losskit, "--help"], environment: [name: value]).status == 0)
    #expect(try Subprocess([losskit, "list", "coder"], environment: [name: ""]).status == 0)
  }
}
