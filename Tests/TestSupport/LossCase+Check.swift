import LossKit

extension LossCase {
  /// How an evaluation over `Scalar` differs from the expected value and gradient by more than
  /// `relative`; empty where it doesn't.
  public func mismatches<Scalar: LossScalar>(
    over _: Scalar.Type, relative: Double
  ) throws -> [String] {
    guard let predictions: Tensor<Scalar> = try tensor("predictions"),
      let value: Tensor<Double> = try tensor("value"),
      let gradient: Tensor<Double> = try tensor("gradient")
    else { throw ReferenceError("\(name) lacks predictions, value or gradient") }
    let result = try Registry.builtIn().loss(loss, parameters).evaluate(
      predictions, targets: try targets() as LossTargets<Scalar>, weights: try tensor("weights"),
      insideWeights: try tensor("inside_weights"), reduction: reduction,
      after: (try tensor("state") as Tensor<Double>?)?.elements)

    let values = reduction == .none ? result.values?.map { Double($0) } : Tensor([result.value])
    guard let values, values.shape == value.shape else {
      return ["value has shape \(values?.shape ?? []); expected \(value.shape)"]
    }
    guard let derivatives = result.gradient, derivatives.shape == gradient.shape else {
      return ["gradient has shape \(result.gradient?.shape ?? []); expected \(gradient.shape)"]
    }
    // 1 − IoU and the like are what is left of numbers of about 1.
    let isOfBoxes = try Registry.builtIn().loss(loss, parameters).predictionKind == .boxes
    let nextState = (try tensor("next_state") as Tensor<Double>?)?.elements ?? []
    return Tolerance(relative: relative, absolute: isOfBoxes ? relative : Self.smallest)
      .mismatches("value", values.elements, value.elements)
      + Tolerance(relative: relative).mismatches("state", result.state ?? [], nextState)
      + (try gradientTolerance(relative)).mismatches(
        "gradient", derivatives.elements.map { Double($0) }, gradient.elements,
        width: gradient.shape[1])
  }

  /// Below it Float has fewer digits.
  private static let smallest = Double(Float.leastNormalMagnitude)

  private func gradientTolerance(_ relative: Double) throws -> Tolerance {
    // PyTorch holds the 1e-12 of the derivative in single precision, 4e-9 off; it shows where p (1 − p)
    // is less.
    if loss == "bce", name.hasSuffix(".edges") {
      return Tolerance(relative: max(relative, 5e-9), absolute: Self.smallest)
    }
    if try Registry.builtIn().loss(loss, parameters).predictionKind == .boxes {
      return Tolerance(relative: relative, ofRow: relative, absolute: relative)
    }
    // The derivative p − y, with p near a y between 0 and 1, is what is left of two rounded numbers: its
    // error is that of the row's other derivatives. Where all of them cancel, PyTorch is left with some
    // 1e-17 where 0 is right.
    if try hasFractionalTargets {
      return Tolerance(relative: relative, ofRow: relative, absolute: 1e-16)
    }
    return Tolerance(relative: relative, absolute: Self.smallest)
  }

  /// Whether a target lies between 0 and 1, by itself or by label smoothing.
  private var hasFractionalTargets: Bool {
    get throws {
      if let smoothing = parameters["label_smoothing"]?.asNumber, smoothing > 0 { return true }
      guard
        [
          "softmax_cross_entropy", "bce_with_logits", "quality_focal", "varifocal",
          "distribution_focal", "knowledge_distillation", "dice", "tversky",
        ].contains(loss),
        case .dense(let targets) = try targets() as LossTargets<Float>
      else { return false }
      return targets.elements.contains { $0 != $0.rounded(.down) }
    }
  }
}

extension Registry {
  /// The loss registered as `name`.
  ///
  /// - Throws: ``ReferenceError`` where there is none, `ParameterErrors` where the parameters are
  ///   wrong.
  public func loss(
    _ name: String, _ parameters: [String: ParameterValue] = [:]
  ) throws -> any Loss {
    guard let entry = losses[name] else {
      throw ReferenceError("no loss is registered as \(name)")
    }
    return try entry.make(parameters)
  }
}
