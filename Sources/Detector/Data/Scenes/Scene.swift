/// What is on a scene, before it is drawn.
///
/// Arithmetic alone, without sines and powers, which differ in their last bits between systems.
struct Scene {
  /// A shape, or a bar that belongs to no class.
  struct Figure {
    /// `nil` for clutter.
    var shape: Shape?
    var x, y: Float
    /// Half of the extent along the figure's own axes, in pixels.
    var halfWidth, halfHeight: Float
    /// The direction of the figure's own x axis.
    var cosine, sine: Float
    var color: SIMD3<Float>

    /// Half of the extent of the figure's frame along the image's x axis.
    var reach: Float { abs(cosine) * halfWidth + abs(sine) * halfHeight }
    /// Half of the extent of the figure's frame along the image's y axis.
    var drop: Float { abs(sine) * halfWidth + abs(cosine) * halfHeight }
  }

  let settings: SceneDataSet.Settings
  let index: Int
  /// Two colours between which the ground varies.
  let ground: (SIMD3<Float>, SIMD3<Float>)
  /// How much brighter it gets from left to right and from top to bottom.
  let light: (x: Float, y: Float)
  /// Clutter, then shapes; later ones cover earlier ones.
  private(set) var figures: [Figure] = []

  /// Chooses what is on the scene at `index`.
  init(_ settings: SceneDataSet.Settings, index: Int) {
    self.settings = settings
    self.index = index
    var random = SceneRandom(settings, index: index, purpose: 0)
    let difficulty = Float(settings.difficulty)
    let first = SIMD3<Float>(
      hue: random.uniform(), saturation: random.uniform(0, 0.45),
      brightness: random.uniform(0.15, 0.85))
    ground = (
      first,
      first + (0.1 + 0.25 * difficulty)
        * SIMD3(random.uniform(-1, 1), random.uniform(-1, 1), random.uniform(-1, 1))
    )
    light = (
      0.5 * difficulty * random.uniform(-1, 1), 0.5 * difficulty * random.uniform(-1, 1)
    )
    figures = clutter(&random, difficulty)
    figures += shapes(&random, difficulty)
  }

  /// Bars that belong to no class.
  private func clutter(_ random: inout SceneRandom, _ difficulty: Float) -> [Figure] {
    let (width, height) = (Float(settings.size.width), Float(settings.size.height))
    let unit = min(width, height)
    return (0..<Int(random.uniform(0, 1 + 8 * difficulty))).map { _ in
      let direction = Self.direction(&random, largest: 1)
      return Figure(
        shape: nil, x: random.uniform(0, width), y: random.uniform(0, height),
        halfWidth: unit * random.uniform(0.1, 0.6), halfHeight: unit * random.uniform(0.005, 0.02),
        cosine: direction.cosine, sine: direction.sine,
        color: ground.0 + random.uniform(-0.35, 0.35))
    }
  }

  /// A direction up to 45° times `largest` from one of the axes; `largest` is 1 at most.
  static func direction(
    _ random: inout SceneRandom, largest: Float
  ) -> (cosine: Float, sine: Float) {
    // By the tangent of half the angle, tan 22.5° at most.
    let t = 0.41421357 * largest * random.uniform(-1, 1)
    let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    return random.chance(0.5 * largest) ? (-sine, cosine) : (cosine, sine)
  }
}

extension SIMD3<Float> {
  /// Red, green and blue from hue, saturation and brightness, each in 0 … 1.
  init(hue: Float, saturation: Float, brightness: Float) {
    // Each channel rises, stays, falls and stays along the circle of hues.
    func channel(_ shift: Float) -> Float {
      let place = (hue + shift).truncatingRemainder(dividingBy: 1) * 6
      let level = Swift.min(Swift.max(Swift.min(place, 4 - place), 0), 1)
      return brightness * (1 - saturation * level)
    }
    self.init(channel(5 / 6), channel(1 / 2), channel(1 / 6))
  }
}
