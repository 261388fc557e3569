import LossKernels

extension TracedValue {
  /// Whether two variables are read by nothing but their difference.
  func readsDifference(of first: String, and second: String) -> Bool {
    let steps = FormulaSteps<Double>([self]).steps
    return steps.allSatisfy { step in
      let names = step.operands.map { steps[$0].name }
      return names.allSatisfy(\.isEmpty)
        || (step.operation == .subtract && names == [first, second])
    } && steps.last?.operation != .variable
  }

  /// Whether a part that isn't a number is held constant where the formula is differentiated.
  var holdsPartConstant: Bool {
    var isSeen: Set<ObjectIdentifier> = []
    var open = [node]
    while let node = open.popLast() {
      guard isSeen.insert(ObjectIdentifier(node)).inserted else { continue }
      if node.operation == .constant, node.operands[0].operation != .number { return true }
      open += node.operands
    }
    return false
  }
}
