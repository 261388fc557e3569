import LossCore
import ResourceLimits

/// How the axes of a prediction tensor map to rows, one row a prior, in the notation of einops.
///
/// `n (c a) h w` reads: axis 0 is the image; axis 1 holds columns × anchors, the anchors fastest; then
/// rows and columns of the feature map. The letters:
///
/// | letter | axis |
/// | --- | --- |
/// | `n` | image of the batch |
/// | `h`, `w` | row and column of a feature map |
/// | `a` | prior of a cell |
/// | `p` | prior of an image, all levels in order |
/// | `r` | prior of the batch, images outermost: for proposals, of which images have different numbers |
/// | `c` | column of a row: what the loss reads |
/// | `k` | class of a class-specific prediction, the background first |
///
/// Each letter stands once. Priors lie along `n h w a`, `n p` or `r`; a letter of these that is left
/// out has length 1, and so has `c`. Empty brackets are an axis of length 1.
public struct Layout: Sendable, Equatable, CustomStringConvertible {
  /// An axis that a layout may name.
  enum Axis: Character, CaseIterable {
    case image = "n"
    case row = "h"
    case column = "w"
    case cellPrior = "a"
    case imagePrior = "p"
    case batchPrior = "r"
    case channel = "c"
    case classSlot = "k"
  }

  /// The layout as it was written.
  public let description: String
  let groups: [[Axis]]

  /// Parses a layout.
  ///
  /// - Throws: ``InputError`` that says which letter or bracket is wrong.
  public init(_ text: String) throws(InputError) {
    guard text.utf8.count <= Limits.layoutBytes else {
      throw InputError(
        "layout", "is \(text.utf8.count) bytes long; expected \(Limits.layoutBytes) at most")
    }
    var groups: [[Axis]] = []
    var open: [Axis]?
    for character in text {
      switch character {
      case " ": continue
      case "(":
        guard open == nil else { throw InputError("layout \"\(text)\"", "has nested brackets") }
        open = []
      case ")":
        guard let group = open else {
          throw InputError("layout \"\(text)\"", "closes a bracket that it didn't open")
        }
        groups.append(group)
        open = nil
      default:
        guard let axis = Axis(rawValue: character) else {
          throw InputError(
            "layout \"\(text)\"",
            "has the letter \"\(character)\"; expected n, h, w, a, p, r, c or k")
        }
        if groups.joined().contains(axis) || open?.contains(axis) == true {
          throw InputError("layout \"\(text)\"", "has the letter \"\(character)\" twice")
        }
        if open == nil { groups.append([axis]) } else { open?.append(axis) }
      }
    }
    guard open == nil else { throw InputError("layout \"\(text)\"", "leaves a bracket open") }
    self.description = text
    self.groups = groups

    let axes = Set(groups.joined())
    let onMap = axes.isSuperset(of: [.row, .column])
    let mapAxes: Set<Axis> = [.image, .row, .column, .cellPrior]
    let valid =
      onMap
      ? axes.isDisjoint(with: [.imagePrior, .batchPrior])
      : axes.contains(.imagePrior)
        ? axes.isDisjoint(with: [.row, .column, .cellPrior, .batchPrior])
        : axes.contains(.batchPrior) && axes.isDisjoint(with: mapAxes)
    guard valid else {
      throw InputError(
        "layout \"\(text)\"",
        "doesn't say where the priors lie; expected h and w (with n and a), p (with n), or r alone")
    }
  }

  /// Whether the layout names the axis.
  func names(_ axis: Axis) -> Bool { groups.joined().contains(axis) }
  /// Whether the priors lie on a feature map.
  package var isOnFeatureMap: Bool { names(.row) }
}
