import LossKit

extension DetectionObjective {
  /// What the objective reads, as the header describes it.
  var node: JSONNode {
    [
      "name": JSONNode(name),
      "predictions": JSONNode(predictionNames.map { JSONNode($0) }),
      "stages": JSONNode(stages.map(\.node)),
    ]
  }
}

extension Stage {
  fileprivate var node: JSONNode {
    [
      "name": JSONNode(name),
      "priors": JSONNode(priors.declaration.name),
      "assigner": JSONNode(assigner.declaration.name),
      "source": priors.sourceStage.map { JSONNode($0) } ?? .null,
      "priors_per_cell": priors.priorsPerCell.map { JSONNode($0.map { JSONNode($0) }) } ?? .null,
      "reads_predictions": JSONNode(readsPredictions),
      "terms": JSONNode(terms.map(\.node)),
    ]
  }
}

extension Term {
  fileprivate var node: JSONNode {
    [
      "name": JSONNode(name),
      "predictions": JSONNode(predictions.map { JSONNode($0) }),
      "layout": JSONNode(layout.description),
      "target": JSONNode(target.declaration.name),
      "loss": JSONNode(loss.declaration.name),
      "columns": columns.map { JSONNode($0) } ?? .null,
      "class_columns": target.columns.areClasses ? JSONNode(columnCount(classes: 1)) : .null,
      "background": JSONNode(background.rawValue),
      "activation": JSONNode(loss.activation.rawValue),
      "class_specific": JSONNode(layout.description.contains("k")),
      "weight": JSONNode(weight),
      "remembers": JSONNode(normalizer.runningMean != nil),
      "loss_remembers": JSONNode(loss is any StatefulLoss),
    ]
  }
}
