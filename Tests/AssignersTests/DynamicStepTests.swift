import LossKit
import Testing

/// The documented steps of SimOTA and dynamic soft labels, each on a scene small enough to work out by hand.
struct DynamicStepTests {
  let whole = Box(0, 0, 100, 100)
  /// A point in the middle of `whole`, of a level with a stride of 8.
  let inside = square(50, 50, side: 8)
  /// Points of that level in a row through the middle.
  func points(_ count: Int) -> [Box] { (0..<count).map { square(50 + Float($0), 50, side: 8) } }
  /// A box that shares `percent` of its area with `whole`, which holds it.
  func part(_ percent: Float) -> Box { Box(0, 0, percent, 100) }

  /// Assigns by scores of one class.
  func assign(
    _ name: String, _ priors: [Box], _ boxes: [Box], _ scores: [Float], _ objects: [Box],
    labels: [Int] = [], regions: [Box] = [], objectness: [Float]? = nil, stride: Double? = 8,
    _ values: [String: ParameterValue] = [:]
  ) throws -> Assignment {
    let scene = PredictedScene(
      levels: [(stride, priors)], objects: objects, labels: labels, regions: regions, boxes: boxes,
      scores: scores, objectness: objectness ?? [])
    guard name == "sim_ota" else { return try scene.assign(DynamicSoftLabelAssigner(values)) }
    return try scene.assign(
      SimOTAAssigner(values.merging(["objectness": .boolean(objectness != nil)]) { $1 }))
  }

  @Test(arguments: ["sim_ota", "dynamic_soft_label"])
  func `an object takes as many priors as its overlaps add up to`(name: String) throws {
    let priors = points(6)
    func count(_ overlaps: [Float], _ values: [String: ParameterValue] = [:]) throws -> Int {
      let found = try assign(
        name, priors, overlaps.map(part), priors.map { _ in 0.5 }, [whole], values)
      return found.matches.filter { $0 == 0 }.count
    }
    #expect(try count([100, 100, 100, 0, 0, 0]) == 3)
    #expect(try count([50, 50, 50, 25, 0, 0]) == 1)
    #expect(try count([50, 50, 50, 25, 25, 0]) == 2)
    #expect(try count([10, 0, 0, 0, 0, 0]) == 1)
    #expect(try count([0, 0, 0, 0, 0, 0]) == 1)
    #expect(try count([100, 100, 100, 100, 100, 100]) == 6)
    #expect(try count([100, 100, 100, 100, 100, 100], ["top_k": 2]) == 2)
  }

  @Test(arguments: ["sim_ota", "dynamic_soft_label"])
  func `it takes those of least cost, by class, overlap and order`(name: String) throws {
    func matches(_ boxes: [Box], _ scores: [Float]) throws -> [Int32] {
      try assign(name, boxes.map { _ in inside }, boxes, scores, [whole]).matches
    }
    #expect(try matches([part(20), part(30), part(20)], [0.5, 0.5, 0.5]) == [-1, 0, -1])
    #expect(try matches([part(20), part(20), part(20)], [0.5, 0.5, 0.5]) == [0, -1, -1])
    // The class outweighs 3 log 1.5 where 1 is right for it, and not where 0.3 is.
    let isSimOTA = name == "sim_ota"
    #expect(try matches([part(20), part(30)], [0.6, 0.1]) == (isSimOTA ? [0, -1] : [-1, 0]))
    #expect(try matches([part(20), part(20)], [0.7, 0.3]) == (isSimOTA ? [0, -1] : [-1, 0]))
    // Where no box overlaps, classes and places decide.
    let far = Box(200, 0, 300, 100)
    #expect(try matches([far, far], [0.2, 0.9]) == (isSimOTA ? [-1, 0] : [0, -1]))
  }

