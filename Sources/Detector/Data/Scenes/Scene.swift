/// What is on a scene, before it is drawn.
///
/// Arithmetic alone, without sines and powers, which differ in their last bits between systems.
struct Scene {
  /// A shape, or a bar that belongs to no class.
  struct Figure {
    /// Nothing for clutter.
    var shape: Shape?
    var x, y: Float
    /// Half of the extent along the figure's own axes, in pixels.
    var halfWidth, halfHeight: Float
    /// The direction of the figure's own x axis.
    var cosine, sine: Float
    var color: SIMD3<Float>

    /// A square around the figure, however it is turned: half of its side.
    var reach: Float { abs(cosine) * halfWidth + abs(sine) * halfHeight }
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
    let first = Self.color(
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
    addClutter(&random, difficulty)
    addShapes(&random, difficulty)
  }

  private mutating func addClutter(_ random: inout SceneRandom, _ difficulty: Float) {
    let (width, height) = (Float(settings.size.width), Float(settings.size.height))
    let unit = min(width, height)
    for _ in 0..<Int(random.uniform(0, 1 + 8 * difficulty)) {
      let direction = Self.direction(&random, largest: 1)
      figures.append(
        Figure(
          shape: nil, x: random.uniform(0, width), y: random.uniform(0, height),
          halfWidth: unit * random.uniform(0.1, 0.6),
          halfHeight: unit * random.uniform(0.005, 0.02),
          cosine: direction.cosine, sine: direction.sine,
          color: ground.0 + random.uniform(-0.35, 0.35)))
    }
  }

  private mutating func addShapes(_ random: inout SceneRandom, _ difficulty: Float) {
    let wanted = 1 + Int(random.uniform(0, 4 + 6 * difficulty))
    var placed: [Figure] = []
    for _ in 0..<wanted {
      let shape = Shape(share: random.uniform())
      var figure = figure(of: shape, &random, difficulty)
      // A place where it covers others no more than it may; a crowded scene has fewer shapes.
      for _ in 0..<12 {
        let inside = 1 - 0.7 * difficulty
        let (left, top) = (figure.reach * inside, figure.drop * inside)
        figure.x = random.uniform(left, Float(settings.size.width) - left)
        figure.y = random.uniform(top, Float(settings.size.height) - top)
        let isFree = placed.allSatisfy { Self.overlap(figure, $0) <= 0.8 * difficulty }
        if isFree {
          placed.append(figure)
          break
        }
      }
    }
    figures += placed
  }

  /// A shape without a place.
  private func figure(
    of shape: Shape, _ random: inout SceneRandom, _ difficulty: Float
  ) -> Figure {
    let unit = Float(min(settings.size.width, settings.size.height))
    let smallest = 0.13 - 0.08 * difficulty
    // Squared, as small objects are more common than large ones.
    let share = random.uniform()
    let radius = unit * (smallest + (0.28 - smallest) * share * share)
    let stretch = 0.3 * difficulty
    let direction = Self.direction(&random, largest: difficulty)
    return Figure(
      shape: shape, x: 0, y: 0,
      halfWidth: radius * (1 + random.uniform(-stretch, stretch)),
      halfHeight: radius * (1 + random.uniform(-stretch, stretch)),
      cosine: direction.cosine, sine: direction.sine,
      color: color(of: shape, &random, difficulty))
  }

  /// A colour that can be told from the ground; often that of the class where scenes are easy.
  private func color(
    of shape: Shape, _ random: inout SceneRandom, _ difficulty: Float
  ) -> SIMD3<Float> {
    let contrast = 0.45 - 0.25 * difficulty
    var color = SIMD3<Float>()
    for _ in 0..<8 {
      let tells = !random.chance(difficulty)
      let step = 1 / Float(Shape.allCases.count)
      let typical = step * Float(shape.label - 1)
      let hue = tells ? typical + random.uniform(-0.25, 0.25) * step : random.uniform()
      color = Self.color(
        hue: hue < 0 ? hue + 1 : hue, saturation: random.uniform(0.5, 1),
        brightness: random.uniform(0.25, 1))
      let difference = color - (ground.0 + ground.1) / 2
      if (difference * difference).sum() > contrast * contrast { break }
    }
    return color
  }

  /// A direction up to 45° times `largest` from one of the axes; `largest` is 1 at most.
  private static func direction(
    _ random: inout SceneRandom, largest: Float
  ) -> (cosine: Float, sine: Float) {
    // By the tangent of half the angle, tan 22.5° at most.
    let t = 0.41421357 * largest * random.uniform(-1, 1)
    let (cosine, sine) = ((1 - t * t) / (1 + t * t), 2 * t / (1 + t * t))
    return random.chance(0.5 * largest) ? (-sine, cosine) : (cosine, sine)
  }

  /// The share of the smaller figure's surroundings that lies within the other's.
  private static func overlap(_ one: Figure, _ other: Figure) -> Float {
    let width =
      min(one.x + one.reach, other.x + other.reach)
      - max(one.x - one.reach, other.x - other.reach)
    let height =
      min(one.y + one.drop, other.y + other.drop)
      - max(one.y - one.drop, other.y - other.drop)
    guard width > 0, height > 0 else { return 0 }
    return width * height / (4 * min(one.reach * one.drop, other.reach * other.drop))
  }

  /// A colour from hue, saturation and brightness, each in 0 … 1.
  private static func color(hue: Float, saturation: Float, brightness: Float) -> SIMD3<Float> {
    // Each channel rises, stays, falls and stays along the circle of hues.
    func channel(_ shift: Float) -> Float {
      let place = (hue + shift).truncatingRemainder(dividingBy: 1) * 6
      let level = min(max(min(place, 4 - place), 0), 1)
      return brightness * (1 - saturation * level)
    }
    return SIMD3(channel(5 / 6), channel(1 / 2), channel(1 / 6))
  }
}
