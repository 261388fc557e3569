import LossKernels

extension DetectionEvaluation {
  /// The metrics that an evaluation on `data` has, by name, and whether they have a value there: a metric of
  /// objects that there are none of is `null`, whatever a model finds.
  ///
  /// ``proposalRecall`` is among them; a model without proposals has no value for it.
  ///
  /// - Throws: ``DataError`` where annotations can't be read.
  public static func metrics(
    on data: any DataSet, workers: Workers = .standard
  ) throws -> [(name: String, hasValue: Bool)] {
    var images: [EvaluatedImage] = []
    for index in 0..<data.count {
      images.append(EvaluatedImage(annotations: try data.annotations(index), detections: []))
    }
    let metrics = try DetectionMetrics(of: images, classNames: data.classNames, workers: workers)
    let hasObjects = metrics.averageRecall() != nil
    return metrics.values.map { ($0.name, $0.value != nil) } + [("RPN_recall", hasObjects)]
      + metrics.classValues.map { ($0.name, $0.value != nil) }
  }
}

extension StepSummary {
  /// The numbers of a line of training.
  public static let metricNames = ["loss", "gradient_norm", "rate", "images_per_second"]
}