  @Test(arguments: ["sim_ota", "dynamic_soft_label"])
  func `a prior that several took goes to the one it costs least with`(name: String) throws {
    let objects = [whole, Box(0, 0, 100, 90), Box(0, 0, 100, 80)]
    let found = try assign(name, [inside], [Box(0, 0, 100, 88)], [0.5], objects)
    #expect(found.matches == [1] && found.quality == [Float(8800) / 9000])
    #expect(
      try assign(name, [inside], [whole], [0.5], [whole, whole, whole]).matches == [0])
    #expect(
      try assign(
        name, [inside], [whole], [0.5, 0.1, 0.9], [whole, whole, whole], labels: [2, 3, 1]
      )
      .matches == [1])
  }

  @Test(arguments: ["sim_ota", "dynamic_soft_label"])
  func `priors in ignored regions are ignored, and no candidates`(name: String) throws {
    let found = try assign(
      name, [inside, square(60, 50, side: 8)], [whole, part(50)], [0.5, 0.5], [whole],
      regions: [Box(46, 46, 51, 54)])
    #expect(found.matches == [Assignment.ignored, 0] && found.quality == [0, 0.5])
  }

  @Test(arguments: ["sim_ota", "dynamic_soft_label"])
  func `nothing to match, and more objects than priors`(name: String) throws {
    let far = square(300, 300, side: 8)
    #expect(try assign(name, [far, far], [whole, whole], [1, 1], [whole]).matches == [-1, -1])
    let found = try assign(name, [inside, far], [], [], [], regions: [far])
    #expect(found.matches == [-1, Assignment.ignored] && found.quality == [0, 0])
    #expect(try assign(name, [], [], [], [whole]).matches == [])
    let objects = (0..<10_000).map { _ in whole }
    let many = try assign(name, [inside, inside], [whole, part(50)], [0.5, 0.5], objects)
    #expect(many.matches == [0, -1])
  }

  @Test(arguments: ["sim_ota", "dynamic_soft_label"])
  func `what can't be weighed is named`(name: String) throws {
    func complaint(
      _ boxes: [Box], _ scores: [Float], objectness: [Float]? = nil, stride: Double? = 8
    ) -> String? {
      do {
        _ = try assign(
          name, [inside, inside], boxes, scores, [whole, whole], labels: [1, 2],
          objectness: objectness, stride: stride)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(
      complaint([whole, Box(.nan, 0, 1, 1)], [1, 1, 1, 1])
        == "\(name): the predicted box of prior 1 is [nan, 0.0, 1.0, 1.0], so that it can't be held "
        + "against ground truth 0; expected finite numbers")
    #expect(
      complaint([whole, whole], [1, 1, 1, .nan])
        == "\(name): the score of prior 1 for class 2 is nan, so that it can't be matched with ground "
        + "truth 1; expected a probability from 0 to 1")
    #expect(
      complaint([whole, whole], [1, 1, 1, 1], stride: nil)
        == "priors: lie on no feature map; \(name) reads the strides of their levels")
    // Sure and wrong costs much, and is no error.
    #expect(complaint([whole, whole], [0, 1, 1, 0]) == nil)
    guard name == "sim_ota" else { return }
    #expect(
      complaint([whole, whole], [1, 1, 1, 1], objectness: [1])
        == "sim_ota: reads objectness, of which there are 1 for 2 priors")
    #expect(
      complaint([whole, whole], [1, 1, 1, 1], objectness: [1, .infinity])
        == "sim_ota: the objectness of prior 1 is inf, so that it can't be matched with ground truth 0; "
        + "expected a probability from 0 to 1")
  }

  @Test(arguments: ["sim_ota", "dynamic_soft_label"])
  func `priors and objects that aren't finite trap nowhere`(name: String) throws {
    let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0]
    let boxes = odd.flatMap { first in odd.map { Box(first, 0, $0, 10) } }
    let found = try assign(
      name, boxes, boxes.map { _ in whole }, boxes.map { _ in 1 }, boxes, regions: boxes)
    #expect(found.matches.count == boxes.count && found.quality.allSatisfy(\.isFinite))
  }

  // MARK: SimOTA

  @Test func `priors should lie in the box and near its centre`() throws {
    // 20 is 2.5 strides.
    let (near, edge) = (square(69, 50, side: 8), square(70, 50, side: 8))
    func matches(_ priors: [Box], _ object: Box, _ values: [String: ParameterValue]) throws
      -> [Int32]
    {
      let scores = priors.indices.map { $0 == 0 ? Float(0.1) : 0.9 }
      return try assign(
        "sim_ota", priors, priors.map { _ in object }, scores, [object],
        values.merging(["top_k": 1]) { $1 }
      ).matches
    }
    // The sure one at the edge isn't near.
    #expect(try matches([near, edge], whole, [:]) == [0, -1])
    #expect(try matches([near, edge], whole, ["center_radius": 2.6]) == [-1, 0])
    #expect(try matches([near, edge], whole, ["outside_cost": 1]) == [-1, 0])
    #expect(try matches([near, edge], whole, ["region": "center"]) == [0, -1])
    // Near a small box, but not in it.
    let small = Box(45, 45, 55, 55)
    #expect(try matches([inside, near], small, [:]) == [0, -1])
    #expect(try matches([inside, near], small, ["region": "center"]) == [-1, 0])
    // Where none lies in it, the sure one near it is taken, or one that only the box holds.
    #expect(try matches([near, square(65, 50, side: 8)], small, [:]) == [-1, 0])
    #expect(try matches([square(90, 50, side: 8)], whole, [:]) == [0])
    #expect(try matches([square(90, 50, side: 8)], whole, ["region": "center"]) == [-1])
  }

  @Test func `a probability is the root of those of class and object`() throws {
    // √(0.5 · 0.5) against √(0.9 · 0.1).
    #expect(
      try assign(
        "sim_ota", [inside, inside], [part(50), part(50)], [0.9, 0.5], [whole],
        objectness: [0.1, 0.5]
      ).matches == [-1, 0])
    #expect(try SimOTAAssigner().reads == [.strides, .scores, .objectness, .boxes])
    #expect(try SimOTAAssigner(["objectness": false]).reads == [.strides, .scores, .boxes])
  }

  @Test func `weights decide between class and overlap`() throws {
    // 2.3 and 0.7 of the class, 0.7 and 1.4 of the overlap.
    func matches(_ values: [String: ParameterValue]) throws -> [Int32] {
      try assign("sim_ota", [inside, inside], [part(50), part(25)], [0.1, 0.5], [whole], values)
        .matches
    }
    #expect(try matches([:]) == [0, -1])
    #expect(try matches(["iou_weight": 1]) == [-1, 0])
    #expect(try matches(["iou_weight": 0]) == [-1, 0])
    #expect(try matches(["class_weight": 2]) == [-1, 0])
    #expect(try matches(["class_weight": 0]) == [0, -1])
  }

  // MARK: Dynamic soft labels

  @Test func `a place costs ten times as much for each stride`() throws {
    // 0.001 · 10² against 0.001 · 10³, and 3 log 1.25 = 0.67.
    let priors = [square(74, 50, side: 8), square(66, 50, side: 8)]
    func matches(_ values: [String: ParameterValue]) throws -> [Int32] {
      try assign(
        "dynamic_soft_label", priors, [part(50), part(40)], [0.5, 0.4], [whole], values
      ).matches
    }
    #expect(try matches([:]) == [-1, 0])
    #expect(try matches(["center_radius": 4]) == [0, -1])
    #expect(try matches(["iou_weight": 10]) == [0, -1])
  }

  @Test func `a prior too far away for a number isn't taken`() throws {
    let wide = Box(0, 0, 1000, 100)
    for (x, match) in [(890, -1), (800, 0)] as [(Float, Int32)] {
      #expect(
        try assign("dynamic_soft_label", [square(x, 50, side: 8)], [wide], [1], [wide]).matches
          == [match])
    }
  }
}
