import ResourceLimits
import SeededNumbers
import StrictJSON
import Testing

@Suite struct NearestNameTests {
  private let names = [
    "smooth_l1", "l1", "giou", "ciou", "softmax_cross_entropy", "count", "weight", "beta",
  ]

  @Test(
    arguments: [
      ("cuont", "count"), ("coutn", "count"), ("conut", "count"), ("cnt", nil), ("coun", "count"),
      ("counts", "count"), ("COUNT", "count"), ("SmoothL1", "smooth_l1"),
      ("smooth-l1", "smooth_l1"),
      ("wieght", "weight"), ("diou", "giou"), ("softmax_crossentropy", "softmax_cross_entropy"),
      ("softmax_cros_entorpy", "softmax_cross_entropy"), ("bata", "beta"), ("l2", "l1"),
      ("gamma", nil), ("x", nil), ("", nil), ("sampler", nil), ("l", "l1"),
    ] as [(String, String?)])
  func findsWhatWasMeant(typed: String, meant: String?) {
    #expect(nearestName(to: typed, in: names) == meant)
  }

  @Test func prefersTheCloserName() {
    #expect(nearestName(to: "levels", in: ["labels", "level"]) == "level")
    #expect(nearestName(to: "abc", in: ["abd", "abe"]) == "abd")
    #expect(nearestName(to: "abc", in: [String]()) == nil)
  }

  @Test func findsAnyNameAfterOneSlip() {
    var generator = SeededGenerator(seed: 6)
    let letters = Array("abcdefghijklmnopqrstuvwxyz_")
    for _ in 0..<1_000 {
      let length = Int.random(in: 3...20, using: &generator)
      let name = (0..<length).map { _ in letters.randomElement(using: &generator) ?? "a" }
      var typed = name
      let position = Int.random(in: 0..<length - 1, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: typed.swapAt(position, position + 1)
      case 1: typed.remove(at: position)
      case 2: typed.insert("x", at: position)
      default: typed[position] = "x"
      }
      #expect(nearestName(to: String(typed), in: [String(name)]) == String(name))
    }
  }

  @Test(arguments: [0, 1]) func findsNamesUpToTheLimit(beyond: Int) {
    let name = String(repeating: "a", count: Limits.suggestionCharacters - 1 + beyond)
    #expect(nearestName(to: name + "b", in: [name + "c"]) == (beyond == 0 ? name + "c" : nil))
  }

  @Test func leavesHugeNamesAlone() {
    let name = String(repeating: "a", count: 1 << 20)
    #expect(nearestName(to: name, in: [name + "b", "a"]) == nil)
    #expect(nearestName(to: "a", in: [name]) == nil)
  }
}
