/// A number that remembers how it was computed: a formula that is given traced values writes itself down.
///
/// ``FormulaProgram`` evaluates what was written down with the same bits as the formula, and as ``Dual`` numbers
/// of traced values write down derivatives as well, its derivatives too.
public struct TracedValue: Sendable {
  /// The last step.
  public let node: FormulaNode

  /// The value of a step.
  public init(_ node: FormulaNode) { self.node = node }

  /// A variable.
  public init(variable name: String) { node = FormulaNode(variable: name) }

  /// Variables by their names.
  public static func variables(_ names: [String]) -> [String: TracedValue] {
    Dictionary(uniqueKeysWithValues: names.map { ($0, TracedValue(variable: $0)) })
  }
}

/// A step of a traced formula, with those that it reads.
public final class FormulaNode: Sendable {
  /// What is done.
  public let operation: FormulaOperation
  /// What it is done with.
  public let operands: [FormulaNode]
  /// The number, of a step that is one; else 0.
  public let number: Double
  /// The name, of a step that is a variable; else empty.
  public let name: String

  /// A step.
  public init(_ operation: FormulaOperation, _ operands: [FormulaNode]) {
    self.operation = operation
    self.operands = operands
    number = 0
    name = ""
  }

  /// A number.
  public init(_ number: Double) {
    operation = .number
    operands = []
    self.number = number
    name = ""
  }

  init(variable name: String) {
    operation = .variable
    operands = []
    number = 0
    self.name = name
  }

  /// Whether it is this very number.
  public func isNumber(_ number: Double) -> Bool {
    operation == .number && self.number == number
  }
}

extension TracedValue: FormulaValue {
  /// A condition that remembers how it was computed.
  public struct Mask: FormulaMask {
    /// The last step.
    public let node: FormulaNode

    init(_ operation: FormulaOperation, _ operands: FormulaNode...) {
      node = FormulaNode(operation, operands)
    }

    public static func & (left: Self, right: Self) -> Self { Self(.and, left.node, right.node) }
    public static func | (left: Self, right: Self) -> Self { Self(.or, left.node, right.node) }
    public static prefix func ! (mask: Self) -> Self { Self(.not, mask.node) }
  }

  private init(_ operation: FormulaOperation, _ operands: TracedValue...) {
    node = FormulaNode(operation, operands.map(\.node))
  }

  public init(_ value: Double) { node = FormulaNode(value) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Double) { self.init(value) }

  public static func + (left: Self, right: Self) -> Self { Self(.add, left, right) }
  public static func - (left: Self, right: Self) -> Self { Self(.subtract, left, right) }
  // A product with 1 has the bits of the other factor; derivatives begin with many.
  public static func * (left: Self, right: Self) -> Self {
    if left.node.isNumber(1) { return right }
    return right.node.isNumber(1) ? left : Self(.multiply, left, right)
  }
  public static func / (left: Self, right: Self) -> Self {
    right.node.isNumber(1) ? left : Self(.divide, left, right)
  }
  public static prefix func - (value: Self) -> Self { Self(.negate, value) }

  public static func < (left: Self, right: Self) -> Mask { Mask(.less, left.node, right.node) }
  public static func <= (left: Self, right: Self) -> Mask {
    Mask(.lessOrEqual, left.node, right.node)
  }
  public static func > (left: Self, right: Self) -> Mask { Mask(.greater, left.node, right.node) }
  public static func >= (left: Self, right: Self) -> Mask {
    Mask(.greaterOrEqual, left.node, right.node)
  }
  public static func select(_ condition: Mask, _ accepted: Self, else other: Self) -> Self {
    accepted.node === other.node
      ? accepted : Self(FormulaNode(.select, [condition.node, accepted.node, other.node]))
  }

  public static func min(_ x: Self, _ y: Self) -> Self { Self(.minimum, x, y) }
  public static func max(_ x: Self, _ y: Self) -> Self { Self(.maximum, x, y) }
  public static func constant(_ x: Self) -> Self { Self(.constant, x) }
  public static func abs(_ x: Self) -> Self { Self(.magnitude, x) }
  public static func sqrt(_ x: Self) -> Self { Self(.squareRoot, x) }
  public static func exp(_ x: Self) -> Self { Self(.exponential, x) }
  public static func log(_ x: Self) -> Self { Self(.logarithm, x) }
  public static func log1p(_ x: Self) -> Self { Self(.logarithm1p, x) }
  public static func pow(_ x: Self, _ y: Self) -> Self { Self(.power, x, y) }
  public static func tanh(_ x: Self) -> Self { Self(.tanh, x) }
  public static func atan(_ x: Self) -> Self { Self(.atan, x) }
  public static func sigmoid(_ x: Self) -> Self { Self(.sigmoid, x) }
  public static func softplus(_ x: Self) -> Self { Self(.softplus, x) }
}
