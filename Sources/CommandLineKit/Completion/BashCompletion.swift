/// The script for bash, of version 3.2 or newer.
func bashCompletion(of tool: String, _ places: [CompletionPlace]) -> String {
  let paths = places.dropFirst().map(\.path.shellQuoted).joined(separator: " | ")
  let values = places.flatMap { place in
    place.valueOptions.map { option in
      let patterns = option.names.map { "\(place.path) \($0)".shellQuoted }.joined(separator: " | ")
      return
        "    \(patterns)) \(offer(option.completion.words(), option.completion.offersFiles)) ;;"
    }
  }
  let commands = places.map { place in
    let options = place.options.map(\.label).joined(separator: " ")
    let words = place.subcommands.map(\.name) + place.words
    return """
            \(place.path.shellQuoted))
              options=\(options.shellQuoted) \(offer(words, place.offersFiles)) ;;
      """
  }
  return """
    # Completion of \(tool) for bash, made by '\(tool) completion bash'.
    _\(tool)() {
      local at=\(tool) previous= options= words= files= i
      local current=${COMP_WORDS[COMP_CWORD]}
      for ((i = 1; i < COMP_CWORD; i++)); do
        previous=${COMP_WORDS[i]}
        case "$at $previous" in
        \(paths)) at="$at $previous" ;;
        esac
      done
      case "$at $previous" in
    \(values.joined(separator: "\n"))
      *)
        case "$at" in
    \(commands.joined(separator: "\n"))
        esac ;;
      esac
      if [[ $current == -* ]]; then words=$options files=; fi
      COMPREPLY=($(compgen -W "$words" -- "$current"))
      if [[ $files ]]; then
        local IFS=$'\\n'
        compopt -o filenames 2>/dev/null
        COMPREPLY+=($(compgen -f -- "$current"))
      fi
    }
    complete -F _\(tool) \(tool)
    """
}

private func offer(_ words: [String], _ offersFiles: Bool) -> String {
  "words=\(words.joined(separator: " ").shellQuoted) files=\(offersFiles ? "1" : "")"
}
