import Bench
import CommandLineKit
import LossKit

/// What came of a trial on random numbers: too many rows to show.
struct TrialSummary<Scalar: LossScalar>: TrialReport {
  private let trial: Trial<Scalar>
  private let random: RandomNumbers
  private let value: Double
  private let gradientNorm: Double

  init(_ trial: Trial<Scalar>, _ random: RandomNumbers) throws(InputError) {
    self.trial = trial
    self.random = random
    let result = try trial.evaluate(trial.reduction, gradient: true)
    value = result.value
    gradientNorm = squaredNorm(result.gradient?.elements ?? []).squareRoot()
  }

  var table: Table {
    var table = Table([.init(""), .init("", .decimal)])
    table.append([trial.reduction.title, value.formatted(significant: 6)])
    table.append(["gradient norm", gradientNorm.formatted(significant: 6)])
    return table
  }

  var node: JSONNode {
    [
      "loss": JSONNode(trial.loss.declaration.name),
      "random": [
        "rows": JSONNode(random.rows), "width": JSONNode(random.width),
        "seed": JSONNode(random.seed),
      ],
      "reduction": JSONNode(trial.reduction.rawValue),
      "value": JSONNode(finite: value),
      "gradient_norm": JSONNode(finite: gradientNorm),
    ]
  }
}
