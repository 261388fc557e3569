extension Scene {
  /// Shapes that cover each other no more than they may.
  func shapes(_ random: inout SceneRandom, _ difficulty: Float) -> [Figure] {
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
    return placed
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
      color = SIMD3(
        hue: hue < 0 ? hue + 1 : hue, saturation: random.uniform(0.5, 1),
        brightness: random.uniform(0.25, 1))
      let difference = color - (ground.0 + ground.1) / 2
      if (difference * difference).sum() > contrast * contrast { break }
    }
    return color
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
}
