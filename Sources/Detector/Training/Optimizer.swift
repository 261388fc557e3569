import DetectorKernels
import LossKernels

/// Moves weights against their gradients, and remembers what its rule needs.
///
/// The rules are those of PyTorch's `SGD`, `Adam` and `AdamW`.
public struct Optimizer: Sendable {
  /// The two memories of each layer's weights: of sgd the velocity alone, of adam the averages of the
  /// gradient and of its square.
  struct Memory: Sendable {
    var first: [Float]
    var second: [Float]
  }

  let settings: TrainingSettings
  /// By the names of the weights.
  var memories: [String: Memory] = [:]

  /// An optimizer that remembers nothing.
  public init(_ settings: TrainingSettings) { self.settings = settings }

  /// Moves all weights of a model.
  ///
  /// - Parameter step: The steps done before.
  /// - Returns: The norm of the gradient, before it was scaled down.
  mutating func update(_ model: inout DetectionModel, step: Int) -> Double {
    var squares = 0.0
    model.forEachWeights { _, weights in squares += sumOfSquares(weights.gradient.span) }
    let norm = squares.squareRoot()
    let scale = norm > settings.gradientLimit ? settings.gradientLimit / norm : 1
    model.forEachWeights { name, weights in
      update(&weights, name: name, step: step, scale: scale)
    }
    return norm
  }

  /// Moves the weights of a layer.
  ///
  /// - Parameters:
  ///   - name: Tells the layer's weights from others.
  ///   - step: The steps done before.
  ///   - scale: What the gradient is multiplied by.
  public mutating func update(
    _ weights: inout Weights, name: String, step: Int, scale: Double = 1
  ) {
    let count = weights.values.count
    // Taken out, so that the arrays aren't copied while they are changed.
    var first = memories[name]?.first ?? zeros(count)
    var second = memories[name]?.second ?? zeros(count)
    memories[name] = nil
    let rate = settings.rate(step: step)
    let decay = weights.decays ? settings.weightDecay : 0
    let gradient = weights.gradient
    func apply(_ rule: some ElementUpdate) {
      var values = weights.values.mutableSpan
      var one = first.mutableSpan
      var two = second.mutableSpan
      updateElements(&values, &one, &two, gradient: gradient.span, by: rule)
    }
    switch settings.optimizer {
    case .sgd:
      apply(Momentum(rate: rate, momentum: settings.momentum, decay: decay, scale: scale))
    case .adam, .adamw:
      apply(Adam(settings, step: step, rate: rate, decay: decay, scale: scale))
    }
    memories[name] = Memory(first: first, second: second)
  }
}

/// Stochastic gradient descent with momentum, as PyTorch has it: v = μ v + g + λ w, w −= η v.
private struct Momentum: ElementUpdate {
  let rate: Double
  let momentum: Double
  let decay: Double
  let scale: Double

  @inline(__always)
  func update<Value: FormulaValue>(
    _ value: inout Value, _ first: inout Value, _ second: inout Value, gradient: Value
  ) {
    first = Value(momentum) * first + Value(scale) * gradient + Value(decay) * value
    value = value - Value(rate) * first
  }
}

/// Adam; with decoupled decay AdamW.
private struct Adam: ElementUpdate {
  let momentum: Double
  let secondMomentum: Double
  let scale: Double
  /// Decay that joins the gradient.
  let decay: Double
  /// What the weight is multiplied by before.
  let shrinking: Double
  /// η / (1 − β₁ᵗ).
  let stepSize: Double
  /// 1 / √(1 − β₂ᵗ).
  let correction: Double
  let epsilon: Double

  init(_ settings: TrainingSettings, step: Int, rate: Double, decay: Double, scale: Double) {
    momentum = settings.momentum
    secondMomentum = settings.secondMomentum
    epsilon = settings.epsilon
    self.scale = scale
    self.decay = settings.optimizer == .adam ? decay : 0
    shrinking = settings.optimizer == .adamw ? 1 - rate * decay : 1
    let count = Double(step + 1)
    stepSize = rate / (1 - Double.pow(momentum, count))
    correction = 1 / (1 - Double.pow(secondMomentum, count)).squareRoot()
  }

  @inline(__always)
  func update<Value: FormulaValue>(
    _ value: inout Value, _ first: inout Value, _ second: inout Value, gradient: Value
  ) {
    let g = Value(scale) * gradient + Value(decay) * value
    first = Value(momentum) * first + Value(1 - momentum) * g
    second = Value(secondMomentum) * second + Value(1 - secondMomentum) * g * g
    let denominator = Value.sqrt(second) * Value(correction) + Value(epsilon)
    value = Value(shrinking) * value - Value(stepSize) * first / denominator
  }
}
