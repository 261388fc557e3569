import LossKit
import TestSupport

/// A loss of the library, and the text that says the same.
struct LibraryText: Sendable, CustomStringConvertible {
  let setting: LossSetting
  let text: [String: ParameterValue]

  init(
    _ loss: String, _ parameters: [String: ParameterValue] = [:],
    _ predictions: LossSetting.Predictions,
    _ targets: LossSetting.Targets, `let` parts: KeyValuePairs<String, String> = [:],
    constants: KeyValuePairs<String, String> = [:], derivative: String? = nil, _ value: String
  ) {
    setting = LossSetting(
      loss, parameters, predictions, targets, width: predictions == .boxes ? 4 : 3)
    func object(_ members: KeyValuePairs<String, String>) -> ParameterValue {
      .object(members.map { Named($0.key, .string($0.value)) })
    }
    text = [
      "value": .string(value), "let": object(parts), "constants": object(constants),
      "derivative": derivative.map { .string($0) } ?? .null,
    ]
  }

  var description: String { "\(setting.loss)\(setting.parameters)" }

  /// Every element-wise and box loss of the library, with what its parameters choose among.
  static let all = elements + focal + boxes

  private static let elements = [
    LibraryText("l1", [:], .logits, .coordinates, "abs(prediction - target)"),
    LibraryText(
      "l2", [:], .logits, .coordinates, let: ["x": "prediction - target"], "x * x"),
    LibraryText("l2", [:], .logits, .coordinates, "(prediction - target)^2"),
    LibraryText(
      "smooth_l1", ["beta": 0.3], .logits, .coordinates,
      let: ["x": "prediction - target", "size": "abs(x)"], constants: ["beta": "0.3"],
      "select(size < beta, 0.5 * x * (x / beta), size - 0.5 * beta)"),
    LibraryText(
      "huber", ["delta": 1.7], .logits, .coordinates,
      let: ["x": "prediction - target", "size": "abs(x)"], constants: ["delta": "1.7"],
      "select(size <= delta, 0.5 * x * x, delta * (size - 0.5 * delta))"),
    LibraryText(
      "balanced_l1", ["beta": 0.7], .logits, .coordinates,
      let: [
        "x": "prediction - target", "size": "abs(x)", "isSmall": "size < beta",
        "u": "slope_at_0 * size", "logarithm": "log1p(u)", "s": "u / (2 + u)", "square": "s * s",
        "series": series(from: 33, to: 3),
        "entropy": "select(u < 1, u * s + 2 * s * (1 + u) * series, (1 + u) * logarithm - u)",
        "curve": "entropy + less_1 * u * (logarithm - 1)",
        "slope":
          "select(isSmall, alpha * (logarithm + over / (beta + b * size)), gamma)",
      ],
      constants: [
        "alpha": "0.5", "gamma": "1.5", "beta": "0.7", "ratio": "gamma / alpha",
        "tail": "exp(ratio) - 1 - ratio", "b": "ratio + tail", "slope_at_0": "b / beta",
        "less_1": "beta - 1", "over": "1 - beta", "factor": "alpha / b",
        "offset": "alpha * (1 - beta - tail / b)", "inverse_33": "1 / 33", "inverse_31": "1 / 31",
        "inverse_29": "1 / 29", "inverse_27": "1 / 27", "inverse_25": "1 / 25",
        "inverse_23": "1 / 23", "inverse_21": "1 / 21", "inverse_19": "1 / 19",
        "inverse_17": "1 / 17", "inverse_15": "1 / 15", "inverse_13": "1 / 13",
        "inverse_11": "1 / 11", "inverse_9": "1 / 9", "inverse_7": "1 / 7", "inverse_5": "1 / 5",
        "inverse_3": "1 / 3",
      ],
      derivative: "select(x > 0, slope, select(x < 0, -slope, 0))",
      "select(isSmall, factor * curve, gamma * size + offset)"),
    LibraryText(
      "bce", [:], .probabilities, .probabilities,
      let: ["p": "min(max(prediction, 0), 1)"],
      derivative: "(p - target) / max(p * (1 - p), 1e-12)",
      "-(target * max(log(p), -100) + (1 - target) * max(log1p(-p), -100))"),
    LibraryText(
      "bce_with_logits", ["pos_weight": 2.5], .logits, .probabilities,
      constants: ["w": "2.5"],
      "(w * target) * softplus(-prediction) + (1 - target) * softplus(prediction)"),
  ]

