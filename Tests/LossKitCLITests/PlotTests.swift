import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

@testable import Detector
@testable import LossKitCLI

struct PlotTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func svg(_ arguments: String...) throws -> XMLElement {
    let path = folder.path("plot.svg")
    let answer = Answer(to: ["plot"] + arguments + ["--output", path])
    #expect(answer == Answer(0, "\(path)\n"))
    let bytes = try Data(contentsOf: URL(filePath: path))
    return try XMLReader.element(Array(bytes), file: path)
  }

  private func titles(_ root: XMLElement) -> [String] {
    root.children.filter { $0.name == "text" }.map(\.text)
  }

  private func keys(_ root: XMLElement) -> [String] {
    root.children.filter { $0.name == "g" }.compactMap { $0["text"]?.text }
  }

  @Test func `each loss has curves, whose derivative is that of its value`() throws {
    let registry = try Registry.builtIn()
    // seesaw reads columns of objectness too, and says so.
    for name in registry.losses.names where name != "seesaw" {
      guard let entry = registry.losses[name], let loss = try? entry.make([:]) else { continue }
      let plotted = PlottedLoss(name: name, loss: loss)
      let axes = plotted.axes(targets: [1, 0])
      #expect(!axes.isEmpty)
      for axis in axes {
        let (values, derivatives) = try plotted.curves(over: axis)
        #expect(values.count == derivatives.count && values.allSatisfy(\.y.isFinite), "\(name)")
        if loss.holdsPartConstant { continue }
        // Kinks and steps lie between two places; of those that weigh by bins, one at each bin's end.
        let wrong = values.indices.dropFirst().dropLast().count { index in
          let (low, high) = (values[index - 1], values[index + 1])
          let slope = (high.y - low.y) / (high.x - low.x)
          return abs(slope - derivatives[index].y) > 0.02 * max(1, abs(slope))
        }
        #expect(wrong <= 24, "\(name) over \(axis): \(wrong) of \(values.count)")
      }
    }
  }

  @Test func `losses of one kind share a picture, and those of others have their own`() throws {
    let one = try svg("smooth_l1", "l1")
    #expect(titles(one) == ["loss", "derivative"] && keys(one) == ["smooth_l1", "l1"])
    let three = try svg("l1", "giou", "bce_with_logits", "--target", "0.5")
    #expect(
      titles(three) == [
        "loss", "derivative", "loss, box shifted", "derivative, box shifted", "loss, box scaled",
        "derivative, box scaled", "loss, target 0.5", "derivative, target 0.5",
      ])
  }

  @Test func `values of parameters are curves, in every combination`() throws {
    #expect(
      try keys(svg("losses", "smooth_l1", "l1", "--set", "beta=0.1", "--set", "beta=2")) == [
        "smooth_l1 beta=0.1", "smooth_l1 beta=2", "l1",
      ])
    #expect(
      try keys(
        svg("sigmoid_focal", "--set", "gamma=0", "--set", "alpha=0.25", "--set", "gamma=2"))
        == ["sigmoid_focal alpha=0.25 gamma=0", "sigmoid_focal alpha=0.25 gamma=2"])
  }

  @Test(arguments: [
    (
      ["smoth_l1"],
      #"no loss is called "smoth_l1"; 'losskit list loss' shows all; did you mean "smooth_l1"?"#
    ),
    (["atss"], #"no loss is called "atss"; 'losskit plot targets' draws what a recipe matches"#),
    (
      ["smooth_l1", "--set", "betta=1"],
      #"--set: no parameter of these losses is called "betta"; did you mean "beta"?"#
    ),
    (["smooth_l1", "--set", "beta=-1"], #"--set: "beta" is -1; expected ≥ 0"#),
    (
      ["l1", "l2", "iou", "giou", "diou", "ciou", "huber"],
      "asks for 7 curves or more; a picture has 6 at most"
    ),
    ([], "losskit plot losses LOSS"),
  ])
  func `what can't be drawn is told`(arguments: [String], message: String) {
    let answer = Answer(to: ["plot"] + arguments)
    #expect(answer.status == 2)
    #expect(answer.errors.contains(message) || arguments.isEmpty, "\(answer.errors)")
  }

  @Test func `targets are drawn stage by stage`() throws {
    let bundle = Reference.path("Examples/blood_cells.safetensors")
    let root = try svg("targets", "faster_rcnn_torchvision", bundle)
    #expect(
      titles(root) == [
        "rpn, level 0, stride 16",
        "positive 184, sampled 128; negative 9,037, sampled 128; ignored 1,579", "rcnn",
        "positive 130, sampled 128; negative 189, sampled 189; ignored 0",
      ])
    let panels = root.children.filter { $0.name == "svg" }
    #expect(panels.count == 2 && panels.allSatisfy { $0["svg"]?["use"] == nil })
    let picture = try folder.write(
      Array("P5 64 48 255\n".utf8) + Array(repeating: 99, count: 64 * 48), to: "picture.pgm")
    let drawn = try svg("targets", "faster_rcnn_torchvision", bundle, "--picture", picture)
    #expect(drawn["defs"]?["image"] != nil)
    #expect(
      drawn.children.filter { $0.name == "svg" }.allSatisfy { $0["svg"]?["use"] != nil })
  }

  @Test func `a picture of another shape, and an image that isn't there`() throws {
    let bundle = Reference.path("Examples/blood_cells.safetensors")
    let picture = try folder.write(
      Array("P5 48 64 255\n".utf8) + Array(repeating: 99, count: 64 * 48), to: "picture.pgm")
    let other = Answer(to: [
      "plot", "targets", "faster_rcnn_torchvision", bundle, "--picture", picture,
    ])
    #expect(other.status == 1)
    #expect(
      other.errors.contains(
        "is 48 × 64 pixels; expected the shape of the bundle's image, 640 × 480"))
    let missing = Answer(to: ["plot", "targets", "faster_rcnn_torchvision", bundle, "--image", "1"])
    #expect(missing.status == 2 && missing.errors.contains("--image: the bundle has images 0 to 0"))
  }
}
