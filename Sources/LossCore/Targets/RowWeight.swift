/// How much each row of a term counts: multiplies its loss, and is never differentiated.
public protocol RowWeight: Component {
  /// The priors that have a weight. A term has a row for each of them, or for some.
  var scope: RowScope { get }

  /// What the weight reads beside boxes and matches, predictions of the priors in ``scope`` alone; nothing, as a
  /// rule.
  var reads: Set<StageInput> { get }

  /// The weights of one image, in the order of the priors in ``scope``; each finite and 0 or more.
  ///
  /// - Throws: ``InputError`` where they can't be said.
  func weights(for image: MatchedPriors) throws(InputError) -> [Float]
}

extension RowWeight {
  public var reads: Set<StageInput> { [] }
}