  private static func series(from first: Int, to last: Int) -> String {
    stride(from: first, through: last, by: -2).reduce("0") { "square * (\($0) + inverse_\($1))" }
  }

  private static let focal = [
    focal(
      "sigmoid_focal", [:], .bits,
      let: missed + [("balance", "target * 0.25 + (1 - target) * 0.75")],
      weight: "balance * (m * m)", derivative: "balance * (m + m) * k"),
    focal(
      "sigmoid_focal", ["gamma": 1.5, "alpha": -1], .bits,
      let: missed + [("balance", "target * 1 + (1 - target) * 1"), ("power", "m ^ 1.5")],
      weight: "balance * power",
      derivative: "balance * select(m < 0 or m > 0, 1.5 * power / m, 0) * k"),
    focal(
      "quality_focal", [:], .probabilities, weight: "distance * distance",
      derivative: "distance + distance"),
    focal(
      "varifocal", [:], .probabilities, target: "select(target > 0, target, 0)", let: missed,
      weight: "select(target > 0, target, 0.75 * (m * m))",
      derivative: "select(target > 0, 0, 0.75 * (m + m) * k)"),
    LibraryText(
      "gaussian_focal", [:], .probabilities, .probabilities,
      let: [
        "p": "min(max(prediction, 0), 1)", "isPositive": "target >= 1",
        "right": "select(isPositive, p, 1 - p) + 1e-12", "wrong": "select(isPositive, 1 - p, p)",
        "logarithm": "select(right < 0.75, log(right), log1p(-(wrong - 1e-12)))",
        "weight": "select(isPositive, -1, -1 * (1 - target)^4)",
        "by_right": "weight * (wrong * wrong / right - (wrong + wrong) * logarithm)",
      ],
      derivative:
        "select(prediction < 0 or prediction > 1, 0, select(isPositive, by_right, -by_right))",
      "weight * (wrong * wrong) * logarithm"),
  ]

  /// The probability of what isn't the target.
  private static let missed = [("k", "1 - (t + t)"), ("m", "t + u * k")]

  /// Cross-entropy times a weight with a derivative by the probability u of the less likely answer.
  private static func focal(
    _ loss: String, _ parameters: [String: ParameterValue], _ targets: LossSetting.Targets,
    target: String = "target", `let` parts: [(String, String)] = [], weight: String,
    derivative: String
  ) -> LibraryText {
    var text = LibraryText(
      loss, parameters, .logits, targets,
      derivative: "(\(derivative)) * slope * bce + weight * by_prediction", "weight * bce"
    ).text
    let answer = [
      ("size", "abs(prediction)"), ("y", target), ("u", "sigmoid(-size)"),
      ("t", "select(prediction < 0, y, 1 - y)"), ("rise", "u * (1 - u)"), ("distance", "u - t"),
      ("slope", "select(prediction < 0, rise, -rise)"), ("bce", "softplus(-size) + t * size"),
      ("by_prediction", "select(prediction < 0, distance, -distance)"),
    ]
    text["let"] = .object(
      (answer + parts + [("weight", weight)]).map { Named($0.0, .string($0.1)) })
    return LibraryText(
      setting: LossSetting(loss, parameters, .logits, targets, width: 3), text: text)
  }

