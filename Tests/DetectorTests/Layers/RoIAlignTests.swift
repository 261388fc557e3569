import Detector
import DetectorKernels
import LossKernels
import LossKit
import TestSupport
import Testing

struct RoIAlignTests {
  @Test(arguments: ["roi_align.usual", "roi_align.fine"])
  func `bins and gradients are those of torchvision`(_ name: String) throws {
    let reference = try LayerReference(name)
    let input = try reference.features("input")
    let corners = try reference.elements("boxes")
    let boxes = (0..<14).map {
      Box(corners[4 * $0], corners[4 * $0 + 1], corners[4 * $0 + 2], corners[4 * $0 + 3])
    }
    let layer = RoIAlign(
      size: try reference.integer("size"), samples: try reference.integer("samples"))
    let stride = try reference.integer("stride")
    let parts = [boxes[..<8], boxes[8...]].enumerated().map {
      layer.bins(of: Array($1), image: $0, stride: stride, in: input)
    }
    let expected = try reference.elements("output")
    for threads in [1, 2] {
      var output = [Float](repeating: 0, count: expected.count)
      var result = output.mutableSpan
      WeightedRows.multiply(
        parts, input.elements.span, width: 16, into: &result, workers: Workers(threads))
      #expect(try reference.mismatches(output, "output") == [])

      var gradient = Features(images: 2, height: 9, width: 11, channels: 16)
      var target = gradient.elements.mutableSpan
      let outputGradient = try reference.elements("output_gradient")
      WeightedRows.addTransposed(
        parts, outputGradient.span, width: 16, to: &target, workers: Workers(threads))
      #expect(try reference.mismatches(gradient.inside, "input_gradient") == [])
      #expect(gradient.hasZeroBorder)
    }
  }

  @Test func `boxes without numbers, far away or huge make empty bins`() {
    let map = Features(images: 1, height: 4, width: 4, channels: 16)
    let layer = RoIAlign(size: 2, samples: 2)
    for box in [
      Box(.nan, 0, 1, 1), Box(-1e30, -1e30, -1e29, -1e29), Box(1e9, 1e9, 2e9, 2e9),
      Box(-.infinity, 0, .infinity, 3),
    ] {
      let bins = layer.bins(of: [box], image: 0, stride: 8, in: map)
      #expect(bins.count == 4)
    }
  }
}
