import LossKit
import Testing

/// What is probably wrong with a batch: told once, with the number of others.
struct WarningTests {
  private func batch(_ images: [(height: Int, width: Int, boxes: [Box])]) -> DetectionBatch {
    DetectionBatch(
      images: images.map { image in
        DetectionBatch.Image(
          size: ImageSize(height: image.height, width: image.width),
          groundTruth: GroundTruth(boxes: image.boxes, labels: []))
      })
  }

  private let shares = [Box(0, 0, 0.5, 1)]

  @Test func `several images`() {
    let batch = batch([
      (480, 640, []), (480, 640, shares), (99, 64, shares), (100, 64, shares), (480, 640, shares),
      (480, 640, shares + [Box(0, 0, 9, 9)]), (10, 10, [Box(0, 0, 12, 9)]),
    ])
    #expect(
      batch.warnings(about: []).map(\.description) == [
        "gt_boxes image 1: all boxes lie within 0 to 1, on an image of 480 × 640 pixels; they are "
          + "probably shares of its sides: multiply x by the width and y by the height; so it is in 2 "
          + "more images",
        "gt_boxes image 6, row 0: [0.0, 0.0, 12.0, 9.0] reaches over its image of 10 × 10 pixels "
          + "(height × width); clip it, or see whether image_sizes has the height first, and the box x "
          + "first",
      ])
  }

  @Test func `corners that could be sides`() {
    let quarter = (0..<4).map { Box(10, 12, 20 + 10 * Float($0), 30) }
    func warnings(_ boxes: [Box]) -> [InputError] {
      batch([(60, 70, quarter), (60, 70, boxes)]).warnings(about: [])
    }
    #expect(
      warnings(quarter).map(\.description) == [
        "gt_boxes: all 8 boxes would lie in their images as x, y, width, height too; they are probably "
          + "that: add x to the width and y to the height"
      ])
    #expect(warnings(Array(quarter.dropLast())) == [])
    #expect(warnings(quarter + [Box(30, 12, 45, 30)]) == [])
  }

  private func targets(
    _ maps: [FeatureMap], of batch: DetectionBatch
  ) throws -> [StageTargets] {
    let recipe = try DetectionRecipe(named: "fcos_mmdet", registry: .builtIn())
    return [try recipe.objective.targets(ofStage: "fcos", for: batch, featureMaps: maps)]
  }

  /// Maps of strides 8 to 128.
  private static func maps(_ sides: (Int, Int)...) -> [FeatureMap] {
    sides.map { FeatureMap(height: $0.0, width: $0.1) }
  }

  /// What is said of maps on a batch of 790 × 1,070 pixels at most.
  private func warnings(on maps: [FeatureMap]) throws -> [String] {
    let batch = batch([(600, 1070, []), (790, 800, [])])
    return batch.warnings(about: try targets(maps, of: batch)).map(\.description)
  }

  /// Batches are padded to the largest image, and to a multiple of a stride.
  @Test func `maps of a padded batch`() throws {
    let padded = Self.maps((100, 136), (50, 68), (25, 34), (13, 17), (7, 9))
    #expect(try warnings(on: padded) == [])
    let cut = Self.maps((98, 133), (49, 66), (24, 33), (12, 16), (6, 8))
    #expect(try warnings(on: cut) == [])
  }

  @Test func `maps of another stride`() throws {
    let expected = """
      the largest image of the batch has 790 × 1070; expected so many to within a stride, or padded to a \
      multiple of 128: see to the strides of the priors, or to image_sizes; so do 4 more levels
      """
    let coarse = Self.maps((50, 68), (25, 34), (13, 17), (7, 9), (4, 5))
    #expect(
      try warnings(on: coarse) == [
        "stage fcos, level 0: the feature map of 50 × 68 cells of stride 8 spans 400 × 544 pixels, but "
          + expected
      ])
    let turned = Self.maps((136, 100), (68, 50), (34, 25), (17, 13), (9, 7))
    #expect(
      try warnings(on: turned) == [
        "stage fcos, level 0: the feature map of 136 × 100 cells of stride 8 spans 1088 × 800 pixels, "
          + "but \(expected)"
      ])
  }
}
