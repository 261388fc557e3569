import LossCore

extension Stage {
  /// What in the stage doesn't go together: the keys that lead to it in a recipe, and what is wrong.
  package var problems: [(path: [String], problem: String)] { partProblems + termProblems }

  /// What in single terms doesn't go together.
  package var termProblems: [(path: [String], problem: String)] {
    terms.flatMap { term in term.problems.map { (["terms", term.name, $0.key], $0.problem) } }
  }

  /// What parts read that the stage hasn't.
  private var partProblems: [(path: [String], problem: String)] {
    let ofParts = parts.flatMap { part in
      part.reads.sorted { $0.rawValue < $1.rawValue }.compactMap { input in
        lack(of: input).map { (part.path, "\"\(part.name)\" reads \(input.rawValue), but \($0)") }
      }
    }
    let ofCosts: [([String], String)] =
      matchCosts.isEmpty || assigner.reads.contains(.costs)
      ? [] : [(["match_costs"], "\"\(assigner.declaration.name)\" reads no costs")]
    let coderName = "\"\(coder.declaration.name)\""
    let ofDeltas: [([String], String)] = terms.compactMap { term in
      let path = ["terms", term.name, "target"]
      switch term.target.columns {
      case .deltas where coder.bins > 1:
        return (
          path,
          "compares 4 numbers a row, but of \(coderName) a row has 4 distributions over "
            + "\(coder.bins) bins; use decoded_box"
        )
      case .distributions where coder.bins == 1:
        return (
          path,
          "compares distributions, but of \(coderName) a row has 4 numbers; give the coder 2 bins or more"
        )
      default: return nil
      }
    }
    return ofParts + ofCosts + ofDeltas
  }

  /// The parts that may read something, where a recipe has them.
  private var parts: [(path: [String], name: String, reads: Set<StageInput>)] {
    var parts = [(path: ["assigner"], name: assigner.declaration.name, reads: assigner.reads)]
    for match in matchCosts {
      parts.append((["match_costs", match.name], match.cost.declaration.name, match.cost.reads))
    }
    parts.append((["sampler"], sampler.declaration.name, sampler.reads))
    for term in terms {
      let path = ["terms", term.name]
      parts.append((path + ["target"], term.target.declaration.name, term.target.reads))
      for (key, weight) in term.rowWeights {
        parts.append((path + [key], weight.declaration.name, weight.reads))
      }
    }
    return parts
  }

  /// Why no stage can take its priors from what this one predicts; `nil` if one can.
  var proposalProblem: String? {
    if classTerm == nil || boxTerm == nil {
      return "needs a term for classes or objects and one for boxes to propose"
    }
    return boxTerm?.layout.names(.classSlot) == true
      ? "needs one box a prior to propose, and has one for each class" : nil
  }

  /// Why the stage hasn't an input; `nil` if it has.
  private func lack(of input: StageInput) -> String? {
    switch input {
    case .strides where !priors.hasStrides:
      "\"\(priors.declaration.name)\" lays no priors on feature maps, which have strides; use points or "
        + "an anchor grid"
    case .scores where classTerm == nil, .rowLosses where classTerm == nil:
      "no term predicts classes or objects"
    case .rowLosses where classTerm?.target.hasScores == true:
      "the term for classes has soft targets, which may depend on what is sampled"
    case .rowLosses where classTerm?.loss is any StatefulLoss:
      "the loss of the term for classes counts all rows before it evaluates one"
    case .objectness where objectTerm == nil:
      "no term predicts objects beside one that predicts classes"
    case .boxes where boxTerm == nil: "no term predicts boxes"
    case .boxes where boxTerm?.layout.names(.classSlot) == true:
      "the term for boxes predicts one for each class"
    case .costs where matchCosts.isEmpty: "the stage has none; name some under match_costs"
    case .overlaps where !assigner.gives.contains(input),
      .quality where !assigner.gives.contains(input):
      "\"\(assigner.declaration.name)\" gives none"
    default: nil
    }
  }
}

extension Term {
  /// The row weights that are used, under the keys of a recipe.
  var rowWeights: [(key: String, weight: any RowWeight)] {
    var weights: [(String, any RowWeight)] = []
    if let rowWeight { weights.append(("row_weight", rowWeight)) }
    if case .rowWeight(let weight) = normalizer.count { weights.append(("normalizer", weight)) }
    return weights
  }
}