  private static let boxes = [
    box("iou", ["form": "linear"], "1 - max(intersection / (union + eps), 0)"),
    box("iou", ["form": "log"], "-log(max(intersection / (union + eps), eps))"),
    box(
      "iou", ["form": "square", "divisor": "at_least_eps"],
      let: [("i", "max(intersection / max(union, eps), eps)")], "1 - i * i"),
    box(
      "giou", let: [("hull", "hull.area")],
      "1 - intersection / (union + eps) + (hull - union) / (hull + eps)"),
    box(
      "giou", ["divisor": "at_least_eps"],
      let: [("hull", "max(hull.area, eps)"), ("all", "max(union, eps)")],
      "1 - intersection / all + (hull - all) / hull"),
    box("diou", let: distance(), "1 - intersection / (union + eps) + apart"),
    box(
      "ciou", let: distance() + ratio(height: "height", "t.height"),
      constants: ["k": "4 / (pi * pi)"],
      "away + apart + constant(v / (away + v + eps)) * v"),
    box(
      "ciou", ["convention": "ultralytics"],
      let: distance(
        covered: "width * (height + eps) + t.width * (t.height + eps) - intersection")
        + ratio(height: "(height + eps)", "(t.height + eps)"),
      constants: ["k": "4 / (pi * pi)"], "away + apart + constant(v / (away + v + eps)) * v"),
    box(
      "ciou", ["convention": "mmdetection"],
      let: distance() + ratio(height: "(height + eps)", "(t.height + eps)") + [
        ("alpha", "select(overlap > 0.5, constant(v / (away + v + 1e-30)), 0)"),
        ("l", "away + apart + alpha * v"),
      ], constants: ["k": "4 / (pi * pi)"], "select(l < 0, 0, select(l > 2, 2, l))"),
    box(
      "eiou",
      let: sides("x", "x1", "x2") + sides("y", "y1", "y2") + [
        ("shared", "(x_end * y_end + x_first * y_first) - (x_start * y_last + x_last * y_start)"),
        ("d", "1 - shared / ((area + t.area - shared) + eps)"),
      ], "select(d < 0.1, 0.5 * d * (d / 0.1), d - 0.5 * 0.1)"),
    box(
      "siou",
      let: [
        ("x", "0.5 * ((t.x1 - x1) + (t.x2 - x2)) + eps"),
        ("y", "0.5 * ((t.y1 - y1) + (t.y2 - y2)) + eps"),
        ("angle", "2 * (abs(x) * abs(y)) / max(x * x + y * y, 1e-30)"),
        ("gamma", "-1 * (2 - angle)"), ("u", "x / max(hull.width, eps)"),
        ("v", "y / max(hull.height, eps)"),
        ("closeness", "exp(gamma * (u * u)) + exp(gamma * (v * v))"),
        ("w_max", "max(width, t.width)"), ("h_max", "max(height + eps, t.height + eps)"),
        (
          "w",
          "1 - exp(-(abs(width - t.width) / select(w_max < 1e-12 and w_max > -1e-12, 1e-12, w_max)))"
        ),
        (
          "h",
          "1 - exp(-(abs((height + eps) - (t.height + eps)) / select(h_max < 1e-12 and h_max > -1e-12, 1e-12, h_max)))"
        ),
        ("shape", "w^4 + h^4"),
        ("l", "1 - intersection / (union + eps) + 0.5 * ((2 - closeness) + shape)"),
      ], "select(l < 0, 0, select(l > 2, 2, l))"),
    box(
      "bounded_iou",
      let: [
        ("dx", "2 * abs(0.5 * ((t.x1 - x1) + (t.x2 - x2)))"),
        ("dy", "2 * abs(0.5 * ((t.y1 - y1) + (t.y2 - y2)))"),
        ("x", "min((2 * dx + 1e-3) / (t.width + dx + 1e-3), 1)"),
        ("y", "min((2 * dy + 1e-3) / (t.height + dy + 1e-3), 1)"),
      ] + side("w", "width", "t.width") + side("h", "height", "t.height")
        + ["x", "y", "w", "h"].map {
          ("s\($0)", "select(\($0) < 0.2, 0.5 * \($0) * (\($0) / 0.2), \($0) - 0.5 * 0.2)")
        },
      "(sx + sy) + (sw + sh)"),
    box(
      "box_l1", [:],
      "(abs(x1 - t.x1) + abs(y1 - t.y1)) + (abs(x2 - t.x2) + abs(y2 - t.y2))"),
    box(
      "mpdiou", ["image_size": [64, 48]],
      let: [
        ("a", "x1 - t.x1"), ("b", "y1 - t.y1"), ("c", "x2 - t.x2"), ("d", "y2 - t.y2"),
        ("corners", "((a * a + b * b) + (c * c + d * d)) / diagonal"),
      ], constants: ["diagonal": "64^2 + 48^2"], "1 - intersection / (union + eps) + corners"),
    box(
      "nwd",
      let: [
        ("x", "0.5 * ((x1 - t.x1) + (x2 - t.x2))"), ("y", "0.5 * ((y1 - t.y1) + (y2 - t.y2))"),
        ("w", "0.5 * (width - t.width)"), ("h", "0.5 * (height - t.height)"),
        ("distance", "sqrt((x * x + y * y) + (w * w + h * h))"),
      ], "1 - exp(-distance / 12.8)"),
  ]

