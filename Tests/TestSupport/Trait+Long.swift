import Foundation
import Testing

extension Trait where Self == ConditionTrait {
  /// For what builds packages, trains for long or runs the command a hundred times, which `.ci/run` doesn't
  /// leave out.
  public static var long: Self {
    .enabled(
      if: ProcessInfo.processInfo.environment["LOSSKIT_TESTS"] == "long",
      "takes long; LOSSKIT_TESTS=long runs it, as .ci/run does")
  }
}
