import Foundation
import LossKit

extension LossSetting {
  /// Which numbers of threads and instruction sets give other bits than one thread at the baseline.
  public func workersThatDiffer(rows: Int) throws -> [Workers] {
    let loss = try make()
    let input = randomInput(rows: rows, .rows, seed: 11)
    let all = InstructionSet.allCases.flatMap { instructions in
      [1, 2, 3].map { Workers($0, instructions: instructions) }
    }
    let results = try input.evaluate(loss, over: Float.self, reduction: .none, on: all)
    return zip(all, results).filter { !$1.hasTheBits(of: results[0]) }.map(\.0)
  }
}

extension LossResult {
  /// Whether all numbers are equal to the last bit; `isEqual` would take both zeros as one.
  fileprivate func hasTheBits(of other: Self) -> Bool where Scalar == Float {
    func bytes(_ tensor: Tensor<Float>?) -> Data? { tensor?.elements.withUnsafeBytes { Data($0) } }
    return value.bitPattern == other.value.bitPattern && bytes(values) == bytes(other.values)
      && bytes(gradient) == bytes(other.gradient)
  }
}
