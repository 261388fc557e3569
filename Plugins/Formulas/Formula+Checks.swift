import Formula
import LossKernels

extension Formula {
  /// The first part of the texts that isn't a finite number, or hasn't a finite derivative, and what it is.
  func undefinedPart<Value: RealScalar>(of variables: [String: Dual<Value>]) -> String {
    var value: String?
    var derivative: String?
    evaluate(variables) { number, part in
      if value == nil, !number.value.isFinite { value = "\(part) is \(number.value)" }
      if derivative == nil, !number.derivatives.all.allSatisfy({ $0?.isFinite ?? true }) {
        derivative = "the derivative of \(part) is not finite"
      }
    }
    return value ?? derivative ?? "the derivative is not finite"
  }
}

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
