/// The script for fish, of version 3 or newer.
func fishCompletion(of tool: String, _ places: [CompletionPlace]) -> String {
  let paths = places.dropFirst().map { quoted($0.path) }.joined(separator: " ")
  let lines = places.flatMap { place in
    let start = "complete -c \(tool) -n \(quoted("__\(tool)_at \(quoted(place.path))"))"
    let options = place.options.map { option in
      let short = option.short.map { " -s \($0)" } ?? ""
      return "\(start) -l \(option.name)\(short)\(value(of: option)) -d \(quoted(option.shortHelp))"
    }
    let subcommands = place.subcommands.map {
      "\(start) -a \(quoted($0.name)) -d \(quoted($0.help.firstSentence))"
    }
    let words =
      place.words.isEmpty ? [] : ["\(start) -a \(quoted(place.words.joined(separator: " ")))"]
    return options + subcommands + words + (place.offersFiles ? ["\(start) -F"] : [])
  }
  return """
    # Completion of \(tool) for fish, made by '\(tool) completion fish'.
    function __\(tool)_at
      set -l at \(tool)
      for word in (commandline -opc)[2..]
        contains -- "$at $word" \(paths); and set at "$at $word"
      end
      test "$at" = "$argv[1]"
    end
    complete -c \(tool) -f
    \(lines.joined(separator: "\n"))
    """
}

/// How the value of an option is completed; nothing for a flag.
private func value(of option: AnyArgument) -> String {
  guard option.form == .option else { return "" }
  let words = option.completion.words()
  let list = words.isEmpty ? "" : " -a \(quoted(words.joined(separator: " ")))"
  return (option.completion.offersFiles ? " -r -F" : " -x") + list
}

private func quoted(_ text: String) -> String {
  "'" + text.replacing("\\", with: #"\\"#).replacing("'", with: #"\'"#) + "'"
}
