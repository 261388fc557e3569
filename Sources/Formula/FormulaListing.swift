import LossKernels

/// Traced values as text, a line each: what several read has a name and a line of its own.
public struct FormulaListing: Sendable {
  /// A name and what it stands for.
  public struct Line: Sendable {
    /// The name.
    public let name: String
    /// The text.
    public let text: String
    /// Whether it is a condition.
    public let isCondition: Bool
  }

  /// The lines, each of which may read those before; the named values are among them.
  public private(set) var lines: [Line] = []

  /// The lines of named values.
  ///
  /// - Parameters:
  ///   - values: The values; one that others read goes by its name.
  ///   - syntax: The language.
  ///   - keepsConstants: Whether what isn't differentiated is told.
  public init(
    _ values: [(name: String, value: TracedValue)], in syntax: FormulaSyntax,
    keepsConstants: Bool = false
  ) {
    let steps = FormulaSteps<Double>(values.map(\.value), keepsConstants: keepsConstants)
    var uses = [Int](repeating: 0, count: steps.steps.count)
    for operand in steps.steps.flatMap(\.operands) { uses[operand] += 1 }
    var names: [Int: String] = [:]
    for (value, result) in zip(values, steps.results) where names[result] == nil {
      if !steps.steps[result].operation.isLeaf { names[result] = value.name }
    }
    var texts: [FormulaSyntax.Text] = []
    var count = 0
    for (index, step) in steps.steps.enumerated() {
      let text = syntax.text(of: step, step.operands.map { texts[$0] })
      var name = names[index]
      if name == nil, uses[index] > 1, step.operation.isWorthAName {
        count += 1
        name = "u\(count)"
      }
      if let name {
        lines.append(Line(name: name, text: text.text, isCondition: step.operation.isCondition))
        texts.append(FormulaSyntax.Text(name, .leaf))
      } else {
        texts.append(text)
      }
    }
    for (value, result) in zip(values, steps.results) where names[result] != value.name {
      lines.append(
        Line(
          name: value.name, text: texts[result].text,
          isCondition: steps.steps[result].operation.isCondition))
    }
  }
}

extension FormulaOperation {
  fileprivate var isLeaf: Bool { self == .number || self == .variable }

  /// Whether a line of its own is shorter than to say it again.
  fileprivate var isWorthAName: Bool {
    switch self {
    case .number, .variable, .negate, .less, .lessOrEqual, .greater, .greaterOrEqual, .magnitude:
      false
    default: true
    }
  }
}
