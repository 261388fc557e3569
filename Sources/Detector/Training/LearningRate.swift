import Foundation

extension TrainingSettings {
  /// The learning rate of a step, counted from 0.
  func rate(step: Int) -> Double {
    guard step >= warmup else { return rate * Double(step + 1) / Double(warmup + 1) }
    let progress = Double(step) / Double(steps)
    switch schedule {
    case .constant:
      return rate
    case .step:
      return lowersAt.reduce(rate) { progress >= $1 ? $0 * factor : $0 }
    case .cosine:
      let t = Double(step - warmup) / Double(max(1, steps - warmup))
      return rate * (1 + cos(.pi * min(1, t))) / 2
    }
  }
}
