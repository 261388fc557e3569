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
