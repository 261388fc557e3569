import LossKernels

/// What formulas call the parts of two boxes.
enum BoxNames {
  /// The coordinates of the predicted box and of the target box.
  static let coordinates = ["x1", "y1", "x2", "y2", "t.x1", "t.y1", "t.x2", "t.y2"]

  private static let ofBox = [
    "x1", "y1", "x2", "y2", "width", "height", "area", "center.x", "center.y",
  ]

  /// All names.
  static let all =
    ofBox + ofBox.map { "t." + $0 } + ["intersection", "union", "iou"]
    + ofBox.prefix(7).map { "hull." + $0 }

  // Called once a formula. Inlined and specialized for each kind of number, these two were half of what the module
  // took to compile.

  /// A number for each name.
  @_semantics("optimize.sil.specialize.generic.never")
  static func values<Value: FormulaValue>(
    _ names: some Sequence<String>, _ prediction: FormulaBox<Value>,
    against target: FormulaBox<Value>
  ) -> [String: Value] {
    var values: [String: Value] = [:]
    for name in names {
      if name.hasPrefix("t.") {
        values[name] = value(name.dropFirst(2), of: target)
      } else if name.hasPrefix("hull.") {
        values[name] = value(name.dropFirst(5), of: prediction.hull(target))
      } else {
        switch name {
        case "intersection": values[name] = prediction.intersection(target)
        case "union": values[name] = prediction.union(target)
        case "iou":
          values[name] = prediction.intersection(target) / (prediction.union(target) + 1e-7)
        default: values[name] = value(name[...], of: prediction)
        }
      }
    }
    return values
  }

  @_semantics("optimize.sil.specialize.generic.never")
  private static func value<Value: FormulaValue>(
    _ name: Substring, of box: FormulaBox<Value>
  ) -> Value {
    switch name {
    case "x1": box.x1
    case "y1": box.y1
    case "x2": box.x2
    case "y2": box.y2
    case "width": box.width
    case "height": box.height
    case "area": box.area
    case "center.x": box.center.x
    default: box.center.y
    }
  }
}
