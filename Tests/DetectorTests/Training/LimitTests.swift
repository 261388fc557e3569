import LossKit
import ResourceLimits
import TestSupport
import Testing

@testable import Detector

/// What model files and data sets may ask for, at the limits and beyond.
struct LimitTests {
  private func problem(_ settings: String...) throws -> String? {
    do {
      _ = try ModelFile(settings: try settings.map { try JSONSetting(parsing: $0) })
      return nil
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("model.map_channels", Limits.convolutionChannels, 16),
    ("model.roi_size", Limits.roiSize, 1), ("model.roi_samples", Limits.roiSamples, 1),
    ("model.detections", Limits.imageDetections, 1), ("training.steps", Limits.steps, 1),
    ("training.warmup_steps", Limits.steps, 1), ("training.batch", Limits.batchImages, 1),
  ])
  func `a number`(path: String, limit: Int, step: Int) throws {
    #expect(try problem("\(path)=\(limit)") == nil)
    let problem = try problem("\(path)=\(limit + step)")
    #expect(problem?.contains("\(path): is \(limit + step); expected ") == true)
    #expect(problem?.contains("… \(limit)") == true)
  }

  @Test(arguments: [
    ("channels", Limits.convolutionChannels), ("roi_channels", Limits.roiChannels),
  ])
  func `numbers of a list`(name: String, limit: Int) throws {
    func problem(_ number: Int) throws -> String? {
      try self.problem(
        "model.strides=[1]", "model.channels=[16]", "model.roi_size=1", "model.\(name)=[\(number)]")
    }
    #expect(try problem(limit) == nil)
    let problem = try problem(limit + 16)
    #expect(problem?.contains("model.\(name): is \(limit + 16); expected 16 … \(limit)") == true)
  }

  /// 3 · 9 · 256 + 9 · 256 · 16 + 256 · 4912 + 4912 · 54384 are 2²⁸.
  @Test func weights() throws {
    func problem(_ outputs: Int) throws -> String? {
      try self.problem(
        "model.strides=[1]", "model.channels=[256]", "model.map_channels=16", "model.roi_size=1",
        "model.roi_channels=[4912, \(outputs)]")
    }
    #expect(try problem(54_384) == nil)
    #expect(try problem(54_400)?.contains("expected 268435456 at most") == true)
  }

  /// As many as are allowed would take a gigabyte here.
  @Test func `weights of a last layer`() throws {
    let settings = try SmallTraining.model(["model.roi_size=1", "model.roi_channels=[65536]"]).model
    let objective = try SmallTraining.recipe().objective
    let error = #expect(throws: InputError.self) {
      try DetectionModel(objective, classes: 5000, settings: settings, seed: 0)
    }
    #expect(error?.problem.hasSuffix("its last layer has 268435456 weights at most") == true)
  }

  /// A level coarser than the backbone's last map has a convolution of its own.
  @Test func `weights of a pyramid`() throws {
    let settings = try SmallTraining.model(["model.map_channels=4096"]).model
    let objective = try SmallTraining.recipe("reference_detector_fcos").objective
    let error = #expect(throws: InputError.self) {
      try DetectionModel(objective, classes: 6, settings: settings, seed: 0)
    }
    #expect(error?.problem.hasPrefix("has 3 levels, whose convolutions have 301989888") == true)
  }

  /// At the limit it is the loss that can't have as many columns.
  @Test func classes() throws {
    let objective = try SmallTraining.recipe().objective
    let settings = try SmallTraining.model().model
    func error(_ classes: Int) -> InputError? {
      #expect(throws: InputError.self) {
        try DetectionModel(objective, classes: classes, settings: settings, seed: 0)
      }
    }
    #expect(error(Limits.classes)?.place != "classes")
    #expect(
      error(Limits.classes + 1) == InputError("classes", "are 65537; expected 1 to 65536"))
  }

  @Test func `what a cache keeps`() throws {
    let scenes = try SmallTraining.scenes()
    let image = try scenes.example(0).image.pixels.count
    var cache = ExampleCache(scenes, room: 2 * image)
    let workers = Workers(1)
    try cache.load([0, 1], workers)
    try cache.load([2], workers)
    #expect((0..<3).allSatisfy { cache[$0] != nil }, "two images aren't beyond the limit")
    try cache.load([2, 3], workers)
    #expect((0..<4).map { cache[$0] != nil } == [false, false, true, true])
  }

  @Test func scenes() throws {
    func problem(count: Int = 1, side: Int = 32) -> String? {
      do throws(DataError) {
        _ = try SceneDataSet(
          .init(size: ImageSize(height: side, width: side), count: count))
        return nil
      } catch { return error.problem }
    }
    #expect(problem(count: Limits.scenes, side: Limits.sceneSide) == nil)
    #expect(problem(count: Limits.scenes + 1) == "count 1000001; expected 1 to 1000000")
    #expect(
      problem(side: Limits.sceneSide + 1) == "size 4097x4097; expected sides of 32 to 4096 pixels")
  }
}
