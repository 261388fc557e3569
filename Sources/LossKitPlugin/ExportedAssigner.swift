import LossCore
import LossKernels
import PluginABI

extension losskit_assigner {
  /// What a table says of a type of assigner.
  init(_ type: any Assigner.Type) {
    let standard = try? type.init()
    let (reads, gives) = (standard?.reads ?? [], standard?.gives ?? [])
    self.init(
      component: ExportedType(type) {
        let assigner = $0 as? any Assigner
        return assigner?.reads == reads && assigner?.gives == gives
      }.entry,
      reads: reads.flags, gives: gives.flags,
      assign: { instance, assignment, error, errorSize in
        report(to: error, errorSize) {
          guard let assigner = LossKitPlugin.component(of: instance) as? any Assigner,
            let assignment
          else { throw MissingArgument() }
          try assigner.assign(assignment.pointee)
        }
      })
  }
}

extension Assigner {
  fileprivate func assign(_ assignment: losskit_assignment) throws(InputError) {
    var wants: Set<StageInput> = []
    if assignment.overlaps != nil { wants.insert(.overlaps) }
    if assignment.quality != nil { wants.insert(.quality) }
    let request = try AssignmentRequest(
      assignment.image, costs: HostCosts(assignment).map { [$0.weighted] } ?? [], wants: wants)
    let found = try assign(request, workers: Workers(assignment.threads))
    try write(found.matches, "matches", to: assignment.matches, priors: request.priors.count)
    try write(found.overlaps, "overlaps", to: assignment.overlaps, priors: request.priors.count)
    try write(found.quality, "qualities", to: assignment.quality, priors: request.priors.count)
  }

  private func write<Number>(
    _ numbers: [Number], _ what: String, to start: UnsafeMutablePointer<Number>?, priors: Int
  ) throws(InputError) {
    guard let start else { return }
    guard numbers.count == priors else {
      throw InputError(
        declaration.name,
        "gives \(numbers.count) \(what); expected one for each of \(priors) priors")
    }
    for (prior, number) in numbers.enumerated() { start[prior] = number }
  }
}

/// The sum of a stage's match costs, which LossKit says to an assigner of a plugin.
///
/// Sendable without a check: LossKit lets the function be called from several threads, as long as the call of
/// the assigner takes.
private struct HostCosts: MatchCost, @unchecked Sendable {
  static let declaration = Declaration(
    name: "host", summary: "The stage's match costs.", formula: "their weighted sum",
    source: "losskit_plugin.h")

  private let function:
    @Sendable (UnsafePointer<Int>?, Int, Int, UnsafeMutablePointer<Float>?) -> Int32

  init(parameters: Parameters) throws(ParameterError) {
    throw ParameterError("type", "is what LossKit passes to an assigner")
  }

  /// The costs of an assignment, if its assigner reads them.
  init?(_ assignment: losskit_assignment) {
    guard let costs = assignment.costs else { return nil }
    nonisolated(unsafe) let context = assignment.context
    function = { costs(context, $0, $1, $2, $3) }
  }

  /// The costs as the only ones of a stage.
  var weighted: WeightedMatchCost { WeightedMatchCost(name: "costs", cost: self) }

  var reads: Set<StageInput> { [] }

  func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) throws(InputError) -> [Float] {
    var costs = [Float](repeating: 0, count: priors.count)
    let status = priors.withUnsafeBufferPointer { priors in
      costs.withUnsafeMutableBufferPointer {
        function(priors.baseAddress, priors.count, object, $0.baseAddress)
      }
    }
    guard status == 0 else { throw InputError("match costs", "can't be said") }
    return costs
  }
}
