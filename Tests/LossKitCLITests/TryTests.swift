import Bench
import CommandLineKit
import CommandLineTestSupport
import LossKit
import ResourceLimits
import Testing

@testable import LossKitCLI

@Suite struct TryTests {
  @Test func softmaxCrossEntropyOfThreeLogits() {
    let answer = losskit(
      "try", "softmax_cross_entropy", "--predictions", "1 2 3", "--targets", "2")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text == """
        row 0  predictions    1          2          3
               probabilities  0.0900306  0.244728   0.665241
               targets        2
               loss           0.407606
               gradient       0.0900306  0.244728  -0.334759
        ----------------------------------------------------
        mean                  0.407606

        """)
  }

  @Test(arguments: [("0.6", 0.5108), ("0.3", 1.2040), ("0.1", 2.3026)])
  func nllOfAProbability(text: String, expected: Double) throws {
    let json = try losskit(
      "try", "nll", "--input", "log", "--predictions", "0.1 0.1 0.1 \(text) 0.1", "--targets",
      "3", "--json"
    ).json
    let value = try #require(json["value"]?.double)
    #expect(abs(value - expected) < 5e-5)
    let probability = try #require(json["rows", "0", "probabilities", "3"]?.double)
    #expect(abs(probability - (Double(text) ?? 0)) < 1e-6)
  }

  @Test func nllOfLogSoftmaxIsSoftmaxCrossEntropy() throws {
    let numbers = ["--predictions", "1 2 3; -4 0.5 8", "--targets", "0 1", "--json"]
    let nll = try Answer(to: ["try", "nll", "--input", "log_softmax"] + numbers).json
    let softmax = try Answer(to: ["try", "softmax_cross_entropy"] + numbers).json
    let values = try (#require(nll["value"]?.double), #require(softmax["value"]?.double))
    #expect(abs(values.0 - values.1) < 1e-6 * values.1)
  }

  @Test(arguments: [["--double"], []])
  func bceOfSigmoidIsBCEWithLogitsOnRandomNumbers(precision: [String]) throws {
    let numbers = ["--random", "20000", "--seed", "1", "--json"] + precision
    let bce = try Answer(to: ["try", "bce", "--input", "sigmoid"] + numbers).json
    let logits = try Answer(to: ["try", "bce_with_logits"] + numbers).json
    let values = try (#require(bce["value"]?.double), #require(logits["value"]?.double))
    #expect(abs(values.0 - values.1) < 1e-6 * values.1)
    // The mean of log(1 + eˣ) − xy is 1.0677 by quadrature, x normal with deviation 2, y 0 or 1.
    #expect(abs(values.1 - 1.0677) < 0.03)
  }

  @Test func theSeedChoosesTheNumbers() throws {
    func value(_ seed: String) throws -> Double? {
      try losskit("try", "l1", "--random", "100", "--width", "4", "--seed", seed, "--json")
        .json["value"]?.double
    }
    #expect(try value("1") == value("1"))
    #expect(try value("1") != value("2"))
  }

  @Test func randomTargetsSuitTheLoss() throws {
    for declaration in try Registry.builtIn().losses.entries.map(\.declaration)
    where declaration.needsNoParameters {
      let name = declaration.name
      let answer = losskit("try", name, "--random", "50", "--json")
      #expect(answer.status == 0, "\(name): \(answer.errors)")
      #expect(try answer.json["value"]?.double != nil)
    }
  }

  @Test func randomTable() {
    let answer = losskit("try", "l2", "--random", "3", "--reduction", "sum")
    let lines = answer.text.split(separator: "\n")
    #expect(lines.map { $0.prefix(15) } == ["sum            ", "gradient norm  "])
  }

  @Test func parametersWeightsAndReductions() throws {
    let json = try losskit(
      "try", "smooth_l1", "--set", "beta=0.1", "--predictions", "0.3 -2", "--targets", "0 0",
      "--weights", "1 2", "--inside-weights", "1 0.5", "--reduction", "none", "--double", "--json"
    ).json
    #expect(json["rows", "0", "loss"] == [0.25, 1.9])
    #expect(json["rows", "0", "gradient"] == [1.0, -1.0])
    #expect(json["rows", "0", "inside_weights"] == [1.0, 0.5])
    #expect(json["value"] == 2.15)
  }

  @Test func reductions() throws {
    let values = try ["none", "sum", "mean", "weighted_mean", "sum_per_row"].map { reduction in
      try losskit(
        "try", "l1", "--predictions", "1 2", "--predictions", "3 4", "--targets", "0 0; 0 0",
        "--weights", "1 3", "--reduction", reduction, "--json"
      ).json
    }
    #expect(values.map { $0["value"]?.double } == [24, 24, 6, 3, 24])
    #expect(values[0]["rows", "1", "loss"] == [9.0, 12.0])
    #expect(values[4]["rows", "1", "loss"] == [21.0])
  }

  @Test func targetsAreClassesOrNumbers() throws {
    func targets(_ arguments: String...) throws -> JSONNode? {
      try Answer(to: ["try"] + arguments + ["--json"]).json["rows", "0", "targets"]
    }
    let softmax = ["softmax_cross_entropy", "--predictions", "1 2"]
    #expect(try targets(softmax[0], softmax[1], softmax[2], "--targets", "1") == 1)
    #expect(
      try targets(softmax[0], softmax[1], softmax[2], "--targets", "0.5 0.5") == [0.5, 0.5])
    #expect(try targets("bce", "--predictions", "0.5", "--targets", "1") == [1.0])
    #expect(
      try targets("bce", "--predictions", "0.5", "--targets", "1", "--target-kind", "classes")
        == 1)
  }

  @Test func drawsNumbersUpToTheLimit() throws {
    _ = try RandomNumbers(rows: Limits.drawnNumbers / 4, width: 4, seed: 0)
    #expect(throws: UsageError.self) {
      try RandomNumbers(rows: Limits.drawnNumbers / 4 + 1, width: 4, seed: 0)
    }
  }

  static let wrong: [([String], Int32, String)] = [
    (["l1"], 2, "missing --predictions, or --random"),
    (["l1", "--predictions", "1"], 2, "missing --targets"),
    (["l1", "--predictions", "1 x"], 2, "--predictions: expected numbers; got \"x\""),
    (["l1", "--predictions", "1;;2"], 2, "--predictions: row 1 holds no numbers"),
    (
      ["l1", "--predictions", "1 2; 3", "--targets", "1"], 2,
      "--predictions: row 1 has width 1 and row 0 width 2; give each row as many numbers"
    ),
    (["l1", "--random", "5", "--targets", "1"], 2, "--targets and --random exclude each other"),
    (["l1", "--seed", "5"], 2, "--width and --seed go with --random"),
    (["l1", "--random", "0"], 2, "--random: expected an integer from 1 to"),
    (
      ["l1", "--random", "99999999", "--width", "999"], 2,
      "are too many; ask for 100,000,000 numbers at most"
    ),
    (["smoth_l1"], 2, "no loss is called \"smoth_l1\""),
    (["smoth_l1"], 2, "did you mean \"smooth_l1\"?"),
    (["max_iou"], 2, "no loss is called \"max_iou\"; 'losskit list loss' shows all"),
    (["huber", "--set", "beta=1"], 2, "\"beta\" is unknown; expected one of delta"),
    (["huber", "--set", "delta=0"], 2, "\"delta\" is 0; expected > 0"),
    (["huber", "--set", "delta"], 2, "--set: expected path=value"),
    (["huber", "--set", "a.b=1"], 2, "--set: expected name=value"),
    (["l1", "--reduction", "avg"], 2, "--reduction: expected one of none, sum, mean"),
    (
      ["nll", "--predictions", "1 2", "--targets", "0.5"], 2,
      "--targets: 0.5 is no class; expected whole numbers from 0"
    ),
    (
      ["nll", "--predictions", "1 2", "--targets", "2"], 1,
      "targets row 0: class 2 is out of range; expected 0 to 1"
    ),
    (
      ["nll", "--predictions", "1 nan", "--targets", "0"], 1,
      "predictions row 0, column 1: nan is not finite"
    ),
    (
      ["nll", "--input", "log", "--predictions", "0 1", "--targets", "0"], 1,
      "predictions row 0, column 0: -inf is not finite"
    ),
    (
      ["l1", "--predictions", "1 2 3", "--targets", "2"], 1,
      "targets: shape [1, 1]; expected [1, 3]"
    ),
  ]

  @Test(arguments: wrong)
  func wrongInput(arguments: [String], status: Int32, message: String) {
    let answer = Answer(to: ["try"] + arguments)
    #expect(answer.status == status)
    #expect(answer.text.isEmpty)
    #expect(answer.errors.contains(message), "\(answer.errors)")
  }
}
