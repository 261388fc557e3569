import CommandLineKit
import LossKit

extension ObjectiveGradientCheck {
  /// One line a prediction, and one a term that was left out.
  func table(_ style: Style) -> TerminalText {
    var table = Table([
      .init("prediction"), .init("gradient"), .init("norm", .decimal),
      .init("largest error", .decimal), .init("derivative along the direction", .decimal),
      .init("differences", .decimal),
    ])
    for prediction in predictions {
      let isRight = prediction.error <= Self.tolerance
      table.append(styled: [
        "\(prediction.name)", isRight ? style.green("ok") : style.red("wrong"),
        "\(prediction.gradientNorm.formatted(significant: 6))",
        "\(prediction.error.formatted(significant: 2))",
        "\(prediction.derivative.formatted(significant: 8))",
        "\(prediction.expected.formatted(significant: 8))",
      ])
    }
    let notes: [TerminalText] = leftOut.map {
      "left out: \($0), whose loss takes a part for a constant"
    }
    return ([table.text(style: style)] + notes).joined(separator: "\n")
  }

  /// The same as JSON.
  var node: JSONNode {
    [
      "ok": JSONNode(isRight),
      "tolerance": JSONNode(Self.tolerance),
      "left_out": JSONNode(leftOut.map { JSONNode($0) }),
      "predictions": JSONNode(
        predictions.map { prediction -> JSONNode in
          [
            "prediction": JSONNode(prediction.name),
            "gradient_norm": JSONNode(finite: prediction.gradientNorm),
            "error": JSONNode(finite: prediction.error),
            "derivative": JSONNode(finite: prediction.derivative),
            "differences": JSONNode(finite: prediction.expected),
          ]
        }),
    ]
  }
}
