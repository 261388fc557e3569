import CommandLineTestSupport
import TestSupport
import Testing

/// The scripts, run by the shells that they are for.
struct CompletionTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("", to: "mine.json")
    try folder.write("", to: "two words.json")
  }

  private func script(_ shell: String) throws -> String {
    let answer = losskit("completion", shell)
    #expect(answer.status == 0 && answer.errors.isEmpty)
    return try folder.write(answer.text, to: "completion.\(shell)")
  }

  /// What a line is completed by, and what it is not.
  private static let lines: [([String], has: [String], lacks: [String])] = [
    (["tr"], ["train", "try"], ["val"]),
    (["sweep", ""], ["run", "status"], ["train", "losses", "mine.json"]),
    (["train", "--sp"], ["--split"], ["--strict"]),
    (["train", "--recipe", "retinanet_t"], ["retinanet_torchvision"], ["retinanet_mmdet"]),
    (["train", "--recipe", "m"], ["mine.json"], ["max_iou"]),
    (["train", "--steps", ""], [], ["mine.json", "scenes", "retinanet_mmdet"]),
    (["train", "--data", "s"], ["scenes"], []),
    (["try", "smooth"], ["smooth_l1"], ["huber"]),
    (["plot", "smooth"], ["smooth_l1"], []),
    (["plot", "ta"], ["targets"], []),
    (["plot", "targets", "ats"], ["atss"], []),
    (["show", "max_i"], ["max_iou"], []),
    (["list", "sa"], ["sampler"], ["softmax_cross_entropy"]),
    (["completion", ""], ["bash", "zsh", "fish"], ["mine.json"]),
    (["check", "two"], ["two words.json"], ["words.json"]),
  ]

  @Test(.enabled(if: Subprocess.finds("bash"), "there is no bash"))
  func `bash`() throws {
    let script = try script("bash")
    for (words, has, lacks) in Self.lines {
      let program = """
        source '\(script)'; COMP_WORDS=(losskit "$@"); COMP_CWORD=$#; _losskit; printf '%s\\n' "${COMPREPLY[@]}"
        """
      try check(
        Subprocess(["bash", "-c", program, "bash"] + words, in: folder.path("")), words, has, lacks)
    }
  }

  @Test(.enabled(if: Subprocess.finds("fish"), "there is no fish"))
  func `fish`() throws {
    let script = try script("fish")
    for (words, has, lacks) in Self.lines {
      let line = (["losskit"] + words).joined(separator: " ")
      let program = "source '\(script)'; complete -C '\(line)' | string replace -r '\\t.*' ''; true"
      try check(
        Subprocess(["fish", "--no-config", "-c", program], in: folder.path("")), words, has, lacks)
    }
  }

  private func check(
    _ process: Subprocess, _ words: [String], _ has: [String], _ lacks: [String]
  ) throws {
    // Some versions of fish escape spaces.
    let lines = process.text.replacing(#"\ "#, with: " ").split(separator: "\n")
    let found = Set(lines.map(String.init))
    #expect(process.status == 0 && found.isSuperset(of: has), "\(words): \(process.text)")
    #expect(found.isDisjoint(with: lacks), "\(words): \(process.text)")
  }

  @Test(.enabled(if: Subprocess.finds("zsh"), "there is no zsh"))
  func `zsh reads its script`() throws {
    // What it offers shows in a terminal alone.
    let script = try script("zsh")
    #expect(try Subprocess(["zsh", "-f", "-n", script]).text == "")
    let loaded = try Subprocess([
      "zsh", "-f", "-c",
      "autoload -Uz compinit && compinit -u -D && . \(script) && echo $_comps[losskit]",
    ])
    #expect(loaded.text == "_losskit\n")
  }

  @Test func `descriptions hold quotes`() throws {
    #expect(
      try String(contentsOfFile: script("zsh"), encoding: .utf8).contains(
        "'\\''losskit list recipe'\\''"))
    #expect(
      try String(contentsOfFile: script("fish"), encoding: .utf8).contains(
        "\\'losskit list recipe\\'"))
  }

  @Test func `the manual has every command, and nothing that is taken for an instruction`() throws {
    let lines = losskit("manual").text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first == #".TH LOSSKIT 1 "" "losskit 0.1.0" "Losses for object detection""#)
    for command in HelpTests.commands {
      #expect(lines.contains(".SS \"losskit \(command.replacing("-", with: "\\-"))\""))
    }
    #expect(lines.contains(".SS \"losskit sweep run\"") && lines.contains(".BR \\-h") == false)
    let macros: Set = [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".nf", ".fi"]
    for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
      #expect(macros.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
  }

  @Test(.enabled(if: Subprocess.finds("mandoc"), "there is no mandoc"))
  func `mandoc finds nothing wrong with the manual`() throws {
    let page = try folder.write(losskit("manual").text, to: "losskit.1")
    #expect(try Subprocess(["mandoc", "-T", "lint", "-W", "error", page]).text == "")
  }
}
