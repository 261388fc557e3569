/// The script for zsh.
func zshCompletion(of tool: String, _ places: [CompletionPlace]) -> String {
  let paths = places.dropFirst().map(\.path.shellQuoted).joined(separator: " | ")
  let values = places.flatMap { place in
    place.valueOptions.map { option in
      let patterns = option.names.map { "\(place.path) \($0)".shellQuoted }.joined(separator: " | ")
      let words = option.completion.words().map { (name: $0, help: "") }
      return "    (\(patterns)) \(offer(words, option.completion.offersFiles)) ;;"
    }
  }
  let commands = places.map { place in
    let options = place.options.map { described(($0.label, $0.shortHelp)) }.joined(separator: " ")
    let words = place.subcommands + place.words.map { (name: $0, help: "") }
    return """
            (\(place.path.shellQuoted))
              options=(\(options)) \(offer(words, place.offersFiles)) ;;
      """
  }
  return """
    #compdef \(tool)
    # Completion of \(tool) for zsh, made by '\(tool) completion zsh'.
    _\(tool)() {
      local at=\(tool) previous= files= i
      local -a options names
      for ((i = 2; i < CURRENT; i++)); do
        previous=${words[i]}
        case "$at $previous" in
        (\(paths)) at="$at $previous" ;;
        esac
      done
      case "$at $previous" in
    \(values.joined(separator: "\n"))
      (*)
        case $at in
    \(commands.joined(separator: "\n"))
        esac ;;
      esac
      if [[ $PREFIX == -* ]]; then
        _describe -o option options
        return
      fi
      (( $#names )) && _describe name names
      [[ -n $files ]] && _files
    }
    if [[ $funcstack[1] == _\(tool) ]]; then _\(tool) "$@"; else compdef _\(tool) \(tool); fi
    """
}

private func offer(_ words: [CompletionPlace.Word], _ offersFiles: Bool) -> String {
  "names=(\(words.map(described).joined(separator: " "))) files=\(offersFiles ? "1" : "")"
}

/// A word as `_describe` takes it: colons part it from its description.
private func described(_ word: CompletionPlace.Word) -> String {
  let name = word.name.replacing(":", with: #"\:"#)
  return (word.help.isEmpty ? name : "\(name):\(word.help.firstSentence)").shellQuoted
}
