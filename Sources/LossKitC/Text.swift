import CLibrary
import LossKit

/// A copy of `text` for the caller of a C function, who frees it.
func text(_ text: String) -> UnsafeMutablePointer<CChar>? { strdup(text) }

/// The JSON of `node` on one line.
func text(_ node: JSONNode) -> UnsafeMutablePointer<CChar>? { text(json(node)) }

/// The JSON of `node` on one line.
func json(_ node: JSONNode) -> String {
  // Numbers that JSON lacks were replaced by whoever made the node.
  (try? node.text(.compact)) ?? "null"
}
