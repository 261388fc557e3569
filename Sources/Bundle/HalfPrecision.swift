extension Float {
  /// The value of an IEEE 754 half, given by its bits; exact, as every half is a single.
  ///
  /// Done by hand since `Float16` is missing on Macs with an Intel processor.
  package init(halfBits bits: UInt16) {
    let significand = UInt32(bits & 0x3FF)
    let magnitude =
      switch bits >> 10 & 0x1F {
      case 0: (Float(significand) * 0x1p-24).bitPattern  // Zero or subnormal.
      case 0x1F: 0x7F80_0000 | significand << 13  // Infinite or not a number.
      case let exponent: (UInt32(exponent) + 127 - 15) << 23 | significand << 13
      }
    self.init(bitPattern: UInt32(bits & 0x8000) << 16 | magnitude)
  }

  /// The value of a brain float, given by its bits; exact, as they are a single's upper half.
  package init(brainBits bits: UInt16) {
    self.init(bitPattern: UInt32(bits) << 16)
  }
}
