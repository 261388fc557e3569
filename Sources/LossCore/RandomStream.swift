/// Random numbers that are a function of a key and an index: Philox 4×32-10.
///
/// Salmon, Moraes, Dror and Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011). No state is
/// kept, so that the numbers don't depend on the order or the thread in which they are asked for.
public struct RandomStream: Sendable, Equatable {
  private let key: SIMD2<UInt32>
  private let image: UInt32
  private let name: UInt32
  private let step: UInt32

  /// The stream of a seed, a stage's name, an image and a step.
  ///
  /// - Parameters:
  ///   - name: Tells stages apart; enters by its FNV-1a hash.
  ///   - image: The index of the image.
  ///   - step: Counts training steps: another number draws another sample.
  public init(seed: UInt64, name: String = "", image: Int = 0, step: Int = 0) {
    self.key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.image = UInt32(truncatingIfNeeded: image)
    self.name = name.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    self.step = UInt32(truncatingIfNeeded: step)
  }

  /// 64 random bits for an index, of which the lower 32 bits count.
  public func bits(_ index: Int) -> UInt64 {
    let words = Self.philox(
      counter: SIMD4(UInt32(truncatingIfNeeded: index), image, name, step), key: key)
    return UInt64(words.x) | UInt64(words.y) << 32
  }

  /// A number in 0 ..< 1 for an index.
  public func uniform(_ index: Int) -> Double {
    Double(bits(index) >> 11) * 0x1p-53
  }

  /// Ten rounds of Philox 4×32.
  package static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    // Scalars, as a vector's lanes would be taken out and put back in every round.
    var (a, b, c, d) = (counter.x, counter.y, counter.z, counter.w)
    var (low, high) = (key.x, key.y)
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) &* UInt64(a)
      let second = UInt64(0xCD9E_8D57) &* UInt64(c)
      a = UInt32(truncatingIfNeeded: second >> 32) ^ b ^ low
      b = UInt32(truncatingIfNeeded: second)
      c = UInt32(truncatingIfNeeded: first >> 32) ^ d ^ high
      d = UInt32(truncatingIfNeeded: first)
      low &+= 0x9E37_79B9
      high &+= 0xBB67_AE85
    }
    return SIMD4(a, b, c, d)
  }
}
