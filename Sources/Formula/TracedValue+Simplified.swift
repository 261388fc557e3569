import LossKernels

extension [TracedValue] {
  /// The same values in fewer operations, for people to read: equal as numbers, but for rounding.
  public var simplified: [TracedValue] {
    let traced = FormulaSteps<Double>(self)
    var nodes: [FormulaNode] = []
    for step in traced.steps {
      nodes.append(simplify(step, step.operands.map { nodes[$0] }))
    }
    return traced.results.map { TracedValue(nodes[$0]) }
  }
}

private func simplify(
  _ step: FormulaSteps<Double>.Step, _ x: [FormulaNode]
) -> FormulaNode {
  switch step.operation {
  case .number: return FormulaNode(step.number)
  case .variable: return TracedValue(variable: step.name).node
  case .add: return sum(x[0], x[1], sign: 1)
  case .subtract: return sum(x[0], x[1], sign: -1)
  case .negate: return negated(x[0])
  case .multiply: return product(x[0], x[1])
  case .divide:
    if x[0].isNumber(0) { return x[0] }
    if x[1].isNumber(1) { return x[0] }
    if x[0].operation == .negate { return negated(FormulaNode(.divide, [x[0].operands[0], x[1]])) }
  case .select where x[1] === x[2] || (x[1].isNumber(0) && x[2].isNumber(0)): return x[1]
  // Where a derivative is 0 for certain, it is so beside what is infinite: nothing to tell people.
  case .select where x[1].isNumber(0) && x[0].isZero: return x[2]
  default: break
  }
  return FormulaNode(step.operation, x)
}

/// A number and what it multiplies.
private func factored(_ node: FormulaNode) -> (factor: Double, rest: FormulaNode) {
  switch node.operation {
  case .negate:
    let (factor, rest) = factored(node.operands[0])
    return (-factor, rest)
  case .multiply where node.operands[0].operation == .number:
    return (node.operands[0].number, node.operands[1])
  default: return (1, node)
  }
}

private func scaled(_ factor: Double, _ rest: FormulaNode) -> FormulaNode {
  switch factor {
  case 0: FormulaNode(0)
  case 1: rest
  case -1: FormulaNode(.negate, [rest])
  default: FormulaNode(.multiply, [FormulaNode(factor), rest])
  }
}

private func sum(_ x: FormulaNode, _ y: FormulaNode, sign: Double) -> FormulaNode {
  if x.isNumber(0) { return sign > 0 ? y : negated(y) }
  if y.isNumber(0) { return x }
  let (first, second) = (factored(x), factored(y))
  if first.rest === second.rest { return scaled(first.factor + sign * second.factor, first.rest) }
  if y.operation == .negate {
    return FormulaNode(sign > 0 ? .subtract : .add, [x, y.operands[0]])
  }
  return FormulaNode(sign > 0 ? .add : .subtract, [x, y])
}

private func negated(_ x: FormulaNode) -> FormulaNode {
  switch x.operation {
  case .number: FormulaNode(-x.number)
  case .negate: x.operands[0]
  case .subtract: FormulaNode(.subtract, [x.operands[1], x.operands[0]])
  case .multiply where x.operands[0].operation == .number:
    FormulaNode(.multiply, [FormulaNode(-x.operands[0].number), x.operands[1]])
  default: FormulaNode(.negate, [x])
  }
}

private func product(_ x: FormulaNode, _ y: FormulaNode) -> FormulaNode {
  if x.isNumber(0) { return x }
  if y.isNumber(0) { return y }
  let (first, second) = (factored(x), factored(y))
  let factor = first.factor * second.factor
  if first.rest.operation == .number { return scaled(factor * first.rest.number, second.rest) }
  if second.rest.operation == .number { return scaled(factor * second.rest.number, first.rest) }
  return scaled(factor, FormulaNode(.multiply, [first.rest, second.rest]))
}

extension FormulaNode {
  /// Whether it is the condition that a number is 0.
  fileprivate var isZero: Bool {
    operation == .and && operands[0].operation == .greaterOrEqual
      && operands[1].operation == .lessOrEqual && operands.allSatisfy { $0.operands[1].isNumber(0) }
      && operands[0].operands[0] === operands[1].operands[0]
  }
}
