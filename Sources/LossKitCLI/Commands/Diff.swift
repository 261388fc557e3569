import CommandLineKit
import LossKit

extension Command {
  private static let first = Argument.required(.recipe("A"), help: Options.recipeHelp)
  private static let second = Argument.required(.recipe("B"), help: "Another.")

  /// `losskit diff`.
  static let diff = Command(
    "diff", summary: "Show what differs between two recipes, a line a place.",
    discussion: """
      A line has the path, what A has there, and what B has there; a dash where one has nothing. Both \
      are compared with all that they extend, as `losskit show` has them. Nothing is checked.
      """,
    arguments: [first, second, Options.json],
    examples: [
      UsageExample(
        "losskit diff faster_rcnn_tf faster_rcnn_torchvision", "Compare two shipped recipes."),
      UsageExample(
        "losskit diff faster_rcnn_torchvision mine.json", "See what a recipe of one's own changes."),
    ]
  ) { call in
    let differences = JSONDifference.all(
      from: try DetectionRecipe.standalone(contentsOf: try call[first]),
      to: try DetectionRecipe.standalone(contentsOf: try call[second]))
    if try call[Options.json] {
      try call.output.print(json: JSONNode(differences.map(\.node)))
    } else {
      for difference in differences { try call.output.print("\(difference)") }
    }
  }
}

extension JSONDifference {
  /// The path, and what stands there where there is something.
  fileprivate var node: JSONNode {
    JSONNode(JSONObject(["path": JSONNode(path.description), "old": old, "new": new]))
  }
}
