import LossKit
import ResourceLimits
import Sweep
import TestSupport
import Testing

/// A mistake in a sweep file, and what is said of it.
struct BadSweep: CustomTestStringConvertible, Sendable {
  /// Members that are put in the place of those of the good file, by key.
  let changes: [String: String?]
  let complaints: [String]

  var testDescription: String { complaints.first ?? "" }

  init(_ changes: [String: String?], _ complaints: String...) {
    self.changes = changes
    self.complaints = complaints
  }

  /// So many numbers, as JSON.
  static func numbers(_ count: Int) -> String {
    "[\((0..<count).map(String.init).joined(separator: ","))]"
  }

  /// So many values by path, as JSON.
  static func settings(_ count: Int) -> String {
    "{\((0..<count).map { "\"training.a\($0)\": { \"value\": 1 }" }.joined(separator: ","))}"
  }

  static let all: [BadSweep] = [
    BadSweep(
      ["methdo": "1"],
      "s.json:8:1: methdo: unknown key \"methdo\"; expected one of $schema, name, description, "
        + "recipe, model, data, validation, split, method, parameters, list, run_cap, random_seed, "
        + "seeds, metric, early_terminate, command, time_limit, grace_time, concurrency, tensorboard; did you mean \"method\"?"
    ),
    BadSweep(
      ["recipe": "\"bse.json\"", "metric": nil],
      "s.json:1:1: key \"metric\" is missing"),
    BadSweep(
      ["recipe": "\"bse.json\""],
      "s.json:2:11: recipe: \"/bse.json\": no such file; did you mean \"base.json\"?"),
    BadSweep(
      ["recipe": "\"reference_detectr\""],
      "/reference_detectr.json\": no such file; did you mean \"reference_detector\"?"),
    BadSweep(["recipe": nil], "s.json:1:1: names no recipe; give it a \"recipe\", or a parameter"),
    BadSweep(
      ["metric": #"{ "name": "AP", "goal": "maximise" }"#],
      "metric.goal: \"maximise\" is unknown; expected one of maximize, minimize; did you mean "
        + "\"maximize\"?"),
    BadSweep(["method": "\"gird\""], "did you mean \"grid\"?"),
    BadSweep(["method": "\"bayes\""], "\"bayes\" is unknown; expected one of grid, random, list"),
    BadSweep(["parameters": "{}"], "parameters: is empty; expected at least one parameter"),
    BadSweep(["parameters": nil], "key \"parameters\" is missing"),
    BadSweep(
      ["parameters": #"{ "stages.rpn.sampler.count": { "values": [] } }"#],
      "s.json:6:57: parameters.\"stages.rpn.sampler.count\".values: is empty; expected at least "
        + "one value"),
    BadSweep(
      ["parameters": #"{ "stages.rpn.sampler.count": { "values": [1, 2, 1] } }"#],
      "is there twice; remove one"),
    BadSweep(
      ["parameters": #"{ "stages.rpm.sampler.count": { "values": [1] } }"#],
      "unknown key \"rpm\" in the object at", "did you mean \"rpn\"?"),
    BadSweep(
      ["parameters": #"{ "stages.rpn.sampler.cuont": { "values": [1] } }"#],
      "stages.rpn.sampler.cuont: unknown key \"cuont\"", "did you mean \"count\"?"),
    BadSweep(
      ["parameters": #"{ "stages.rpn.sampler.count": { "values": [1, -1] } }"#],
      "s.json:6:61: stages.rpn.sampler.count: is -1; expected"),
    BadSweep(
      ["parameters": #"{ "stage.rpn.sampler.count": { "values": [1] } }"#],
      "s.json:6:17: parameters.\"stage.rpn.sampler.count\": unknown path; expected recipe, or a path "
        + "that begins with stages, model or training; did you mean \"stages\"?"),
    BadSweep(
      ["parameters": #"{ "stages": { "values": [1] }, "recipe.x": { "values": [1] } }"#],
      "stages: names no value", "recipe stands for a whole recipe"),
    BadSweep(
      ["parameters": #"{ "recipe": { "values": [1, "bose"] } }"#],
      "recipe: expected the file name of a recipe", "did you mean \"base.json\"?"),
    BadSweep(
      ["parameters": #"{ "training.rate": { "min": 1, "max": 2 } }"#],
      "a grid has no values for a distribution; list \"values\" alone, or use the method random"),
    BadSweep(
      ["parameters": #"{ "training.rate": { "values": [1, 2], "probabilities": [0.5, 0.5] } }"#],
      "a grid takes each value once; list \"values\" alone, or use the method random"),
    BadSweep(
      ["parameters": #"{ "training.rate": { "min": 1, "values": [1] }, "training.x": {} }"#],
      "expected one of \"value\", \"values\", \"min\" with \"max\", and \"mu\" with \"sigma\""),
    BadSweep(
      ["parameters": #"{ "training.rate": { "min": 1 } }"#], "key \"max\" is missing"),
    BadSweep(
      [
        "method": "\"random\"",
        "parameters": #"""
        { "training.a": { "min": 3, "max": 2 },
          "training.b": { "min": 0, "max": 2, "distribution": "log_uniform" },
          "training.c": { "min": 0.5, "max": 2, "distribution": "int_uniform" },
          "training.d": { "min": 0.5, "max": 2, "distribution": "normal" },
          "training.e": { "value": 1, "max": 2 },
          "training.f": { "min": 0.5, "max": 2, "distribution": "log_uniform_values" },
          "training.g": { "mu": 0, "sigma": 0 }, "training.h": { "mu": 0, "sigma": 1, "max": 2 },
          "training.i": { "mu": 0, "sigma": 1, "distribution": "q_normal" },
          "training.j": { "min": 1, "max": 2, "q": 1 },
          "training.k": { "values": [1, 2], "probabilities": [0.5, 0.4] } }
        """#,
      ],
      "key \"run_cap\" is missing", "expected min ≤ max",
      "log_uniform takes the values themselves, above 0; min is 0.0",
      "int_uniform takes integers", "normal takes \"mu\" and \"sigma\"",
      "max: doesn't belong to \"value\"; remove one of the two",
      "\"log_uniform_values\" is unknown; expected one of uniform, q_uniform, log_uniform",
      "sigma: is 0; expected > 0",
      "max: doesn't belong to \"mu\"", "key \"q\" is missing",
      "belongs to the distributions that begin with q_",
      "expected a probability for each of the values, of sum 1"),
    BadSweep(
      ["early_terminate": "{}"],
      "early_terminate: key \"type\" is missing",
      "early_terminate: expected one of \"min_iter\", and \"max_iter\" with \"s\""),
    BadSweep(
      [
        "early_terminate":
          #"{ "type": "envelope", "min_iter": 0, "s": 2, "eta": 1, "strict": true }"#
      ],
      "early_terminate.type: \"envelope\" is unknown; expected one of hyperband",
      "early_terminate.strict: is only known as false",
      "early_terminate.min_iter: is 0; expected 1",
      "early_terminate.eta: is 1; expected", "early_terminate.s: belongs to \"max_iter\""),
    BadSweep(
      ["early_terminate": #"{ "type": "hyperband", "max_iter": 2 }"#],
      "early_terminate: key \"s\" is missing"),
    BadSweep(
      ["early_terminate": #"{ "type": "hyperband", "max_iter": 2, "s": 1 }"#],
      "early_terminate: has no bracket: an eta-th of max_iter is less than one report"),
    BadSweep(
      [
        "early_terminate": #"{ "type": "hyperband", "min_iter": 1 }"#,
        "seeds": #"{ "at_least": 2, "at_most": 3, "until": "distinguished" }"#,
      ],
      "early_terminate: and a rule for the seeds exclude each other"),
    BadSweep(
      ["split": "1", "validation": "\"scenes\""], "split: leaves one part empty",
      "split: and \"validation\" exclude each other; remove one"),
    BadSweep(
      ["command": #"["train", "{split}", "{out}"]"#],
      "{split} has no value; give the sweep a \"split\""),
    BadSweep(["run_cap": "3"], "belongs to the method random, and the method is grid"),
    BadSweep(
      ["method": "\"list\"", "list": "[]"],
      "the method list takes varying values from \"list\"", "list: expected a list of one or more"),
    BadSweep(["seeds": "[]"], "seeds: expected a list of one or more integers"),
    BadSweep(["seeds": "3"], "seeds: expected a list of one or more integers"),
    BadSweep(
      ["seeds": "[1, -1, 1.5, 1]"], "seeds.1: is -1; expected ≥ 0",
      "seeds.2: expected an integer, found a real number", "seeds.3: 1 is there twice"),
    BadSweep(
      ["command": #"["train", "{sed}", "{out}"]"#],
      "{sed} is unknown; expected one of {losskit}, {recipe}", "did you mean \"{seed}\"?"),
    BadSweep(["command": #"["train"]"#], "command: lacks {out}"),
    BadSweep(["command": "\"train\""], "command: expected a list of words, found a string"),
    BadSweep(
      ["command": #"["train", "{validation}", "{out}"]"#],
      "{validation} has no value; give the sweep a \"validation\""),
    BadSweep(
      ["time_limit": "0", "concurrency": "0"], "time_limit: is 0; expected > 0",
      "concurrency: is 0; expected 1 … 1024"),
    BadSweep(["model": "\"none.json\""], "none.json\": no such file"),
    BadSweep(["model": "\".\""], "\": is a folder; expected a file"),
    BadSweep(
      ["parameters": #"{ "model\#(String(repeating: ".a", count: 11_000))": { "value": 1 } }"#],
      "s.json:6:17: the path has more than 128 keys; no value lies as deep"),
    BadSweep(
      ["parameters": #"{ "model\#(String(repeating: ".a", count: 127))": { "value": [1] } }"#],
      "nested deeper than 128 levels; flatten the value"),
    BadSweep(
      ["parameters": #"{ "training.rate": { "values": \#(numbers(10_001)) } }"#],
      #"parameters."training.rate".values: has 10001 of them; a sweep has at most 10000"#),
    BadSweep(["seeds": numbers(100_000)], "seeds: has 100000 of them; a sweep has at most 10000"),
    BadSweep(
      ["parameters": settings(1001)], "parameters: has 1001 of them; a sweep has at most 1000"),
    BadSweep(
      ["method": "\"list\"", "parameters": nil, "list": "[\(settings(1001))]"],
      "list: has 1001 of them; a sweep has at most 1000"),
    BadSweep(
      ["time_limit": "-9223372036854775808", "concurrency": "-9223372036854775808"],
      "time_limit: is -9.223372036854776e+18; expected > 0",
      "concurrency: is -9223372036854775808; expected 1 … 1024"),
    BadSweep(
      ["seeds": "[-9223372036854775808, 9223372036854775807, 1e300]"],
      "seeds.0: is -9223372036854775808; expected ≥ 0",
      "seeds.2: expected an integer, found a real number"),
    BadSweep(
      [
        "method": "\"random\"", "run_cap": "-9223372036854775808",
        "random_seed": "-9223372036854775808",
        "parameters": #"""
        { "training.a": { "min": -9223372036854775808, "max": 9223372036854775807 },
          "training.b": { "min": -1e308, "max": 1e308 },
          "training.c": { "min": -9223372036854775808, "max": 0, "distribution": "log_uniform" } }
        """#,
      ],
      "run_cap: is -9223372036854775808; expected 1 … 10000",
      "random_seed: is -9223372036854775808; expected ≥ 0",
      "int_uniform takes integers below 2⁵³ in magnitude", "expected min ≤ max",
      "log_uniform takes the values themselves, above 0"),
    BadSweep(
      ["parameters": #"{ "stages.rpn.sampler.count": { "values": [-9223372036854775808] } }"#],
      "stages.rpn.sampler.count: is -9.223372036854776e+18; expected"),
    BadSweep(
      ["seeds": "[" + (0..<9000).map(String.init).joined(separator: ",") + "]"],
      "the grid makes more trials than 10000"),
  ]
}

@Suite struct BadSweepTests {
  private static let good: KeyValuePairs = [
    "recipe": "\"base.json\"",
    "metric": #"{ "name": "AP50", "goal": "maximize" }"#,
    "method": "\"grid\"",
    "seeds": "[1, 2]",
    "parameters": #"{ "stages.rpn.sampler.count": { "values": [1, 2] } }"#,
    "data": "\"scenes\"",
  ]

  private func complaints(_ changes: [String: String?]) throws -> String {
    let folder = try TemporaryFolder()
    try folder.write(baseRecipe, to: "base.json")
    var lines = Self.good.compactMap { key, value in
      (changes[key] ?? value).map { "\"\(key)\": \($0)" }
    }
    for (key, value) in changes.sorted(by: { $0.key < $1.key }) {
      if let value, !Self.good.contains(where: { $0.key == key }) {
        lines.append("\"\(key)\": \(value)")
      }
    }
    let path = try folder.write("{\n" + lines.joined(separator: ",\n") + "\n}", to: "s.json")
    do {
      _ = try SweepPlan(contentsOf: path, registry: try .builtIn())
      return ""
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path(""), with: "")
    }
  }

  @Test func theGoodFileIsGood() throws {
    #expect(try complaints([:]) == "")
  }

  /// Ten values with a thousand seeds are as many trials as there may be.
  @Test func trialsUpToTheLimit() throws {
    func complaints(values: Int) throws -> String {
      let values = (1...values).map(String.init).joined(separator: ",")
      return try self.complaints([
        "seeds": BadSweep.numbers(Limits.sweepTrials / 10),
        "parameters": "{ \"stages.rpn.sampler.count\": { \"values\": [\(values)] } }",
      ])
    }
    #expect(try complaints(values: 10) == "")
    #expect(try complaints(values: 11).contains("the grid makes more trials than 10000"))
  }

  @Test func parametersUpToTheLimit() throws {
    func complaints(_ count: Int) throws -> String {
      try self.complaints(["parameters": BadSweep.settings(count)])
    }
    #expect(try complaints(Limits.sweepParameters) == "")
    #expect(
      try complaints(Limits.sweepParameters + 1).contains(
        "has 1001 of them; a sweep has at most 1000"))
  }

  @Test func trialsAtOnceUpToTheLimit() throws {
    #expect(try complaints(["concurrency": "\(Limits.trialsAtOnce)"]) == "")
    #expect(
      try complaints(["concurrency": "\(Limits.trialsAtOnce + 1)"])
        .contains("concurrency: is 1025; expected 1 … 1024"))
  }

  @Test(arguments: BadSweep.all)
  func mistakesAreToldWithTheirPlace(_ bad: BadSweep) throws {
    let text = try complaints(bad.changes)
    for complaint in bad.complaints { #expect(text.contains(complaint), "\(text)") }
  }

  @Test func oneMistakeOfManyValuesIsToldOnce() throws {
    let text = try complaints([
      "parameters": #"{ "stages.rpn.sampler.cuont": { "values": [1, 2, 3] } }"#
    ])
    #expect(text.ranges(of: "unknown key").count == 1 && text.contains("did you mean \"count\"?"))
  }

  @Test func aFileThatIsMissing() throws {
    let error = #expect(throws: Diagnostics.self) {
      try SweepPlan(contentsOf: "none.json", registry: try .builtIn())
    }
    #expect(error?.description == "none.json: no such file")
  }
}
