import StrictJSON

extension SweepReport {
  /// The results for other programs: the metric, the variants in the order of the ranking with what is said of
  /// them, and all trials.
  ///
  ///     { "name": …, "metric": { "name": "AP50", "goal": "maximize" }, "best": …, "base": …,
  ///       "variants": [ { "name": …, "settings": { path: value }, "values": 3, "trials": 3, "mean": 0.5,
  ///         "interval": [0.4, 0.6], "metrics": { name: mean },
  ///         "against_best": { "difference": -0.1, "interval": [-0.2, 0], "p_value": 0.04,
  ///           "verdict": "worse" }, "against_base": … } ],
  ///       "trials": [ { "trial": 0, "variant": …, "seed": 1, "status": "finished", "metrics": { … },
  ///         "seconds": 12.5 } ] }
  ///
  /// What there isn't is left out.
  public var node: JSONNode {
    JSONNode(
      JSONObject([
        "name": JSONNode(plan.name),
        "metric": [
          "name": JSONNode(plan.metric.name), "goal": JSONNode(plan.metric.goal.rawValue),
        ],
        "best": comparison.best.map { JSONNode(plan.variants[$0].name) },
        "base": comparison.base.map { JSONNode(plan.variants[$0].name) },
        "variants": JSONNode(comparison.rows.map(node)),
        "trials": JSONNode(zip(trials, states).map { node(of: $0, $1) }),
      ]))
  }

  private func node(_ row: SweepComparison.Row) -> JSONNode {
    let variant = plan.variants[row.variant]
    var names: Set<String> = []
    for place in places[row.variant, default: []] {
      names.formUnion(states[place].result.map { Array($0.metrics.keys) } ?? [])
    }
    var means = JSONObject()
    for name in names.sorted() {
      if let mean = estimate(of: name, variant: row.variant)?.mean {
        means.set(name, to: JSONNode(mean))
      }
    }
    return JSONNode(
      JSONObject([
        "name": JSONNode(variant.name),
        "settings": variant.settingsNode,
        "values": JSONNode(row.estimate?.count ?? 0),
        "trials": JSONNode(trialCount(variant: row.variant)),
        "mean": row.estimate.map { JSONNode($0.mean) },
        "interval": row.estimate?.interval.map(node),
        "metrics": names.isEmpty ? nil : JSONNode(means),
        "against_best": row.againstBest.map(node),
        "against_base": row.againstBase.map(node),
      ]))
  }

  private func node(_ paired: PairedDifference) -> JSONNode {
    JSONNode(
      JSONObject([
        "difference": JSONNode(paired.difference.mean),
        "interval": paired.difference.interval.map(node),
        "p_value": paired.pValue.map { JSONNode($0) },
        "verdict": JSONNode(paired.verdict.rawValue),
      ]))
  }

  private func node(_ interval: ClosedRange<Double>) -> JSONNode {
    [JSONNode(interval.lowerBound), JSONNode(interval.upperBound)]
  }

  private func node(of trial: SweepTrial, _ state: TrialState) -> JSONNode {
    var metrics = JSONObject()
    for (name, value) in (state.result?.metrics ?? [:]).sorted(by: { $0.key < $1.key }) {
      metrics.set(name, to: JSONNode(value))
    }
    return JSONNode(
      JSONObject([
        "trial": JSONNode(trial.index), "variant": JSONNode(trial.variant.name),
        "seed": JSONNode(trial.seed), "status": JSONNode(state.word),
        "metrics": metrics.members.isEmpty ? nil : JSONNode(metrics),
        "seconds": state.result.map { JSONNode($0.seconds) },
        "reason": state.result?.reason.map { JSONNode($0) },
      ]))
  }
}
