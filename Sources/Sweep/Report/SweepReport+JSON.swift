import StrictJSON

extension SweepReport {
  /// How many variants are held against each other, as there are as many verdicts as pairs of them.
  private static let mostPaired = 200

  /// The results for other programs: the metric, the variants in the order of the ranking with what is said of
  /// them, all pairs of those that rank first, and all trials.
  ///
  ///     { "name": …, "metric": { "name": "AP50", "goal": "maximize" }, "best": …, "base": …,
  ///       "variants": [ { "name": …, "settings": { path: value }, "values": 3, "trials": 3, "mean": 0.5,
  ///         "interval": [0.4, 0.6], "metrics": { name: mean },
  ///         "against_best": { "difference": -0.1, "interval": [-0.2, 0], "p_value": 0.04,
  ///           "verdict": "worse" }, "against_base": … } ],
  ///       "pairs": [ { "variant": …, "other": …, "difference": 0.1, "interval": [0, 0.2],
  ///         "p_value": 0.04, "verdict": "better" } ],
  ///       "trials": [ { "trial": 0, "variant": …, "seed": 1, "status": "finished", "metrics": { … },
  ///         "seconds": 12.5, "version": "LossKit 1.0.0" } ] }
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
        "pairs": JSONNode(pairs),
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
        "against_best": row.againstBest.map { node($0) },
        "against_base": row.againstBase.map { node($0) },
      ]))
  }

  /// Each variant against those that rank after it.
  private var pairs: [JSONNode] {
    let ranked = comparison.ranked(most: Self.mostPaired)
    return ranked.indices.flatMap { place in
      ranked[(place + 1)...].compactMap { other in
        comparison.difference(of: ranked[place], to: other).map {
          node($0, (plan.variants[ranked[place]].name, plan.variants[other].name))
        }
      }
    }
  }

  /// A difference, with the names of both variants where they aren't told by the place.
  private func node(_ paired: PairedDifference, _ names: (String, String)? = nil) -> JSONNode {
    JSONNode(
      JSONObject([
        "variant": names.map { JSONNode($0.0) },
        "other": names.map { JSONNode($0.1) },
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
        "version": state.result?.version.map { JSONNode($0) },
        "reason": state.result?.reason.map { JSONNode($0) },
      ]))
  }
}
