import LossKit
import TestSupport
import Testing

/// Where a layout looks for the row of a prior.
struct LayoutTests {
  /// The rule, said naively: the letters in the order in which they are written index an array of
  /// that many axes; brackets and white space only group them.
  @Test(arguments: 0..<200)
  func `a row is where the letters in their order say`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let layout = RandomLayout(using: &random)
    let counts = layout.priorCounts
    let scene = Scene(priors: counts, classes: layout.slots - 1, seed: UInt64(seed))

    var predictions: [String: Tensor<Double>] = [:]
    var expected: [String: [Double]] = [:]
    var firstPrior = 0
    for (level, lengths) in layout.levels.enumerated() {
      let prediction = try randomTensor(
        layout.shape(level: level), seed: UInt64(1000 + 10 * seed + level))
      var gradient = [Double](repeating: 0, count: prediction.count)
      for offset in prediction.elements.indices {
        let place = layout.place(offset, level: level)
        let image: Int
        let prior: Int
        if layout.letters.contains("r") {
          (image, prior) = layout.prior(ofRow: place["r"] ?? 0)
        } else if layout.letters.contains("p") {
          (image, prior) = (place["n"] ?? 0, place["p"] ?? 0)
        } else {
          let cell = (place["h"] ?? 0) * (lengths["w"] ?? 1) + (place["w"] ?? 0)
          image = place["n"] ?? 0
          prior = firstPrior + cell * (lengths["a"] ?? 1) + (place["a"] ?? 0)
        }
        guard let target = try scene.boxTarget(image: image, prior: prior),
          place["k"] == nil || place["k"] == scene.label(image: image, prior: prior)
        else { continue }
        gradient[offset] =
          2 * (prediction.elements[offset] - Double(target[place["c"] ?? 0]))
      }
      predictions["level \(level)"] = prediction
      expected["level \(level)"] = gradient
      firstPrior += layout.priorsOfLevel(level)
    }

    let term = Term(
      name: "term", predictions: layout.levels.indices.map { "level \($0)" },
      layout: try Layout(layout.text), target: .box, loss: try L2Loss(),
      normalizer: Normalizer(.constant(1)))
    let objective = try scene.objective(
      priorsPerCell: layout.isOnMap ? layout.levels.map { $0["a"] ?? 1 } : nil, [term])
    let targets = try objective.targets(
      ofStage: "stage", for: scene.batch, featureMaps: layout.featureMaps)
    let result = try objective.evaluate(predictions, against: [targets])
    for (name, gradient) in expected {
      #expect(result.gradients[name]?.elements == gradient, "\(layout.text)")
    }
  }

  @Test func `a layout is so long at most`() throws {
    let longest = "r" + String(repeating: " ", count: 255)
    #expect(try Layout(longest).description == longest)
    #expect(
      complaint { try Layout(longest + " ") } == "layout: is 257 bytes long; expected 256 at most")
  }

  @Test func `a layout is written as it was read`() throws {
    #expect(try Layout(" n(c a)h  w").description == " n(c a)h  w")
  }

  @Test func `empty brackets are an axis of length 1`() throws {
    let scene = Scene(matches: [[0, -1]], labels: [[1]])
    let prediction = try Tensor(shape: [1, 2, 1], elements: [3.0, 2.0])
    let term = try Term.of("x", layout: "() r ()", target: .objectness, try L2Loss())
    #expect(try scene.evaluate([term], ["x": prediction]).total == 8)
    #expect(
      complaint {
        try scene.evaluate(
          [term], ["x": try Tensor(repeating: 0.0, shape: [2, 2, 1])])
      } == """
        prediction "x": shape [2, 2, 1] doesn't fit layout "() r ()" with r = 2: axis 0, (), is 2, \
        expected 1
        """)
  }
}

/// A layout of a box prediction with its axes in any order and any brackets.
struct RandomLayout {
  var letters: [Character]
  var text = ""
  /// For each level the length of each letter.
  var levels: [[Character: Int]]
  /// The letters of each axis of the tensor.
  private var groups: [[Character]] = []
  let slots: Int

  init(using random: inout SeededGenerator) {
    let slots = Int.random(in: 2...4, using: &random)
    let images = Int.random(in: 1...3, using: &random)
    var lengths: [Character: Int] = ["c": 4, "k": slots, "n": images]
    var letters: [Character]
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      letters = ["r", "c"]
      lengths["r"] = Int.random(in: 3...12, using: &random)
    case 1:
      letters = ["n", "p", "c"]
      lengths["p"] = Int.random(in: 1...9, using: &random)
    default:
      letters = ["n", "h", "w", "a", "c"]
    }
    if images == 1, Bool.random(using: &random) { letters.removeAll { $0 == "n" } }
    let isOnMap = letters.contains("h")
    let hasCellPriors = Bool.random(using: &random)
    if !hasCellPriors { letters.removeAll { $0 == "a" } }
    if Bool.random(using: &random) { letters.append("k") }
    letters.shuffle(using: &random)

    levels = (0..<(isOnMap ? Int.random(in: 1...3, using: &random) : 1)).map { _ in
      var lengths = lengths
      if isOnMap {
        lengths["h"] = Int.random(in: 1...4, using: &random)
        lengths["w"] = Int.random(in: 1...4, using: &random)
        lengths["a"] = hasCellPriors ? Int.random(in: 1...3, using: &random) : 1
      }
      return lengths
    }
    self.letters = letters
    self.slots = slots

    var rest = letters[...]
    while !rest.isEmpty {
      let group = Array(rest.prefix(Int.random(in: 1...3, using: &random)))
      let isBracketed = group.count > 1
      groups.append(group)
      let written = group.map(String.init).joined(separator: " ")
      text += (text.isEmpty ? "" : " ") + (isBracketed ? "(\(written))" : written)
      rest = rest.dropFirst(group.count)
    }
  }

  var isOnMap: Bool { letters.contains("h") }

  var featureMaps: [FeatureMap] {
    isOnMap ? levels.map { FeatureMap(height: $0["h"] ?? 1, width: $0["w"] ?? 1) } : []
  }

  func shape(level: Int) -> [Int] {
    groups.map { $0.reduce(1) { $0 * (levels[level][$1] ?? 1) } }
  }

  func priorsOfLevel(_ level: Int) -> Int {
    let lengths = levels[level]
    return (lengths["h"] ?? 1) * (lengths["w"] ?? 1) * (lengths["a"] ?? 1)
  }

  /// The priors of each image; those of `r` are shared out unevenly between three.
  var priorCounts: [Int] {
    let images = levels[0]["n"] ?? 1
    if let rows = levels[0]["r"] { return [rows / 3, 1, rows - rows / 3 - 1] }
    if let priors = levels[0]["p"] { return Array(repeating: priors, count: images) }
    return Array(
      repeating: levels.indices.reduce(0) { $0 + priorsOfLevel($1) }, count: images)
  }

  /// The image of a row along `r`, and which of its priors it is.
  func prior(ofRow row: Int) -> (image: Int, prior: Int) {
    let places = priorCounts.enumerated().flatMap { image, count in
      (0..<count).map { (image, $0) }
    }
    return places[row]
  }

  /// The index along each letter of the element at `offset`.
  func place(_ offset: Int, level: Int) -> [Character: Int] {
    var rest = offset
    var place: [Character: Int] = [:]
    for letter in letters.reversed() {
      let length = levels[level][letter] ?? 1
      place[letter] = rest % length
      rest /= length
    }
    return place
  }
}
