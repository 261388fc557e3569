import LossCore
import ResourceLimits
import Testing

/// A parameter of `kind` called `p`, without a default.
private func parameter(
  _ kind: ParameterKind, default value: ParameterValue? = nil
) -> AnyParameter {
  AnyParameter("p", kind, default: value, help: "")
}

@Suite struct ParameterTests {
  @Test(
    arguments: [
      (.boolean, true, true),
      (.string, "", ""),
      (.string, "any text", "any text"),
      (.choice(["a", "b"]), "b", "b"),
      (.integer(.any), -3, -3),
      (.integer(.any), 4.0, 4),
      (.integer(.atLeast(0)), 0, 0),
      (.number(.any), 1.5, 1.5),
      (.number(.any), 2, 2.0),
      (.number(.above(0)), 1e-300, 1e-300),
      (.number(.between(0, 1)), 0, 0.0),
      (.number(.between(0, 1)), 1.0, 1.0),
      (.list(of: .number(.any), count: nil), [1, 2.5], [1.0, 2.5]),
      (.list(of: .number(.any), count: nil), 3, [3.0]),
      (.list(of: .number(.any), count: 1), 3, [3.0]),
      (.list(of: .integer(.any), count: 2), [1.0, 2], [1, 2]),
      (.list(of: .string, count: nil), "a", ["a"]),
      (
        .list(of: .list(of: .number(.any), count: nil), count: nil), [[1], [2, 3]],
        [[1.0], [2.0, 3.0]]
      ),
      (.list(of: .list(of: .number(.any), count: nil), count: nil), [1, 2], [[1.0], [2.0]]),
      (.list(of: .list(of: .number(.any), count: nil), count: nil), 1, [[1.0]]),
    ] as [(ParameterKind, ParameterValue, ParameterValue)])
  func bringsValuesToTheKind(kind: ParameterKind, given: ParameterValue, result: ParameterValue)
    throws
  {
    #expect(try parameter(kind).resolve(given) == result)
  }

  @Test(
    arguments: [
      (.boolean, 1, "is 1; expected true or false"),
      (.boolean, "true", "is \"true\"; expected true or false"),
      (.string, 1.5, "is 1.5; expected string"),
      (.string, ["a"], "is [\"a\"]; expected string"),
      (.choice(["a", "b"]), "c", "\"c\" is none of \"a\", \"b\""),
      (.choice(["a", "b"]), 1, "is 1; expected \"a\", \"b\""),
      (.integer(.any), 1.5, "is 1.5; expected integer"),
      (.integer(.any), 1e30, "is 1e+30; expected integer"),
      (.integer(.any), false, "is false; expected integer"),
      (.integer(.atLeast(1)), 0, "is 0; expected ≥ 1"),
      (.integer(.between(1, 3)), 4.0, "is 4; expected 1 … 3"),
      (.number(.any), .number(.infinity), "is inf; expected any"),
      (.number(.any), .number(.nan), "is nan; expected any"),
      (.number(.above(0)), 0, "is 0; expected > 0"),
      (.number(.atLeast(0.5)), 0.25, "is 0.25; expected ≥ 0.5"),
      (.number(.between(0, 1)), 1.5, "is 1.5; expected 0 … 1"),
      (.number(.any), "1", "is \"1\"; expected number"),
      (.number(.any), [1], "is [1]; expected number"),
      (.number(.any), .null, "is null; expected number"),
      (.list(of: .number(.any), count: nil), [], "is empty; expected list of numbers"),
      (.list(of: .number(.any), count: nil), .null, "is null; expected list of numbers"),
      (.list(of: .number(.any), count: nil), "a", "is \"a\"; expected number"),
      (.list(of: .number(.any), count: nil), [1, "a"], "is \"a\"; expected number"),
      (.list(of: .number(.atLeast(0)), count: nil), [1, -1], "is -1; expected ≥ 0"),
      (.list(of: .number(.any), count: 2), [1], "has 1 value; expected 2"),
      (.list(of: .number(.any), count: 2), [1, 2, 3], "has 3 values; expected 2"),
      (.list(of: .integer(.any), count: 2), 1, "is 1; expected list of 2 integers"),
      (
        .list(of: .list(of: .number(.any), count: nil), count: 2), 1,
        "is 1; expected list of 2 lists of numbers"
      ),
    ] as [(ParameterKind, ParameterValue, String)])
  func saysWhatWasFoundAndWhatWasExpected(
    kind: ParameterKind, given: ParameterValue, problem: String
  ) {
    let error = #expect(throws: ParameterError.self) { try parameter(kind).resolve(given) }
    #expect(error?.parameter == "p")
    #expect(error?.problem == problem)
  }

  @Test func takesListsUpToALimit() throws {
    let numbers = [ParameterValue](repeating: 1, count: Limits.listElements)
    let list = parameter(.list(of: .number(.any), count: nil))
    #expect(try list.resolve(.list(numbers)) == .list(numbers.map { _ in .number(1) }))
    #expect(throws: ParameterError("p", "has 65537 values; expected 65536 at most")) {
      try list.resolve(.list(numbers + [1]))
    }
    let lists = parameter(.list(of: .list(of: .number(.any), count: nil), count: nil))
    #expect(throws: ParameterError("p", "has 65537 values; expected 65536 at most")) {
      try lists.resolve([.list(numbers + [1])])
    }
  }

  @Test func cutsLongValuesInMessages() {
    let error = #expect(throws: ParameterError.self) {
      try parameter(.boolean).resolve(.string(String(repeating: "x", count: 1_000_000)))
    }
    #expect(error?.problem.unicodeScalars.count == Limits.messageScalars)
    #expect(error?.problem.hasSuffix("xx\"; expected true or false") == true)
  }

  @Test func takesNullWhereItIsTheDefault() throws {
    #expect(try parameter(.number(.above(0)), default: .null).resolve(.null) == .null)
    #expect(throws: ParameterError("p", "is null; expected number")) {
      try parameter(.number(.above(0)), default: 1).resolve(.null)
    }
  }

  @Test func offersTheChoices() {
    #expect(
      throws: ParameterError(
        "p", "\"men\" is none of \"mean\", \"sum\"", choices: ["mean", "sum"])
    ) {
      try parameter(.choice(["mean", "sum"])).resolve("men")
    }
  }
}
