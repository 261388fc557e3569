import CommandLineKit
import LossKit

/// What a check found of one loss; a loss that can't be made or refuses the rows is wrong as well.
struct LossCheck {
  let name: String
  private let check: GradientCheck?
  private let problem: String?

  init(
    _ entry: Catalog<any Loss>.Entry, _ values: [String: ParameterValue] = [:], seed: UInt64
  ) throws {
    name = entry.declaration.name
    do {
      let numbers = entry.declaration.parameters.flatMap {
        (values[$0.name] ?? $0.defaultValue)?.numbers ?? []
      }
      check = try GradientCheck(try entry.make(values), parameters: numbers, seed: seed)
      problem = nil
    } catch {
      check = nil
      problem = "\(error)"
    }
  }

  /// Whether the loss takes a part of its value for a constant, which differences can't.
  private var isLeftOut: Bool { check?.isLeftOut ?? false }

  /// Whether the gradient is the derivative.
  var isRight: Bool { check?.isRight ?? false }

  /// One line a loss: the largest error, and where it is.
  static func table(of checks: [LossCheck], _ style: Style) -> TerminalText {
    var table = Table([
      .init("loss"), .init("gradient"), .init("derivatives", .right), .init("at kinks", .right),
      .init("largest error", .decimal), .init("where"),
    ])
    for check in checks {
      table.append(styled: [
        "\(check.name)",
        check.isLeftOut ? "left out" : check.isRight ? style.green("ok") : style.red("wrong"),
        "\(check.check?.derivatives.grouped ?? "")", "\(check.check?.kinks.grouped ?? "")",
        "\(check.check?.worst.map { $0.error.formatted(significant: 2) } ?? "")",
        "\(check.check?.worst?.place ?? check.problem ?? "")",
      ])
    }
    return table.text(style: style)
  }

  /// The same as JSON.
  var node: JSONNode {
    JSONNode(
      JSONObject([
        "loss": JSONNode(name),
        "ok": JSONNode(isRight),
        "left_out": isLeftOut ? true : nil,
        "problem": problem.map { JSONNode($0) },
        "derivatives": check.map { JSONNode($0.derivatives) },
        "at_kinks": check.map { JSONNode($0.kinks) },
        "tolerance": check.map { JSONNode($0.tolerance) },
        "worst": check?.worst?.node,
      ]))
  }
}

extension GradientCheck.Worst {
  /// Where it is, and for a loss that is wrong what is to be seen there.
  fileprivate var place: String {
    let numbers = [prediction, derivative, expected].map { $0.formatted(significant: 8) }
    return "\(input): prediction \(numbers[0]) in column \(column), target \(target): "
      + "gradient \(numbers[1]), differences \(numbers[2])"
  }

  fileprivate var node: JSONNode {
    [
      "error": JSONNode(finite: error),
      "input": JSONNode(input),
      "prediction": JSONNode(finite: prediction),
      "column": JSONNode(column),
      "target": JSONNode(target),
      "gradient": JSONNode(finite: derivative),
      "differences": JSONNode(finite: expected),
    ]
  }
}

extension ParameterValue {
  /// The numbers that it holds.
  fileprivate var numbers: [Double] {
    switch self {
    case .integer(let value): [Double(value)]
    case .number(let value): [value]
    case .list(let values): values.flatMap(\.numbers)
    case .object(let members): members.flatMap(\.value.numbers)
    case .null, .boolean, .string: []
    }
  }
}
