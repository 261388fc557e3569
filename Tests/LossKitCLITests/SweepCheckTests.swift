import CommandLineTestSupport
import Foundation
import TestSupport
import Testing

/// What `losskit sweep run` says before anything runs.
@Suite struct SweepCheckTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a sweep of a small reference detector, with members and parameters in the place of the good ones; a member
  /// without a text is left out.
  private func run(
    _ members: [String: String] = [:], parameters: [String: String?] = [:], _ options: String...
  ) throws -> Answer {
    let all = [
      "recipe": "\"\(Reference.path("Configs/recipes/reference_detector.json"))\"",
      "method": "\"grid\"", "seeds": "[1, 2]", "data": "\"scenes:size=64x48,count=4\"",
      "validation": "\"scenes:size=64x48,count=2,split=held_out\"",
      "metric": #"{ "name": "AP50", "goal": "maximize" }"#,
    ].merging(members) { $1 }.filter { $0.value != "" }
    let settings = [
      "stages.rpn.terms.rpn_box.weight": "{ \"values\": [1, 2] }",
      "model.channels": "{ \"value\": [16, 16, 32] }", "model.strides": "{ \"value\": [2, 2, 2] }",
      "model.map_channels": "{ \"value\": 32 }", "model.roi_channels": "{ \"value\": [32] }",
      "training.batch": "{ \"value\": 2 }", "training.steps": "{ \"value\": 2 }",
      "training.warmup_steps": "{ \"value\": 1 }",
    ].merging(parameters.compactMapValues(\.self)) { $1 }
      .filter { parameters[$0.key] != .some(nil) }
    func text(_ members: [String: String]) -> String {
      members.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        .joined(separator: ",\n")
    }
    let file = try folder.write(
      "{ \(text(all)), \"parameters\": {\n\(text(settings))\n} }", to: "s.json")
    if options.isEmpty || options.first == "--dry-run" {
      return Answer(to: ["sweep", "run", file] + options)
    }
    // Trials call the command again.
    let command = PluginBuilding.executables.appending(path: "losskit").path(percentEncoded: false)
    let process = try Subprocess([command, "sweep", "run", file] + options)
    return Answer(process.status, process.text, errors: process.text)
  }

  /// What is said, the path of the file left out.
  private func complaint(_ answer: Answer) throws -> String {
    #expect(answer.status == 1 && answer.text == "")
    #expect(try folder.names.contains("runs") == false, "nothing has run")
    return answer.errors.replacing(folder.path(""), with: "")
  }

  @Test func aDryRun() throws {
    let answer = try run([:], "--dry-run")
    #expect(answer.status == 0 && answer.errors == "", "\(answer.errors)")
    #expect(
      answer.text.hasPrefix(
        """
        variant   trials  have results
        weight=1       2             0
        weight=2       2             0

        2 variants × 2 seeds = 4 trials; 4 to run, \

        """), "\(answer.text)")
    #expect(answer.text.contains(" of training, by a step of each variant"))
    #expect(try folder.names == ["s.json"])
  }

  /// Results are beside the sweep file, wherever the command is called.
  @Test func resultsLieBesideTheFile() throws {
    let answer = try run([:], "--concurrency", "1")
    #expect(answer.errors.contains("results go to \(folder.path("runs/s"))/"))
  }

  @Test(arguments: [
    ("AP5O", "the trainer reports no \"AP5O\", but AP, AP50, ", "did you mean \"AP50\"?"),
    ("AP_large", "AP_large has no value on the images to measure with", "expected one of AP, AP50"),
  ])
  func aMetricWithoutAValue(name: String, message: String, more: String) throws {
    let text = try complaint(run(["metric": "{ \"name\": \"\(name)\", \"goal\": \"maximize\" }"]))
    #expect(text.hasPrefix("losskit: error: /s.json:"))
    #expect(text.contains("metric.name: \(message)") && text.contains(more), "\(text)")
  }

  @Test func proposalsOfARecipeWithoutThem() throws {
    let text = try complaint(
      run(
        [
          "metric": #"{ "name": "RPN_recall", "goal": "maximize" }"#,
          "recipe": "\"\(Reference.path("Configs/recipes/reference_detector_atss.json"))\"",
        ],
        parameters: [
          "stages.rpn.terms.rpn_box.weight": nil,
          "stages.atss.terms.atss_box.weight": "{ \"values\": [1, 2] }",
        ]))
    #expect(
      text
        == "losskit: error: s, all variants: RPN_recall has no value: the recipe has no stage on proposals\n"
    )
  }

  /// Evaluations after steps 1 to 4, the last of them the end.
  @Test(arguments: [
    (
      "", #""min_iter": 1"#,
      "early_terminate stops nothing: AP50 is reported once, and the first bracket is at 1"
    ),
    (
      "1", #""min_iter": 4"#,
      "early_terminate stops nothing: AP50 is reported 4 times, and the first bracket"
    ),
    (
      "1", #""min_iter": 2, "eta": 2"#,
      "early_terminate has a bracket at the end, where it saves nothing"
    ),
  ])
  func bracketsThatComeTooLate(every: String, rule: String, message: String) throws {
    let text = try complaint(
      run(
        ["early_terminate": "{ \"type\": \"hyperband\", \(rule) }"],
        parameters: [
          "training.steps": "{ \"value\": 4 }",
          "training.evaluate_every": "{ \"value\": \(every.isEmpty ? "null" : every) }",
        ]))
    #expect(text.hasPrefix("losskit: error: s, all variants: \(message)"), "\(text)")
  }

  @Test func earlyTerminationByTheLoss() throws {
    let text = try complaint(
      run([
        "metric": #"{ "name": "loss", "goal": "minimize" }"#,
        "early_terminate": #"{ "type": "hyperband", "min_iter": 1 }"#,
      ]))
    #expect(
      text.contains("early_terminate: needs a metric of evaluations, such as AP50"), "\(text)")
  }

  /// A part of the data is to measure with, and TensorBoard is told of trials.
  @Test func aSplitAndEvents() throws {
    let members = [
      "validation": "", "split": "0.5", "tensorboard": "true", "seeds": "[1]",
      "metric": #"{ "name": "AR_100", "goal": "maximize" }"#,
    ]
    let none = try complaint(
      run(members.merging(["data": "\"scenes:count=1,split=held_out\""]) { $1 }))
    #expect(none.contains("split: there is only one image, and no two parts"), "\(none)")
    let answer = try run(members, "--concurrency", "1")
    #expect(answer.status == 0, "\(answer.text)")
    let trial = folder.path("runs/s/trials/0001")
    let names = try FileManager.default.contentsOfDirectory(atPath: trial)
    #expect(names.contains("events.out.tfevents.000001"), "\(names)")
    let events = try Data(contentsOf: URL(filePath: trial + "/events.out.tfevents.0.hparams"))
    for text in ["stages.rpn.terms.rpn_box.weight", "weight=2", "_hparams_/session_end_info"] {
      #expect(events.firstRange(of: Data(text.utf8)) != nil, "\(text)")
    }
    // Half of the four scenes are trained with: another share is other data.
    let changed = try run(
      members.merging(["split": "0.75"]) { $1 }, parameters: [:], "--concurrency", "1")
    #expect(changed.text.contains("split: 0.5 → 0.75"), "\(changed.text)")
  }

  @Test func keysOfTheTrainingAreToldOnce() throws {
    let text = try complaint(run(parameters: ["training.stpes": "{ \"value\": 3 }"]))
    #expect(text.split(separator: "\n").count == 1)
    #expect(text.contains("training.stpes: unknown key \"stpes\"; expected one of steps, "))
    #expect(text.hasPrefix("losskit: error: /s.json:"))
  }

  @Test func dataThatAreNotThere() throws {
    let text = try complaint(run(["data": "\"cells.json\""]))
    #expect(
      text.contains("data: \"cells.json\": no such file beside the sweep file"), "\(text)")
    #expect(
      try complaint(run(["data": "\"scenes:sise=3\""])).contains(
        "data: unknown setting \"sise\"; expected one of seed, split, difficulty, size, count; did you mean \"size\"?"
      ))
  }

  /// A recipe that doesn't fit the model is found by its first step, and told once for all variants.
  @Test func aStepThatCanNotBeDone() throws {
    let text = try complaint(
      run(parameters: ["model.strides": "{ \"value\": [2, 2, 1] }"]))
    #expect(text.split(separator: "\n").count == 1)
    #expect(
      text.hasPrefix("losskit: error: s, all variants: stage rpn: lays priors 8.0 pixels apart"))
    let one = try complaint(
      run(
        ["recipe": "\"\(Reference.path("Configs/recipes/reference_detector.json"))\""],
        parameters: ["model.strides": "{ \"values\": [[2, 2, 2], [2, 2, 1]] }"]))
    #expect(
      one.contains("s, strides=[2,2,1], weight=1 and strides=[2,2,1], weight=2: stage rpn"),
      "\(one)")
  }

  @Test func aTrainerThatIsNotThere() throws {
    let text = try complaint(run(["command": #"["no-such-trainer", "{out}"]"#]))
    #expect(text.contains("command.0: \"no-such-trainer\" is no program in the folders of PATH"))
    let path = try complaint(run(["command": #"["./train.sh", "{out}"]"#]))
    #expect(path.contains("command.0: \"./train.sh\" is no program; paths are relative"))
  }

  @Test func anotherMetricNeedsItsGoal() throws {
    _ = try run([:], "--concurrency", "1")
    func report(_ options: String...) -> Answer {
      Answer(to: ["sweep", "report", folder.path("s.json")] + options)
    }
    #expect(report("--metric", "AR_10").status == 2)
    let answer = report("--metric", "AR_10", "--metric", "AR_100", "--goal", "minimize")
    #expect(answer.status == 0, "\(answer.errors)")
    let header = answer.text.split(separator: "\n").first ?? ""
    #expect(header.contains("AR_10  95 % interval") && header.hasSuffix("AR_100"))
    #expect(report("--metric", "AR_11", "--goal", "maximize").errors.contains("did you mean"))
  }

  @Test func anotherMeaningIsForked() throws {
    _ = try run([:], "--concurrency", "1")
    let changed = ["training.steps": "{ \"value\": 3 }"]
    let refused = try run([:], parameters: changed)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("\n  base.model.training.steps: 2 → 3"), "\(refused.errors)")
    let fork = try run([:], parameters: changed, "--fork", folder.path("new"))
    #expect(fork.errors.contains("0 of 4 trials mean the same and are taken over"))
    #expect(fork.errors.contains("results go to \(folder.path("new"))/"))
  }
}
