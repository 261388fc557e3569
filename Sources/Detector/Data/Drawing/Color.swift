/// A colour of 8 bits a channel.
public struct Color: Sendable, Equatable {
  /// How much red.
  public var red: UInt8
  /// How much green.
  public var green: UInt8
  /// How much blue.
  public var blue: UInt8

  /// A colour.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// Black.
  public static let black = Color(0, 0, 0)
  /// White.
  public static let white = Color(255, 255, 255)
  /// The colour of regions that are ignored.
  public static let ignored = Color(190, 190, 190)

  /// The colour of a class, the same wherever it is drawn; neighbours differ in brightness too, for
  /// people who see fewer hues.
  public static func ofClass(_ label: Int) -> Color {
    let index = (label &- 1) % palette.count
    return palette[index < 0 ? index + palette.count : index]
  }

  private static let palette = [
    Color(255, 196, 37), Color(64, 156, 255), Color(255, 92, 74), Color(94, 226, 160),
    Color(226, 128, 255), Color(255, 150, 50), Color(120, 226, 255), Color(255, 150, 190),
    Color(176, 214, 60), Color(168, 148, 255),
  ]

  /// Black or white, whichever can be read on this colour.
  var readable: Color {
    299 * Int(red) + 587 * Int(green) + 114 * Int(blue) > 127_500 ? .black : .white
  }
}
