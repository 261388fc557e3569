import Foundation

/// The command that trains a trial: words with placeholders for what differs between trials.
public struct TrainerCommand: Sendable, Equatable {
  /// What a word of the command may stand for.
  public enum Placeholder: String, Sendable, CaseIterable {
    /// The `losskit` command itself.
    case losskit
    /// The file of the trial's recipe.
    case recipe
    /// The file of the trial's settings of model and training.
    case model
    /// The images to train with.
    case data
    /// The images to evaluate with.
    case validation
    /// The share of the images to train with, where the rest is to evaluate with.
    case split
    /// The trial's seed.
    case seed
    /// How many threads the trainer may use.
    case threads
    /// The folder of the trial, which takes `metrics.jsonl`.
    case out
    /// The number of the trial's folder.
    case index
    /// Which of the trials that a runner runs at once this is, from 0: the number of a device, for instance.
    case slot
  }

  /// The words, placeholders such as `{seed}` in them.
  public let words: [String]

  /// The words with all placeholders replaced that `values` has; others stay as they are.
  func words(with values: [Placeholder: String]) -> [String] {
    words.map { word in
      var text = ""
      var rest = word[...]
      while let match = Self.firstPlaceholder(in: rest) {
        text += rest[..<match.range.lowerBound]
        let value = Placeholder(rawValue: match.name).flatMap { values[$0] }
        text += value ?? String(rest[match.range])
        rest = rest[match.range.upperBound...]
      }
      return text + rest
    }
  }

  /// The words of the reference detector's training.
  static func standard(
    hasValidation: Bool, hasSplit: Bool = false, writesEvents: Bool = false
  ) -> [String] {
    ["{losskit}", "train", "--recipe", "{recipe}", "--model", "{model}", "--data", "{data}"]
      + (hasValidation ? ["--validation", "{validation}"] : [])
      + (hasSplit ? ["--split", "{split}"] : [])
      + (writesEvents ? ["--tensorboard", "{out}"] : [])
      + ["--seed", "{seed}", "--threads", "{threads}", "--out", "{out}"]
  }

  /// The names in braces in `word`, known or not; a shell's `${name}` is none.
  static func placeholders(in word: String) -> [String] {
    var names: [String] = []
    var rest = word[...]
    while let match = firstPlaceholder(in: rest) {
      names.append(match.name)
      rest = rest[match.range.upperBound...]
    }
    return names
  }

  private static func firstPlaceholder(
    in text: Substring
  ) -> (range: Range<Substring.Index>, name: String)? {
    var start = text.startIndex
    while let opening = text[start...].firstIndex(of: "{") {
      let inside = text.index(after: opening)
      let name = text[inside...].prefix { ("a"..."z").contains($0) || $0 == "_" }
      let isShell = opening > text.startIndex && text[text.index(before: opening)] == "$"
      if !isShell, !name.isEmpty, name.endIndex < text.endIndex, text[name.endIndex] == "}" {
        return (opening..<text.index(after: name.endIndex), String(name))
      }
      start = inside
    }
    return nil
  }
}
