import Detector
import LossCore
import Testing

struct SceneTests {
  typealias Settings = SceneDataSet.Settings

  private static let small = ImageSize(height: 48, width: 64)

  private func examples(
    _ settings: Settings, _ indices: Range<Int>
  ) throws -> [Example] {
    let data = try SceneDataSet(settings)
    return try indices.map { try data.example($0) }
  }

  @Test func `a scene is a function of its settings and its index`() throws {
    let settings = Settings(seed: 3, size: Self.small)
    let forwards = try examples(settings, 0..<4)
    let data = try SceneDataSet(settings)
    #expect(try (0..<4).reversed().map { try data.example($0) } == forwards.reversed())
    #expect(Set(forwards.map(\.image.pixels)).count == 4)
    var others = [settings, settings, settings]
    others[0].seed = 4
    others[1].split = .heldOut
    others[2].difficulty = 0.6
    for other in others { #expect(try examples(other, 0..<1) != Array(forwards.prefix(1))) }
    // How many there are doesn't change the ones there are.
    others[0] = settings
    others[0].count = 5
    #expect(try examples(others[0], 0..<4) == forwards)
  }

  /// Whoever changes what is drawn changes everybody's results: not by accident.
  @Test func `scenes stay as they are`() throws {
    let example = try SceneDataSet().example(0)
    // FNV-1a, 64 bits.
    let hash = example.image.pixels.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    #expect(hash == 4_988_513_119_082_613_317)
    #expect(example.objects.labels == [6, 5, 1, 2])
    #expect(
      example.objects.boxes == [
        Box(107, 15, 126, 34), Box(0, 71, 22, 92), Box(66, 64, 91, 89), Box(6, 14, 53, 67),
      ])
  }

  @Test(arguments: [0, 0.5, 1]) func `boxes are whole pixels of the image`(difficulty: Double)
    throws
  {
    let size = ImageSize(height: 90, width: 60)
    for example in try examples(Settings(difficulty: difficulty, size: size), 0..<12) {
      #expect(example.image.size == size)
      let boxes = example.objects.boxes
      #expect(boxes.count == example.objects.labels.count)
      #expect(example.objects.labels.allSatisfy { (1...6).contains($0) })
      for box in boxes + example.objects.ignoredRegions {
        #expect(box.coordinates.allSatisfy { $0 == $0.rounded() })
        #expect(box == box.clipped(to: size))
      }
      let smallest = Float(SceneDataSet.smallestSide)
      #expect(boxes.allSatisfy { min($0.width(), $0.height()) >= smallest })
    }
  }

  /// On easy scenes a shape differs from the ground by more than texture and noise do.
  @Test func `a box holds its shape and nothing else`() throws {
    var checked = 0
    for example in try examples(Settings(seed: 7, difficulty: 0, size: Self.small), 0..<30) {
      for (index, box) in example.objects.boxes.enumerated() {
        let others = example.objects.boxes.enumerated().filter { $0.offset != index }
        let around = Box(box.x1 - 3, box.y1 - 3, box.x2 + 3, box.y2 + 3)
        let isAlone = others.allSatisfy { $0.element.intersection(around) == 0 }
        let view = SceneView(example.image, around: box)
        guard isAlone, view.isInside else { continue }
        checked += 1
        // The outermost rows and columns of the box have a pixel of the shape, those outside have none.
        for side in SceneView.Side.allCases {
          #expect(view.largestDifference(side, outside: 0) > 0.2)
          #expect(view.largestDifference(side, outside: 2) < 0.2)
        }
      }
    }
    #expect(checked > 20)
  }

  @Test func `easy scenes cover nothing, difficult ones do`() throws {
    func largestOverlap(_ difficulty: Double) throws -> Float {
      try examples(Settings(difficulty: difficulty, size: Self.small), 0..<20).flatMap { example in
        let boxes = example.objects.boxes
        return boxes.indices.flatMap { i in boxes[..<i].map { $0.iou(boxes[i]) } }
      }.max() ?? 0
    }
    #expect(try largestOverlap(0) == 0)
    #expect(try largestOverlap(1) > 0.1)
  }

  @Test func `classes differ in how common they are`() throws {
    let labels = try examples(Settings(difficulty: 1, size: .init(height: 32, width: 32)), 0..<150)
      .flatMap(\.objects.labels)
    let counts = (1...6).map { label in labels.count { $0 == label } }
    #expect(counts.allSatisfy { $0 > 0 })
    #expect(counts[0] > counts[2] && counts[1] > counts[3] && counts[2] > counts[5])
    #expect(SceneDataSet.classNames.count == 6)
  }

  @Test func `annotations are the objects and the ignored regions`() throws {
    let data = try SceneDataSet(Settings(difficulty: 1, size: Self.small, count: 40))
    for index in 0..<10 {
      #expect(try data.annotations(index) == data.example(index).objects.annotations)
    }
  }

  @Test(arguments: [
    (Settings(difficulty: 1.5), "difficulty 1.5; expected 0 to 1"),
    (Settings(difficulty: .nan), "difficulty nan; expected 0 to 1"),
    (
      Settings(size: .init(height: 31, width: 32)),
      "size 32x31; expected sides of 32 to 4096 pixels"
    ),
    (Settings(count: 0), "count 0; expected 1 to 1000000"),
  ])
  func `settings out of range`(settings: Settings, problem: String) {
    #expect(throws: DataError("scenes", problem)) { try SceneDataSet(settings) }
  }

  @Test(arguments: [-1, 5, .max]) func `scenes that aren't there`(index: Int) throws {
    let data = try SceneDataSet(Settings(count: 5))
    #expect(throws: DataError("scene \(index)", "there are 5 scenes, from 0 to 4")) {
      try data.example(index)
    }
  }
}
