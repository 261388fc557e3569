/// What a term's predictions are compared with.
///
/// A target says which priors have a row, what the columns of a row are, and what each row should be. No
/// gradient flows through it.
public protocol Target: Component {
  /// The priors that have a row.
  var scope: RowScope { get }

  /// What the target reads beside boxes and matches, predictions of positives alone; nothing, as a rule.
  var reads: Set<StageInput> { get }

  /// What the columns of a row are: how heads put them out, and how detections are read from them.
  var columns: TargetColumns { get }

  /// Whether rows of classes have a score beside the label: ``TargetValues/scoredLabels(_:_:)``.
  var hasScores: Bool { get }

  /// Whether boxes are compared in shares of the image's sides, those that predictions decode to as well; else in
  /// pixels.
  var comparesShares: Bool { get }

  /// What the rows of one image should be, in the order of the priors in ``scope``.
  ///
  /// - Throws: ``InputError`` where it can't be said.
  func values(for image: MatchedPriors) throws(InputError) -> TargetValues
}

extension Target {
  public var reads: Set<StageInput> { [] }
  public var hasScores: Bool { false }
  public var comparesShares: Bool { false }
}

/// What the columns of a term's predictions are.
public enum TargetColumns: Sendable {
  /// Whether the prior holds an object: the loss's columns for one class.
  case objectness
  /// The classes: the loss's columns for as many as there are.
  case classes
  /// The numbers of the stage's box coder, compared as they are.
  case deltas
  /// The numbers of the stage's box coder, which are decoded before a loss on boxes compares them.
  case decodedBox
  /// The numbers of the stage's box coder, each of which is compared with its distribution over bins.
  case distributions
  /// One number that says how good the prior's box is, from 0 to 1 after the loss's activation. The
  /// probability of a class is multiplied by it in detections.
  case quality

  /// Whether a box is read from the columns, by the stage's coder.
  public var areDeltas: Bool {
    switch self {
    case .deltas, .decodedBox, .distributions: true
    case .objectness, .classes, .quality: false
    }
  }

  /// Whether the rows are compared with labels, else with numbers.
  public var areClasses: Bool {
    switch self {
    case .objectness, .classes: true
    case .deltas, .decodedBox, .distributions, .quality: false
    }
  }
}

/// What the rows of a term should be.
public enum TargetValues: Sendable {
  /// A label a row, 0 for background.
  case labels([Int32])
  /// A label a row, 0 for background, and the number that the label's column should hold, 0 to 1.
  case scoredLabels([Int32], [Float])
  /// A number for each column of each row, `[rows, columns]`.
  case numbers([Float])
}
