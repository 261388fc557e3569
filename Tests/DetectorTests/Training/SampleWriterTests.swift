import Detector
import Foundation
import LossKit
import TestSupport
import Testing

/// What a training leaves for people to look at.
struct SampleWriterTests {
  /// Scenes whose objects are all of one class.
  private struct Things: DataSet {
    let scenes: SceneDataSet
    let classNames = ["thing"]
    var count: Int { scenes.count }

    func example(_ index: Int) throws(DataError) -> Example {
      let example = try scenes.example(index)
      let boxes = example.objects.boxes
      return Example(
        name: example.name, id: example.id, image: example.image,
        objects: GroundTruth(boxes: boxes, labels: boxes.map { _ in 1 }))
    }
  }

  @Test func `the first images, and what is found on them`() throws {
    let folder = try TemporaryFolder()
    let scenes = Things(scenes: try SmallTraining.scenes())
    // Whatever touches an object counts, so that a few steps make the model sure of some.
    let easy = [
      "stages.rcnn.assigner.positive_iou=0.05", "stages.rcnn.assigner.negative_iou=0.05",
      "stages.rcnn.sampler.positive_fraction=1",
    ]
    var run = try TrainingRun(
      in: folder.path("run"), recipe: try SmallTraining.recipe("reference_detector", easy),
      model: try SmallTraining.model(["training.steps=30", "training.rate=0.004"]),
      data: scenes, validation: scenes, seed: 4)
    var found: [[Detection]] = []
    try run.run { if case .evaluated(_, let evaluation) = $0 { found = evaluation.detections } }

    let path = folder.path("run/detections.json")
    let file = try JSONNode(
      parsing: Array(try Data(contentsOf: URL(filePath: path))), file: path)
    var images: [JSONNode] = []
    var sure = 0
    for index in 0..<6 {
      let example = try scenes.example(index)
      let objects = example.objects.boxes.map { box in
        ["class": "thing", "box": node(of: box)] as JSONNode
      }
      let detections = found[index].filter { $0.score >= 0.1 }
      sure += detections.count
      images.append([
        "file": "sample_\(index).png", "name": JSONNode(example.name), "width": 64, "height": 48,
        "objects": JSONNode(objects),
        "detections": JSONNode(
          detections.map { detection in
            [
              "class": "thing",
              "score": hundredths(detection.score),
              "box": node(of: detection.box),
            ]
          }),
      ])
      let png = try PNGReader(
        Array(try Data(contentsOf: URL(filePath: folder.path("run/sample_\(index).png")))))
      #expect(png.width == 64 && png.height == 48 && png.pixels == example.image.pixels)
    }
    #expect(file == ["images": JSONNode(images)])
    #expect(sure > 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path("run/sample_6.png")))
  }

  private func node(of box: Box) -> JSONNode {
    JSONNode([box.x1, box.y1, box.x2, box.y2].map(hundredths))
  }

  private func hundredths(_ number: Float) -> JSONNode {
    JSONNode((Double(number) * 100).rounded() / 100)
  }
}
