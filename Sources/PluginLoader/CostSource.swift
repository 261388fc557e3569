import LossCore
import PluginABI
import LossKernels

/// The match costs of a stage, for an assigner of a plugin to ask for.
final class CostSource: Sendable {
  private let request: AssignmentRequest
  private let asker: String
  private let failure = Lock<InputError?>(nil)

  /// The costs of a request; `asker` is what messages call the assigner.
  init(_ request: AssignmentRequest, asker: String) {
    self.request = request
    self.asker = asker
  }

  /// Why a cost couldn't be said, if one couldn't.
  var error: InputError? { failure.withLock { $0 } }

  /// What C calls, with the source as context.
  static let function:
    @convention(c) @Sendable (
      UnsafeMutableRawPointer?, UnsafePointer<Int>?, Int, Int, UnsafeMutablePointer<Float>?
    ) -> Int32 = { context, priors, count, object, costs in
      guard let context else { return 1 }
      let source = Unmanaged<CostSource>.fromOpaque(context).takeUnretainedValue()
      return source.write(
        UnsafeBufferPointer(start: priors, count: priors == nil ? 0 : max(0, count)),
        object, to: costs)
    }

  private func write(
    _ priors: UnsafeBufferPointer<Int>, _ object: Int, to costs: UnsafeMutablePointer<Float>?
  ) -> Int32 {
    do throws(InputError) {
      guard request.groundTruth.boxes.indices.contains(object), let costs,
        priors.count <= request.priors.count,
        priors.allSatisfy(request.priors.boxes.indices.contains)
      else {
        throw InputError(
          asker,
          "asks for costs of priors or a ground truth that there aren't; expected 0 to "
            + "\(request.priors.count - 1) and 0 to \(request.groundTruth.boxes.count - 1): the "
            + "plugin has a mistake")
      }
      let found = try request.costs(of: Array(priors), with: object)
      for (index, cost) in found.enumerated() { costs[index] = cost }
      return 0
    } catch {
      failure.withLock { if $0 == nil { $0 = error } }
      return 1
    }
  }
}
