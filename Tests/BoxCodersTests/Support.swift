import LossKit

/// The parameters that the cases of boxes.safetensors were made with.
struct BoxCaseParameters: Decodable, Sendable {
  let plus_one: Bool
  let weights: [Double]
  let clip: Double?

  /// The coder that does the same; 100 as `clip` holds nothing that occurs.
  func coder() throws -> DeltaBoxCoder {
    try DeltaBoxCoder([
      "stds": .list(weights.map { .number(1 / $0) }), "legacy_plus_one": .boolean(plus_one),
      "clip": .number(clip ?? 100),
    ])
  }

  var convention: PixelConvention { plus_one ? .inclusive : .continuous }
}

extension Box {
  /// The largest coordinate or side, in magnitude.
  func scale(_ convention: PixelConvention) -> Float {
    (coordinates + [width(convention), height(convention)]).map(abs).max() ?? 0
  }
}
