import LossCore
import LossKernels

/// Numbers that training changes, and the gradient of the loss by them.
public struct Weights: Sendable {
  /// The length of each axis, outermost first.
  public let shape: [Int]
  /// Whether weight decay applies: to factors, not to biases and scales.
  public let decays: Bool
  /// The numbers in row-major order.
  public var values: [Float]
  /// The gradient by each number.
  public var gradient: [Float]

  /// Numbers that are all `value`.
  public init(shape: [Int], repeating value: Float, decays: Bool = false) {
    self.shape = shape
    self.decays = decays
    values = Array(repeating: value, count: shape.reduce(1, *))
    gradient = zeros(values.count)
  }

  /// Random numbers, evenly spread between ∓√(3 · variance); they are a function of seed, name and
  /// place.
  public init(shape: [Int], variance: Double, seed: UInt64, name: String) {
    self.init(shape: shape, repeating: 0, decays: true)
    let random = RandomStream(seed: seed, name: name)
    let bound = (3 * variance).squareRoot()
    for index in values.indices { values[index] = Float((2 * random.uniform(index) - 1) * bound) }
  }
}
