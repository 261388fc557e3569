import LossKernels

/// How a language writes the operations of formulas.
public struct FormulaSyntax: Sendable {
  /// A text, and how tightly its outermost operator binds.
  struct Text {
    let text: String
    let binding: Binding

    init(_ text: String, _ binding: Binding) {
      self.text = text
      self.binding = binding
    }

    func bound(at least: Binding) -> String { binding < least ? "(\(text))" : text }
  }

  enum Binding: Int, Comparable {
    case or, and, not, comparison, sum, product, sign, leaf

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What a number is written as.
  let number: @Sendable (Double) -> String
  /// What a variable is written as.
  let variable: @Sendable (String) -> String
  /// What a function is written as, by operation, texts of the arguments, and which of these are numbers; `nil` for
  /// the way of formulas.
  let call: @Sendable (FormulaOperation, [String], [Bool]) -> String?
  /// Whether products of a factor with itself are powers.
  let hasPowers: Bool

  func text(of step: FormulaSteps<Double>.Step, _ x: [Text]) -> Text {
    func infix(_ sign: String, _ binding: Binding, right: Binding) -> Text {
      Text("\(x[0].bound(at: binding)) \(sign) \(x[1].bound(at: right))", binding)
    }
    if step.operation == .number {
      return Text(number(step.number), step.number < 0 ? .sign : .leaf)
    }
    if step.operation == .variable { return Text(variable(step.name), .leaf) }
    if let text = call(step.operation, x.map(\.text), x.map { Double($0.text) != nil }) {
      return Text(text, .leaf)
    }
    switch step.operation {
    case .add: return infix("+", .sum, right: .sum)
    case .subtract where x[1].text.hasPrefix("-") && Double(x[1].text) != nil:
      return Text("\(x[0].bound(at: .sum)) + \(x[1].text.dropFirst())", .sum)
    case .subtract: return infix("-", .sum, right: .product)
    case .multiply where hasPowers && step.operands[0] == step.operands[1]:
      return Text("\(x[0].bound(at: .leaf))^2", .leaf)
    case .multiply: return infix("*", .product, right: .sign)
    case .divide: return infix("/", .product, right: .sign)
    case .negate: return Text("-\(x[0].bound(at: .leaf))", .sign)
    case .less: return infix("<", .comparison, right: .sum)
    case .lessOrEqual: return infix("<=", .comparison, right: .sum)
    case .greater: return infix(">", .comparison, right: .sum)
    case .greaterOrEqual: return infix(">=", .comparison, right: .sum)
    case .and: return infix("and", .and, right: .not)
    case .or: return infix("or", .or, right: .and)
    case .not: return Text("not \(x[0].bound(at: .not))", .not)
    default:
      return Text(
        "\(Self.names[step.operation] ?? "")(\(x.map(\.text).joined(separator: ", ")))", .leaf)
    }
  }

  /// What formulas call the functions.
  private static let names: [FormulaOperation: String] = [
    .minimum: "min", .maximum: "max", .magnitude: "abs", .squareRoot: "sqrt", .exponential: "exp",
    .logarithm: "log", .logarithm1p: "log1p", .power: "pow", .tanh: "tanh", .atan: "atan",
    .sigmoid: "sigmoid", .softplus: "softplus", .select: "select", .constant: "constant",
  ]

  /// The language of formulas.
  public static let formula = FormulaSyntax(
    number: { shown($0) }, variable: { $0 }, call: { _, _, _ in nil }, hasPowers: true)

  /// Swift over `FormulaValue`.
  public static let swift = FormulaSyntax(
    number: { shown($0) }, variable: { swiftName($0) },
    call: { operation, x, _ in
      switch operation {
      case .and: "((\(x[0])) & (\(x[1])))"
      case .or: "((\(x[0])) | (\(x[1])))"
      case .not: "!(\(x[0]))"
      case .select: "Value.select(\(x[0]), \(x[1]), else: \(x[2]))"
      default: names[operation].map { "Value.\($0)(\(x.joined(separator: ", ")))" }
      }
    }, hasPowers: false)

  /// Python over tensors of PyTorch.
  public static let pyTorch = FormulaSyntax(
    number: { shown($0) }, variable: { pythonName($0) },
    call: { operation, x, isNumber in
      func bound(_ name: String, _ limit: String) -> String {
        if isNumber[1] { return "torch.clamp(\(x[0]), \(limit)=\(x[1]))" }
        return isNumber[0]
          ? "torch.clamp(\(x[1]), \(limit)=\(x[0]))" : "torch.\(name)(\(x[0]), \(x[1]))"
      }
      switch operation {
      case .and: return "((\(x[0])) & (\(x[1])))"
      case .or: return "((\(x[0])) | (\(x[1])))"
      case .not: return "~(\(x[0]))"
      case .minimum: return bound("minimum", "max")
      case .maximum: return bound("maximum", "min")
      case .select:
        // Of two numbers torch.where makes a tensor of the default precision.
        let first = isNumber[1] && isNumber[2] ? "number(\(x[1]))" : x[1]
        return "torch.where(\(x[0]), \(first), \(x[2]))"
      case .softplus: return "torch.logaddexp(\(x[0]), number(0.0))"
      case .constant: return x[0]
      default: return names[operation].map { "torch.\($0)(\(x.joined(separator: ", ")))" }
      }
    }, hasPowers: false)

  /// C over floats.
  public static let c = FormulaSyntax(
    number: { number in
      if number == .infinity { return "INFINITY" }
      if number == -.infinity { return "-INFINITY" }
      let text = "\(number)"
      return (text.contains(".") || text.contains("e") ? text : text + ".0") + "f"
    }, variable: { cName($0) },
    call: { operation, x, _ in
      switch operation {
      case .and: "((\(x[0])) && (\(x[1])))"
      case .or: "((\(x[0])) || (\(x[1])))"
      case .not: "!(\(x[0]))"
      case .select: "((\(x[0])) ? (\(x[1])) : (\(x[2])))"
      case .minimum: "fminf(\(x[0]), \(x[1]))"
      case .maximum: "fmaxf(\(x[0]), \(x[1]))"
      case .magnitude: "fabsf(\(x[0]))"
      case .sigmoid, .softplus: "\(names[operation] ?? "")(\(x[0]))"
      case .constant: "(\(x[0]))"
      default: names[operation].map { "\($0)f(\(x.joined(separator: ", ")))" }
      }
    }, hasPowers: false)

  private static func shown(_ number: Double) -> String {
    guard number.isFinite else { return number < 0 ? "-1e999" : "1e999" }
    return number == number.rounded() && number.magnitude < 1e15 ? "\(Int(number))" : "\(number)"
  }

  private static func swiftName(_ name: String) -> String {
    if name.hasPrefix("t.") { return "target.\(name.dropFirst(2))" }
    return name == "prediction" || name == "target" ? name : "prediction.\(name)"
  }

  private static func pythonName(_ name: String) -> String {
    name.hasPrefix("t.") ? "target_\(name.dropFirst(2))" : name
  }

  private static func cName(_ name: String) -> String {
    if name == "prediction" || name == "target" { return name }
    let index = ["x1", "y1", "x2", "y2"].firstIndex(of: name.suffix(2)) ?? 0
    return name.hasPrefix("t.") ? "t[\(index)]" : "p[\(index)]"
  }
}
