import LossKit

/// Random boxes on quarters of pixels, so that overlaps come out the same everywhere.
struct RandomBoxes {
  let seed: UInt64

  /// Objects anywhere in an image, their sides from 12 pixels to half of the image's, small ones as
  /// likely as large ones.
  func objects(_ count: Int, in size: ImageSize) -> [Box] {
    let stream = RandomStream(seed: seed, name: "objects")
    return (0..<count).map { index in
      let sides = (Double(size.width), Double(size.height))
      let width = side(below: sides.0 / 2, stream.uniform(4 * index))
      let height = side(below: sides.1 / 2, stream.uniform(4 * index + 1))
      let x = stream.uniform(4 * index + 2) * (sides.0 - width)
      let y = stream.uniform(4 * index + 3) * (sides.1 - height)
      return box(x, y, x + width, y + height, in: size)
    }
  }

  /// Boxes that stray from objects, each side by up to 0.4 of the object's.
  func proposals(_ count: Int, around objects: [Box], in size: ImageSize) -> [Box] {
    let stream = RandomStream(seed: seed, name: "proposals")
    return (0..<count).map { index in
      let object = objects[index % objects.count]
      let amount = 0.8 * stream.uniform(5 * index)
      func moved(_ coordinate: Float, by side: Float, _ corner: Int) -> Double {
        Double(coordinate) + Double(side) * amount * (stream.uniform(5 * index + corner) - 0.5)
      }
      return box(
        moved(object.x1, by: object.width(), 1), moved(object.y1, by: object.height(), 2),
        moved(object.x2, by: object.width(), 3), moved(object.y2, by: object.height(), 4),
        in: size)
    }
  }

  private func side(below limit: Double, _ uniform: Double) -> Double {
    let least = min(12, limit)
    return least * Double.exp(uniform * Double.log(limit / least))
  }

  private func box(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, in size: ImageSize
  ) -> Box {
    func down(_ x: Double) -> Float { Float((x * 4).rounded(.down) / 4) }
    func up(_ x: Double) -> Float { Float((x * 4).rounded(.up) / 4) }
    return Box(down(x1), down(y1), up(x2), up(y2)).clipped(to: size)
  }
}
