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
  var isOnFeatureMap: Bool { names(.row) }
}

/// A layout fitted to a tensor: the length of each named axis, and the steps along it.
struct FittedLayout {
  private var lengths: [Layout.Axis: Int] = [:]
  private var strides: [Layout.Axis: Int] = [:]

  /// Fits `layout` to `shape`, where the lengths of the axes in `known` are given.
  ///
  /// - Throws: ``InputError`` that shows the shape, the layout and the axis that doesn't fit.
  init(
    _ layout: Layout, shape: [Int], known: [Layout.Axis: Int], tensor: String
  ) throws(InputError) {
    let place = "prediction \"\(tensor)\""
    let facts = known.filter { layout.names($0.key) }
      .map { "\($0.key.rawValue) = \($0.value)" }.sorted().joined(separator: ", ")
    let given = facts.isEmpty ? "" : " with \(facts)"
    guard shape.count == layout.groups.count else {
      throw InputError(
        place,
        "shape \(shape) has \(shape.count) axes, but layout \"\(layout)\" has "
          + "\(layout.groups.count)")
    }
    let unnamed = known.filter { $0.value != 1 && !layout.names($0.key) }
    if let (axis, length) = unnamed.min(by: { $0.key.rawValue < $1.key.rawValue }) {
      throw InputError(
        place,
        "layout \"\(layout)\" has no \(axis.rawValue), which makes its length 1; expected \(length)"
      )
    }
    var stride = 1
    for (axis, group) in layout.groups.enumerated().reversed() {
      let unknown = group.filter { known[$0] == nil }
      guard let product = product(of: group.map { known[$0] ?? 1 }) else {
        throw InputError(
          place, "layout \"\(layout)\"\(given): axis \(axis) is longer than can be counted")
      }
      let letters = group.map { "\($0.rawValue)" }.joined(separator: " ")
      let written = group.count == 1 ? "" : ", (\(letters)),"
      guard unknown.count <= 1 else {
        let open = unknown.map { "\($0.rawValue)" }.joined(separator: " and ")
        throw InputError(
          place,
          "shape \(shape) with layout \"\(layout)\": axis \(axis)\(written) leaves the lengths of "
            + "\(open) open")
      }
      let fits = unknown.isEmpty ? shape[axis] == product : shape[axis].isMultiple(of: product)
      guard fits else {
        let expected = unknown.isEmpty ? "\(product)" : "a multiple of \(product)"
        throw InputError(
          place,
          "shape \(shape) doesn't fit layout \"\(layout)\"\(given): axis \(axis)\(written) is "
            + "\(shape[axis]), expected \(expected)")
      }
      for name in group.reversed() {
        let length = known[name] ?? (product == 0 ? 0 : shape[axis] / product)
        lengths[name] = length
        strides[name] = stride
        guard let next = ResourceLimits.product(of: [stride, length]) else {
          throw InputError(
            place,
            "shape \(shape) with layout \"\(layout)\"\(given) has steps longer than can be counted")
        }
        stride = next
      }
    }
  }

  /// The length of an axis; 1 where the layout doesn't name it.
  func length(_ axis: Layout.Axis) -> Int { lengths[axis] ?? 1 }
  /// The elements between neighbours along an axis; 0 where the layout doesn't name it.
  func stride(_ axis: Layout.Axis) -> Int { strides[axis] ?? 0 }
  /// Whether the layout names the axis.
  func has(_ axis: Layout.Axis) -> Bool { lengths[axis] != nil }
}
