import LossCore

/// A loss applied to one prediction, with a weight and a normalizer.
public struct Term: Sendable {
  /// The name, unique in its stage.
  public let name: String
  /// The names of the prediction tensors, one a level of the priors.
  public let predictions: [String]
  /// How the axes of the tensors map to rows.
  public let layout: Layout
  /// What the rows are compared with.
  public let target: any Target
  /// The loss.
  public let loss: any Loss
  /// Where the background stands among the columns, or among class slots.
  public let background: BackgroundColumn
  /// What the sum is divided by.
  public let normalizer: Normalizer
  /// What the normalized sum is multiplied by in the objective, λ.
  public var weight: Double
  /// Multiplies the difference of prediction and target before the loss, a number a column.
  public let insideWeights: [Double]?
  /// Multiplies the loss of each column, a number a column.
  public let outsideWeights: [Double]?
  /// Multiplies the loss of each row; `nil` means 1.
  public let rowWeight: (any RowWeight)?
  /// The numbers of a row that a box is decoded from: those of the stage's coder.
  var codedColumns = 4

  /// Puts a term together; if nothing is said, the background stands where the loss has it, and first of class
  /// slots.
  public init(
    name: String, predictions: [String], layout: Layout, target: any Target, loss: any Loss,
    background: BackgroundColumn? = nil, normalizer: Normalizer, weight: Double = 1,
    insideWeights: [Double]? = nil, outsideWeights: [Double]? = nil,
    rowWeight: (any RowWeight)? = nil
  ) {
    self.name = name
    self.predictions = predictions
    self.layout = layout
    self.target = target
    self.loss = loss
    self.background = background ?? (layout.names(.classSlot) ? .first : loss.background)
    self.normalizer = normalizer
    self.weight = weight
    self.insideWeights = insideWeights
    self.outsideWeights = outsideWeights
    self.rowWeight = rowWeight
  }
}

extension Term {
  /// The number of columns that the loss reads a row; `nil` if the prediction's shape tells.
  package var columns: Int? {
    switch target.columns {
    case .deltas: 4
    case .decodedBox, .distributions: codedColumns
    case .objectness: columnCount(classes: 1)
    case .quality: 1
    case .classes: nil
    }
  }

  /// The numbers of a row's target, where rows have so many columns.
  package func targetWidth(columns: Int) -> Int { target.columns.areDeltas ? 4 : columns }

  /// Those of `columns` columns that labels have, the background's among them.
  package func labelColumns(of columns: Int) -> Int {
    background == loss.background ? loss.labelColumns(of: columns) : columns
  }

  /// The columns of a prediction of classes: what the loss reads, unless the term moves the background.
  package func columnCount(classes: Int) -> Int {
    background == loss.background
      ? loss.columns(classes: classes) : background.columns(classes: classes)
  }

  /// The parts of the term that don't go together: the key of one in a recipe, and what is wrong.
  package var problems: [(key: String, problem: String)] {
    let name = "\"\(loss.declaration.name)\""
    let target = target.columns
    let targetName = self.target.declaration.name
    let dense = loss as? any DenseLoss
    var problems: [(key: String, problem: String)] = []
    if predictions.isEmpty { problems.append(("prediction", "names no tensor")) }
    if layout.names(.classSlot), !target.areDeltas {
      problems.append(("layout", "has k, class slots, which a box target alone reads"))
    }
    if !layout.names(.channel), (columns ?? columnCount(classes: 1)) > 1 {
      problems.append(("layout", "has no c, but the loss reads more than one column a row"))
    }
    if target == .decodedBox, loss.predictionKind != .boxes {
      problems.append(
        ("loss", "\(name) doesn't compare boxes; a \(targetName) target needs a loss that does"))
    }
    if target != .decodedBox, loss.predictionKind == .boxes {
      problems.append(("target", "\(name) compares boxes; expected decoded_box"))
    }
    if target == .distributions, dense?.comparesOneNumber != true {
      problems.append(
        (
          "loss",
          "\(name) doesn't compare a distribution with a number; a \(targetName) target needs a loss that "
            + "does, such as distribution_focal"
        ))
    }
    if target != .distributions, dense?.comparesOneNumber == true {
      problems.append(
        ("target", "\(name) compares distributions with numbers; expected distribution"))
    }
    if target == .deltas || target == .quality, dense == nil || loss is any ClassLoss {
      problems.append(
        ("loss", "\(name) takes classes; a \(targetName) target needs a loss on numbers"))
    }
    if self.target.hasScores, dense == nil || loss is any ClassLoss {
      problems.append(
        (
          "loss",
          "\(name) takes a class a row; a \(targetName) target gives it a score, and needs a loss on "
            + "numbers, such as quality_focal"
        ))
    }
    if background != loss.background, !target.areClasses, !isClassSpecific {
      problems.append(
        ("background", "has a column among classes; a \(targetName) target has none"))
    } else if loss.background == .last, background != .last {
      problems.append(("background", "stands last for \(name); leave it out"))
    } else if background == .none, loss.background != .none {
      problems.append(
        ("background", "has no column, but \(name) compares each row with one; use first or last"))
    }
    if insideWeights != nil, target != .deltas || dense?.readsDifference != true {
      problems.append(
        (
          "inside_weights",
          target == .deltas
            ? "multiply prediction - target, which \(name) doesn't read by itself"
            : "multiply coordinates; expected a box target"
        ))
    }
    if outsideWeights != nil, target != .deltas || dense?.evaluatesElements != true {
      problems.append(
        (
          "outside_weights",
          target == .deltas
            ? "weigh coordinates, but \(name) has one value a row"
            : "weigh coordinates; expected a box target"
        ))
    }
    if let rowWeight, rowWeight.scope == .positives, self.target.scope == .sampled {
      problems.append(
        (
          "row_weight",
          "\"\(rowWeight.declaration.name)\" weighs positives alone, but a \(targetName) target "
            + "has rows of background too"
        ))
    }
    if normalizer.runningMean != nil, normalizer.scope == .image {
      problems.append(("normalizer", "a running mean is one of batches; expected per batch"))
    }
    let largest = Float.greatestFiniteMagnitude
    if !(weight.magnitude <= Double(largest)) {
      problems.append(("weight", "is \(weight); expected at most \(largest) in magnitude"))
    }
    for (key, weights) in [
      ("inside_weights", insideWeights), ("outside_weights", outsideWeights),
    ] {
      guard let weights else { continue }
      if weights.count != 4 {
        problems.append(
          (key, "has \(counted(weights.count, "number")); expected 4, one a coordinate"))
      }
      if let weight = weights.first(where: { !($0.magnitude <= Double(largest)) }) {
        problems.append((key, "has \(weight); expected at most \(largest) in magnitude"))
      }
    }
    return problems
  }
}
