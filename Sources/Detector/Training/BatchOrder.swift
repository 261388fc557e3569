import LossCore

/// Which images a step trains on, and how they are flipped: a function of the seed and the step.
///
/// All images come once before any comes again, in an order of its own each time.
struct BatchOrder: Sendable {
  /// An image of a batch.
  struct Item: Sendable, Equatable {
    let index: Int
    let isMirrored: Bool
    let isUpsideDown: Bool
  }

  private let count: Int
  private let seed: UInt64
  private let settings: TrainingSettings
  private var epoch = -1
  private var order: [Int] = []

  /// The order of `count` images, at least one.
  init(count: Int, seed: UInt64, _ settings: TrainingSettings) {
    self.count = max(1, count)
    self.seed = seed
    self.settings = settings
  }

  /// The batch of a step.
  mutating func batch(step: Int) -> [Item] {
    let random = RandomStream(seed: seed, name: "flips", step: step)
    return (0..<settings.batch).map { place in
      let position = step * settings.batch + place
      if position / count != epoch { shuffle(epoch: position / count) }
      let bits = random.bits(place)
      return Item(
        index: order[position % count], isMirrored: settings.flipsHorizontally && bits & 1 != 0,
        isUpsideDown: settings.flipsVertically && bits & 2 != 0)
    }
  }

  private mutating func shuffle(epoch: Int) {
    self.epoch = epoch
    let random = RandomStream(seed: seed, name: "order", step: epoch)
    let keys = (0..<count).map { (bits: random.bits($0), index: $0) }
    order = keys.sorted { $0 < $1 }.map(\.index)
  }
}
