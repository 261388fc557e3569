import LossCore

/// The pixels of a scene as they are drawn, and whose they are.
struct SceneCanvas {
  private let scene: Scene
  private let width, height: Int
  private var colors: [SIMD3<Float>]
  /// The texture of each pixel, in about -1 … 1.
  private var texture: [Float] = []
  /// For each pixel the position of the figure that it shows, or -1 for the ground.
  private var owners: [Int]
  /// For each figure the number of pixels that it has, those outside of the image included.
  private var sizes: [Int] = []

  /// An empty canvas for `scene`.
  init(_ scene: Scene) {
    self.scene = scene
    (width, height) = (scene.settings.size.width, scene.settings.size.height)
    colors = Array(repeating: .zero, count: width * height)
    owners = Array(repeating: -1, count: width * height)
  }

  /// Draws the scene.
  mutating func draw() {
    drawGround()
    for index in scene.figures.indices { draw(index) }
    addLightAndNoise()
  }

  private mutating func drawGround() {
    var random = SceneRandom(scene.settings, index: scene.index, purpose: 1)
    let coarse = LatticeNoise(&random, width: width, height: height, spacing: 24)
    let fine = LatticeNoise(&random, width: width, height: height, spacing: 5)
    texture.reserveCapacity(width * height)
    for y in 0..<height {
      var row = [Float](repeating: 0, count: width)
      coarse.add(0.65, y: y, to: &row)
      fine.add(0.35, y: y, to: &row)
      texture += row
    }
    let middle = (scene.ground.0 + scene.ground.1) / 2
    let spread = (scene.ground.1 - scene.ground.0) / 2
    for pixel in colors.indices { colors[pixel] = middle + spread * (2 * texture[pixel]) }
  }

  private mutating func draw(_ index: Int) {
    let figure = scene.figures[index]
    let grain = 0.35 * Float(scene.settings.difficulty)
    // Distances in the figure's own units become pixels along its narrower side.
    let pixels = min(figure.halfWidth, figure.halfHeight)
    var size = 0
    for y in Int((figure.y - figure.drop).rounded(.down)) - 1...Int(figure.y + figure.drop) + 1 {
      for x in Int((figure.x - figure.reach).rounded(.down)) - 1...Int(figure.x + figure.reach) + 1
      {
        let (right, down) = (Float(x) + 0.5 - figure.x, Float(y) + 0.5 - figure.y)
        let u = (right * figure.cosine + down * figure.sine) / figure.halfWidth
        let v = (down * figure.cosine - right * figure.sine) / figure.halfHeight
        let distance = figure.shape?.distance(u, v) ?? max(abs(u), abs(v)) - 1
        let coverage = 0.5 - distance * pixels
        guard coverage > 0 else { continue }
        if coverage >= 0.5 { size += 1 }
        guard (0..<width).contains(x), (0..<height).contains(y) else { continue }
        let pixel = y * width + x
        let color = figure.color * (1 + grain * texture[pixel])
        colors[pixel] += (color - colors[pixel]) * min(1, coverage)
        if coverage >= 0.5 { owners[pixel] = index }
      }
    }
    sizes.append(size)
  }

  private mutating func addLightAndNoise() {
    let stream = RandomStream(
      seed: scene.settings.seed, name: "noise/\(scene.settings.split.rawValue)", image: scene.index)
    let amount = 0.01 + 0.1 * Float(scene.settings.difficulty)
    for y in 0..<height {
      let down = scene.light.y * (Float(y) / Float(height) - 0.5)
      for x in 0..<width {
        let light = 1 + down + scene.light.x * (Float(x) / Float(width) - 0.5)
        let pixel = y * width + x
        // Differences of two bytes for each channel: the noise is small more often than large.
        let bits = stream.bits(pixel)
        func noise(_ shift: UInt64) -> Float {
          Float(Int((bits >> shift) & 0xFF) - Int((bits >> (shift + 8)) & 0xFF)) * (1 / 256)
        }
        colors[pixel] = colors[pixel] * light + SIMD3(noise(0), noise(16), noise(32)) * amount
      }
    }
  }

  /// What was drawn.
  var image: Image {
    Image(width: width, height: height) { pixels in
      for color in colors {
        for channel in 0..<3 {
          pixels.append(UInt8(min(max(color[channel], 0), 1) * 255 + 0.5))
        }
      }
    }
  }

  /// The shapes, by what can be seen of them.
  var objects: GroundTruth {
    var extents = scene.figures.map { _ in PixelExtent() }
    for pixel in owners.indices where owners[pixel] >= 0 {
      extents[owners[pixel]].add(x: pixel % width, y: pixel / width)
    }
    var (boxes, labels, regions): ([Box], [Int], [Box]) = ([], [], [])
    for (index, figure) in scene.figures.enumerated() {
      guard let shape = figure.shape, let box = extents[index].box else { continue }
      let share = Double(extents[index].count) / Double(max(1, sizes[index]))
      let smallest = Float(SceneDataSet.smallestSide)
      if share < SceneDataSet.hiddenShare { continue }
      if share < SceneDataSet.visibleShare || min(box.width(), box.height()) < smallest {
        regions.append(box)
      } else {
        boxes.append(box)
        labels.append(shape.label)
      }
    }
    return GroundTruth(boxes: boxes, labels: labels, ignoredRegions: regions)
  }
}
