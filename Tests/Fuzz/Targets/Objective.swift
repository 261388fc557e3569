import LossKit
import TestSupport

extension FuzzTarget {
  /// One of some recipes, with one of some layouts, evaluated on tensors of any shapes that fit memory.
  static let objective = Self(
    name: "objective",
    seeds: {
      // Of torchvision's recipe with its own layouts, an image with one object and three proposals; then
      // predictions for these, and of a map of 2 x 3 cells.
      let truth: [UInt8] = [2, 1, 2, 64, 96, 2, 1, 4, 8, 8, 80, 96, 1, 1, 1]
      let boxes: [UInt8] = [2, 3, 4, 8, 8, 80, 96, 0, 0, 40, 40, 16, 8, 88, 100]
      let predictions: [UInt8] = [3, 2, 3, 8, 5, 2, 3, 2, 7, 4, 1, 36, 2, 3, 9, 4, 1, 9, 2, 3]
      return [[1, 0, 0, 0, 0, 4] + truth + boxes + predictions]
    },
    reader: { _ in
      let registry = try Registry.builtIn()
      let recipes = try recipeNames.map { name in
        try DetectionRecipe(
          contentsOf: Reference.path("Configs/recipes/\(name).json"), registry: registry)
      }
      return { input in
        var bytes = ByteReader(input)
        let recipe = bytes.choice(recipes)
        var settings: [JSONSetting] = []
        for stage in recipe.objective.stages {
          for term in stage.terms {
            let layout = bytes.choice(layouts)
            let path: JSONPath = ["stages", stage.name, "terms", term.name, "layout"]
            if !layout.isEmpty {
              settings.append(try JSONSetting(parsing: "\(path)=\"\(layout)\""))
            }
          }
        }
        let changed = try attempt(input) { () throws(Diagnostics) in
          try DetectionRecipe(recipe.node, settings: settings, registry: registry)
        }
        guard let objective = changed?.objective else { return }
        let tensors = FuzzedTensors(&bytes, predictions: objective.predictionNames.sorted())
        let batch = try attempt(input) { () throws(BundleError) in try DetectionBatch(tensors) }
        let predictions = try attempt(input) { () throws(BundleError) in
          try tensors.predictions(objective.predictionNames)
        }
        guard let batch, let predictions else { return }
        let result = try attempt(input) { () throws(InputError) in
          let targets = try objective.targets(
            for: batch, predictions: predictions, workers: Workers(1))
          return try objective.evaluate(predictions, against: targets, workers: Workers(1))
        }
        guard let result else { return }
        try require(result.total.isFinite, "a total of \(result.total)")
        for (name, gradient) in result.gradients {
          try require(
            gradient.shape == predictions[name]?.shape, "a gradient of \(gradient.shape)")
        }
      }
    })

  private static let recipeNames = [
    "reference_detector", "faster_rcnn_torchvision", "faster_rcnn_tf", "faster_rcnn_giou",
    "reference_detector_agnostic",
  ]

  /// The first, which is empty, is the recipe's own.
  private static let layouts = [
    "", "", "", "n a h w", "n (a c) h w", "n (c a) h w", "n h w a c", "n (h w a) c", "n h w (a c)",
    "r c",
    "r (k c)", "r k c", "n p c", "n p k c", "n (p c)", "c r", "(n p) c", "a n h w", "h w n a c",
  ]
}

/// Tensors with the names of a bundle.
private struct FuzzedTensors: TensorSource {
  let path = "bundle"
  private var integers: [String: Tensor<Int>] = [:]
  private var floats: [String: Tensor<Float>] = [:]

  /// As many elements as a bundle of a few kilobytes has.
  private static let mostElements = 4096

  init(_ bytes: inout ByteReader, predictions: [String]) {
    let parts = bytes.byte()
    integers["image_sizes"] = Self.tensor(&bytes) { $0.integer() }
    floats["gt_boxes"] = Self.tensor(&bytes) { Float($0.number()) }
    integers["gt_labels"] = Self.tensor(&bytes) { $0.integer() }
    if parts & 1 != 0 { integers["gt_image"] = Self.tensor(&bytes) { $0.integer() } }
    if parts & 2 != 0 { integers["gt_ignore"] = Self.tensor(&bytes) { $0.integer() } }
    if parts & 4 != 0 { floats["proposals"] = Self.tensor(&bytes) { Float($0.number()) } }
    if parts & 8 != 0 { integers["proposals_image"] = Self.tensor(&bytes) { $0.integer() } }
    if parts & 16 != 0 { integers["rpn.sampled"] = Self.tensor(&bytes) { $0.integer() } }
    for name in predictions {
      let kind = bytes.byte()
      floats[name] = Self.tensor(&bytes) { _ in 0 }.map { tensor in
        var element = 0
        return tensor.map { _ in
          element += 1
          return kind == 255 ? .nan : kind == 254 ? 3e38 : Float(element * Int(kind) % 31) / 8 - 2
        }
      }
    }
  }

  /// A tensor whose shape and elements are those of the bytes; nothing where it would be too large.
  private static func tensor<Element>(
    _ bytes: inout ByteReader, _ element: (inout ByteReader) -> Element
  ) -> Tensor<Element>? {
    let shape = (0..<Int(bytes.byte() % 6)).map { _ in bytes.length() }
    guard !shape.contains(where: { $0 < 0 }) else { return nil }
    // An axis of no length makes room for any other.
    var count = shape.contains(0) ? 0 : 1
    for axis in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: axis)
      guard !overflow, product <= mostElements else { return nil }
      count = product
    }
    return try? Tensor(shape: shape, elements: (0..<count).map { _ in element(&bytes) })
  }

  var names: [String] { (Array(integers.keys) + floats.keys).sorted() }

  func floats(named name: String) throws(BundleError) -> Tensor<Float> {
    try tensor(name, of: floats)
  }

  func doubles(named name: String) throws(BundleError) -> Tensor<Double> {
    try tensor(name, of: floats).map { Double($0) }
  }

  func integers(named name: String) throws(BundleError) -> Tensor<Int> {
    try tensor(name, of: integers)
  }

  private func tensor<Element>(
    _ name: String, of tensors: [String: Tensor<Element>]
  ) throws(BundleError) -> Tensor<Element> {
    guard let tensor = tensors[name] else {
      throw BundleError(file: path, message: "has no tensor \(Diagnostic.quote(name))")
    }
    return tensor
  }
}