  /// What the boxes cover, and how far they are apart in distance IoU.
  private static func distance(covered: String = "union") -> [(String, String)] {
    [
      ("covered", covered),
      ("overlap", "intersection / (covered + eps)"), ("away", "1 - overlap"),
      ("x", "0.5 * ((x1 - t.x1) + (x2 - t.x2))"), ("y", "0.5 * ((y1 - t.y1) + (y2 - t.y2))"),
      ("apart", "(x * x + y * y) / (hull.width * hull.width + hull.height * hull.height + eps)"),
    ]
  }

  /// The ratios of the sides in complete IoU, of heights that aren't 0.
  private static func ratio(height: String, _ targetHeight: String) -> [(String, String)] {
    func apart(_ x: String) -> String { "select(\(x) < 1e-12 and \(x) > -1e-12, 1e-12, \(x))" }
    return [
      ("angle", "atan(t.width / \(apart(targetHeight))) - atan(width / \(apart(height)))"),
      ("v", "k * (angle * angle)"),
    ]
  }

  private static func sides(_ name: String, _ one: String, _ two: String) -> [(String, String)] {
    [
      ("\(name)_0", "min(\(one), t.\(one))"),
      ("\(name)_start", "max(\(one), t.\(one)) - \(name)_0"),
      ("\(name)_end", "min(\(two), t.\(two)) - \(name)_0"),
      ("\(name)_first", "min(\(name)_start, \(name)_end)"),
      ("\(name)_last", "max(\(name)_start, \(name)_end)"),
    ]
  }

  private static func side(_ name: String, _ own: String, _ goal: String) -> [(String, String)] {
    [
      ("\(name)_own", "\(own) + 1e-3"),
      (
        name,
        "max(((\(own) - \(goal)) + 1e-3) / select(\(name)_own < 1e-12 and \(name)_own > -1e-12, 1e-12, "
          + "\(name)_own), ((\(goal) - \(own)) + 1e-3) / (\(goal) + 1e-3))"
      ),
    ]
  }

  private static func box(
    _ loss: String, _ parameters: [String: ParameterValue] = [:],
    `let` parts: [(String, String)] = [],
    constants: KeyValuePairs<String, String> = [:], _ value: String
  ) -> LibraryText {
    var text = LibraryText(
      loss, parameters, .boxes, .boxes, constants: constants, value
    ).text
    let more = constants.map { Named($0.key, ParameterValue.string($0.value)) }
    text["constants"] = .object([Named("eps", 1e-7)] + more)
    text["let"] = .object(parts.map { Named($0.0, .string($0.1)) })
    return LibraryText(setting: LossSetting(loss, parameters, .boxes, .boxes, width: 4), text: text)
  }

  private init(setting: LossSetting, text: [String: ParameterValue]) {
    self.setting = setting
    self.text = text
  }
}
