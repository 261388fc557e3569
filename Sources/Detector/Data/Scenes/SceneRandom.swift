import LossCore

/// Random numbers of one scene, one after another.
struct SceneRandom {
  private let stream: RandomStream
  private var count = 0

  /// The numbers of a scene that are drawn for one purpose.
  init(_ settings: SceneDataSet.Settings, index: Int, purpose: Int) {
    stream = RandomStream(
      seed: settings.seed, name: "scenes/\(settings.split.rawValue)", image: index, step: purpose)
  }

  /// 64 random bits.
  mutating func bits() -> UInt64 {
    defer { count += 1 }
    return stream.bits(count)
  }

  /// A number in 0 ..< 1.
  mutating func uniform() -> Float {
    // The upper half has the better 24 bits of the two.
    Float(bits() >> 40) * 0x1p-24
  }

  /// A number between two.
  mutating func uniform(_ low: Float, _ high: Float) -> Float {
    low + (high - low) * uniform()
  }

  /// True in this share of the calls.
  mutating func chance(_ share: Float) -> Bool { uniform() < share }
}
