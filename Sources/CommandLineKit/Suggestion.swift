/// The part of a message that proposes `name`; empty where there is nothing to propose.
func suggestion(_ name: String?) -> String {
  name.map { "; did you mean \($0.quoted)?" } ?? ""
}
