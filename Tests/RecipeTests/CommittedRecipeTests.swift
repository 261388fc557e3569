import Foundation
import LossKit
import TestSupport
import Testing

/// The recipes that come with the package.
struct CommittedRecipeTests {
  static let names = [
    "faster_rcnn_giou", "faster_rcnn_paper", "faster_rcnn_pytorch", "faster_rcnn_tf",
    "faster_rcnn_torchvision", "reference_detector", "reference_detector_agnostic",
    "reference_detector_huber", "reference_detector_sigmoid",
  ]
  static let denseNames = [
    "atss", "fcos_mmdet", "fcos_mmdet_tuned", "fcos_torchvision", "reference_detector_atss",
    "reference_detector_fcos", "reference_detector_retinanet", "retinanet_detectron2",
    "retinanet_mmdet", "retinanet_torchvision", "ssd300_torchvision", "ssd_mmdet",
  ]
  static let qualityNames = ["gfl", "reference_detector_gfl", "vfnet"]
  static let alignedNames = [
    "reference_detector_tood", "reference_detector_yolox", "rtmdet", "tood", "tood_initial",
    "yolov8", "yolox", "yolox_l1", "yolox_original",
  ]
  static let queryNames = ["deformable_detr", "detr", "sparse_rcnn"]
  static let pyramidNames = ["cascade_rcnn", "faster_rcnn_mmdet", "libra_rcnn"]

  @Test func `there are no others`() throws {
    let folder = Reference.path("Configs/recipes")
    let found = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(
      found
        == [
          Self.names, Self.denseNames, Self.qualityNames, Self.alignedNames, Self.queryNames,
          Self.pyramidNames,
        ]
        .joined().map { "\($0).json" }.sorted())
  }

  @Test(arguments: names) func `each of them loads`(name: String) throws {
    let objective = try load(file: Reference.path("Configs/recipes/\(name).json")).objective
    #expect(objective.name == name)
    #expect(objective.stages.map(\.name) == ["rpn", "rcnn"])
    #expect(
      objective.stages.map { $0.terms.map(\.name) }
        == [["rpn_cls", "rpn_box"], ["rcnn_cls", "rcnn_box"]])
    let hasSigmoid =
      name.hasSuffix("giou") || name.hasSuffix("torchvision") || name.hasSuffix("sigmoid")
    #expect(
      objective.predictionNames
        == [
          hasSigmoid ? "rpn_objectness" : "rpn_cls_score", "rpn_bbox_pred", "cls_score",
          "bbox_pred",
        ])
  }

  @Test(arguments: denseNames) func `each dense one loads`(name: String) throws {
    let objective = try load(file: Reference.path("Configs/recipes/\(name).json")).objective
    #expect(objective.name == name)
    let targets =
      name.contains("retinanet") || name.hasPrefix("ssd")
      ? ["class", "box"] : ["class", "decoded_box", "centerness"]
    #expect(objective.stages.map { $0.terms.map(\.target.declaration.name) } == [targets])
    let levels = name.hasPrefix("reference_detector") ? 3 : name.hasPrefix("ssd") ? 6 : 5
    #expect(objective.predictionNames.count == levels * targets.count)
  }

  @Test(arguments: zip(qualityNames, [[3], [3], [1, 2]]))
  func `each whose scores are IoUs loads`(name: String, terms: [Int]) throws {
    let objective = try load(file: Reference.path("Configs/recipes/\(name).json")).objective
    #expect(objective.name == name)
    #expect(objective.stages.map(\.terms.count) == terms)
    #expect(objective.stages.allSatisfy { !$0.readsPredictions })
    let levels = name.hasPrefix("reference_detector") ? 3 : 5
    #expect(objective.predictionNames.count == levels * (name.hasSuffix("gfl") ? 2 : 3))
  }

  @Test(arguments: zip(alignedNames, [2, 3, 2, 2, 2, 3, 3, 4, 3]))
  func `each that assigns by predictions loads`(name: String, terms: Int) throws {
    let objective = try load(file: Reference.path("Configs/recipes/\(name).json")).objective
    #expect(objective.name == name)
    #expect(objective.stages.map(\.terms.count) == [terms])
    #expect(objective.stages[0].readsPredictions == (name != "tood_initial"))
    let (levels, tensors) = (name.hasPrefix("tood") ? 5 : 3, name.contains("yolox") ? 3 : 2)
    #expect(objective.predictionNames.count == levels * tensors)
  }

  @Test(arguments: pyramidNames) func `each over a pyramid loads`(name: String) throws {
    let objective = try load(file: Reference.path("Configs/recipes/\(name).json")).objective
    #expect(objective.name == name)
    let heads = name == "cascade_rcnn" ? 3 : 1
    #expect(objective.stages.count == 1 + heads)
    for (index, stage) in objective.stages.enumerated() {
      let key = index == 0 ? "rpn" : "rcnn"
      #expect(stage.terms.map(\.name) == ["\(key)_cls", "\(key)_box"])
    }
    #expect(objective.predictionNames.count == 10 + 2 * heads)
  }

  @Test(arguments: queryNames) func `each of queries loads`(name: String) throws {
    let objective = try load(file: Reference.path("Configs/recipes/\(name).json")).objective
    #expect(objective.name == name)
    let refines = name == "sparse_rcnn"
    let (key, ending) = refines ? ("rcnn", "") : ("detr", "s")
    #expect(objective.stages.map(\.name) == (0..<6).map { "\(key)_\($0)" })
    for (layer, stage) in objective.stages.enumerated() {
      #expect(
        stage.terms.map(\.target.declaration.name)
          == ["class", refines ? "decoded_box" : "box", "decoded_box"])
      let boxes = "bbox_pred\(ending)_\(layer)"
      #expect(
        stage.terms.map(\.predictions) == [["cls_score\(ending)_\(layer)"], [boxes], [boxes]])
      #expect(stage.readsPredictions)
    }
  }

  @Test func `the paper's weighs boxes by 10 over the anchor locations`() throws {
    let recipe = try load(file: Reference.path("Configs/recipes/faster_rcnn_paper.json"))
    let classes = try #require(try recipe.term("rpn_cls"))
    let boxes = try #require(try recipe.term("rpn_box"))
    #expect(classes.weight == 1)
    #expect("\(classes.normalizer)" == "\(Normalizer(.sampled, per: .image))")
    #expect(boxes.weight == 10)
    #expect("\(boxes.normalizer)" == "\(Normalizer(.cells, per: .image))")
  }
}
