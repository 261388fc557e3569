import LossCore

extension Image {
  /// The image at another size: each pixel the mean of those below it under a triangle as wide as two of the
  /// larger pixels, first along rows, then along columns.
  ///
  /// Computed in integers, with the same bits on every machine, and those of Pillow's `BILINEAR`.
  func resized(to size: ImageSize) -> Image {
    guard size != self.size else { return self }
    let columns = Self.weights(from: width, to: size.width)
    let rows = Self.weights(from: height, to: size.height)
    var narrow: [UInt8] = []
    narrow.reserveCapacity(3 * size.width * height)
    for row in 0..<height {
      for column in columns {
        for channel in 0..<3 {
          narrow.append(column.mean(of: pixels, from: 3 * row * width + channel, by: 3))
        }
      }
    }
    let line = 3 * size.width
    return Image(width: size.width, height: size.height) { resized in
      for row in rows {
        for place in 0..<line { resized.append(row.mean(of: narrow, from: place, by: line)) }
      }
    }
  }

  /// How much each old pixel along a side counts for a new one.
  private struct Weights {
    let first: Int
    let weights: [Int32]

    static let bits: Int32 = 22

    func mean(of samples: [UInt8], from start: Int, by step: Int) -> UInt8 {
      var sum = Int32(1) << (Self.bits - 1)
      var place = start + first * step
      for weight in weights {
        sum += weight * Int32(samples[place])
        place += step
      }
      return UInt8(clamping: sum >> Self.bits)
    }
  }

  private static func weights(from old: Int, to new: Int) -> [Weights] {
    let scale = Double(old) / Double(new)
    let reach = max(scale, 1)
    return (0..<new).map { place in
      let center = (Double(place) + 0.5) * scale
      let first = max(0, Int(center - reach + 0.5))
      let end = min(old, Int(center + reach + 0.5))
      let shares = (first..<end).map { max(0, 1 - abs((Double($0) - center + 0.5) / reach)) }
      let sum = shares.reduce(0, +)
      return Weights(
        first: first,
        weights: shares.map { Int32(0.5 + $0 / sum * Double(Int32(1) << Weights.bits)) })
    }
  }
}

extension Image {
  /// The image scaled to fit a size, its shape kept but for rounding to whole pixels.
  package func fitted(into size: ImageSize) -> Image {
    let scale = min(Double(size.width) / Double(width), Double(size.height) / Double(height))
    func side(_ side: Int, _ most: Int) -> Int {
      max(1, min(most, Int((Double(side) * scale).rounded())))
    }
    return resized(
      to: ImageSize(height: side(height, size.height), width: side(width, size.width)))
  }
}

extension Example {
  /// The example with its image scaled to fit a size, and its boxes with it.
  func fitted(into size: ImageSize?) -> Example {
    guard let size else { return self }
    let fitted = image.fitted(into: size)
    func scaled(_ boxes: [Box]) -> [Box] {
      boxes.map { $0.scaled(from: image.size, to: fitted.size) }
    }
    return Example(
      name: name, id: id, image: fitted,
      objects: GroundTruth(
        boxes: scaled(objects.boxes), labels: objects.labels,
        ignoredRegions: scaled(objects.ignoredRegions)))
  }
}

extension Box {
  /// The box on an image that is scaled from one size to another.
  func scaled(from old: ImageSize, to new: ImageSize) -> Box {
    let x = Float(new.width) / Float(old.width)
    let y = Float(new.height) / Float(old.height)
    return Box(x1 * x, y1 * y, x2 * x, y2 * y)
  }
}
