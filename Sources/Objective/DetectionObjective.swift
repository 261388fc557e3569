import LossCore

/// One stage of a detector: priors, what each is matched to, which of them count, and what is evaluated.
///
/// The RPN of Faster R-CNN is a stage, and its RoI head another.
public struct Stage: Sendable {
  /// The name, unique in its objective.
  public let name: String
  /// Makes the priors.
  public let priors: any PriorGenerator
  /// Decides which ground truth each prior is matched to.
  public let assigner: any Assigner
  /// What the assigner makes as small as it can, if it reads costs.
  public let matchCosts: [WeightedMatchCost]
  /// Chooses the priors that count.
  public let sampler: any Sampler
  /// Turns boxes into regression targets.
  public let coder: any BoxCoder
  /// The terms, in the order of the report.
  public var terms: [Term]

  /// Puts a stage together.
  public init(
    name: String, priors: any PriorGenerator, assigner: any Assigner,
    matchCosts: [WeightedMatchCost] = [], sampler: any Sampler, coder: any BoxCoder, terms: [Term]
  ) {
    self.name = name
    self.priors = priors
    self.assigner = assigner
    self.matchCosts = matchCosts
    self.sampler = sampler
    self.coder = coder
    self.terms = terms.map { term in
      var term = term
      term.codedColumns = coder.columns
      return term
    }
  }
}

/// The training objective of a detector: L = Σ over terms of weight · (Σ over rows of loss) / normalizer.
///
/// It is used in two steps. ``targets(for:predictions:step:workers:)`` decides what each prior should predict;
/// ``evaluate(_:against:after:gradients:averaging:workers:)`` compares predictions with that.
public struct DetectionObjective: Sendable {
  /// The name of the recipe.
  public let name: String
  /// The stages, in the order in which their targets are made.
  public let stages: [Stage]

  /// An objective of stages.
  ///
  /// - Throws: ``InputError`` where two stages, or two terms of a stage, have one name, priors come
  ///   from a stage that doesn't stand before, or the parts of one don't go together.
  public init(name: String, stages: [Stage]) throws(InputError) {
    var seen: Set<String> = []
    for stage in stages {
      if let name = stage.priors.sourceStage {
        guard let source = stages.first(where: { $0.name == name }), seen.contains(name) else {
          throw InputError(
            "stage \(stage.name)",
            "takes its priors from stage \"\(name)\", which doesn't stand before it")
        }
        if let problem = source.proposalProblem {
          throw InputError("stage \(name)", "\(problem), as stage \(stage.name) asks it to")
        }
      }
      guard seen.insert(stage.name).inserted else {
        throw InputError("stage \(stage.name)", "stands twice")
      }
      var names: Set<String> = []
      if let term = stage.terms.first(where: { !names.insert($0.name).inserted }) {
        throw InputError("stage \(stage.name)", "has two terms called \"\(term.name)\"")
      }
      if let (path, problem) = stage.problems.first {
        let place = path.count == 3 ? "term \(path[1]), \(path[2])" : path.joined(separator: " ")
        throw InputError("stage \(stage.name), \(place)", problem)
      }
    }
    self.name = name
    self.stages = stages
  }

  /// The names of all prediction tensors that the terms read, each once, in their order.
  public var predictionNames: [String] {
    var seen: Set<String> = []
    return stages.flatMap(\.terms).flatMap(\.predictions).filter { seen.insert($0).inserted }
  }
}
