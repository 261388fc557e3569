import LossCore
import ResourceLimits
import StrictJSON

/// A stage of a recipe, after templates were written out.
struct RecipeStage {
  /// The name of the stage.
  let name: String
  /// The key under which the recipe has it, which is that of its template.
  let key: String
  /// What the stage is made of.
  let node: JSONNode
}

extension RecipeReader {
  /// The stages of a recipe; one that has `repeat` is that many stages, one after the other.
  ///
  /// The stages of a template are called `<key>_0`, `<key>_1`, …. In its texts `{index}` stands for the number of
  /// the stage, and `{previous}` for the name of the one before. `each` has what differs: a merge patch a
  /// stage.
  mutating func writtenOut(_ stages: [JSONObject.Member]) -> [RecipeStage] {
    stages.flatMap { member in
      guard case .object(let template) = member.node.value, let count = template["repeat"] else {
        return [RecipeStage(name: member.key, key: member.key, node: member.node)]
      }
      let path: JSONPath = ["stages", member.key]
      let range = NumberRange.between(1, Double(Limits.stageRepeats))
      guard let number = wholeNumber(count, path.appending("repeat"), range),
        let patches = patches(template["each"], of: number, path.appending("each"))
      else { return [] }
      let node = member.node.merging(patch: ["repeat": .null, "each": .null])
      return (0..<number).map { index in
        let patched = patches.isEmpty ? node : node.merging(patch: patches[index])
        let names = TemplateNames(stage: member.key, index: index)
        return RecipeStage(
          name: names.stage(index), key: member.key, node: replacing(names, in: patched, path))
      }
    }
  }

  private mutating func patches(
    _ node: JSONNode?, of count: Int, _ path: JSONPath
  ) -> [JSONNode]? {
    guard let node else { return [] }
    guard case .array(let patches) = node.value, patches.count == count else {
      report(
        node, path, "expected a list of \(count) objects: what differs in each of the stages")
      return nil
    }
    return patches
  }

  /// The node with names in its texts put in.
  private mutating func replacing(
    _ names: TemplateNames, in node: JSONNode, _ path: JSONPath
  ) -> JSONNode {
    switch node.value {
    case .string(let text):
      do throws(TemplateError) {
        return JSONNode(.string(try names.replacing(in: text)), at: node.location)
      } catch {
        report(node, path, error.problem)
        return node
      }
    case .array(let elements):
      let replaced = elements.enumerated().map { replacing(names, in: $1, path.appending($0)) }
      return JSONNode(.array(replaced), at: node.location)
    case .object(let object):
      var result = JSONObject()
      for member in object.members {
        result.set(
          member.key, to: replacing(names, in: member.node, path.appending(member.key)),
          keyLocation: member.keyLocation)
      }
      return JSONNode(.object(result), at: node.location)
    default: return node
    }
  }
}

/// Why a text of a template can't be written out.
private struct TemplateError: Error {
  let problem: String
}

/// What stands for words in braces in the texts of a template.
private struct TemplateNames {
  let stage: String
  let index: Int

  /// The name of a stage of the template.
  func stage(_ index: Int) -> String { "\(stage)_\(index)" }

  func replacing(in text: String) throws(TemplateError) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "{"), let end = rest[start...].firstIndex(of: "}") {
      result += rest[..<start]
      switch rest[rest.index(after: start)..<end] {
      case "index": result += "\(index)"
      case "previous" where index > 0: result += stage(index - 1)
      case "previous":
        throw TemplateError(
          problem: "the first of the stages has no previous one; say in each what it takes")
      case let word:
        throw TemplateError(
          problem: "{\(word)} stands for nothing; there is {index} and {previous}")
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
