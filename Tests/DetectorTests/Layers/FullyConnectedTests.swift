import Detector
import DetectorKernels
import LossKit
import TestSupport
import Testing

struct FullyConnectedTests {
  @Test func `outputs and gradients are those of PyTorch`() throws {
    let reference = try LayerReference("fully_connected")
    let input = try reference.elements("input") + Array(repeating: 0, count: matrixTileWidth)
    let gradient =
      try reference.elements("output_gradient") + Array(repeating: 0, count: matrixTileWidth)
    let rows = GatheredRows(count: 21, length: 50)
    for engine in engines {
      var layer = FullyConnected(from: 50, to: 37, variance: 1, seed: 1, name: "test")
      layer.weights.values = try reference.elements("weights")
      layer.bias.values = try reference.elements("bias")
      let output = layer.forward(rows, of: input, engine)
      #expect(try reference.mismatches(Array(output.prefix(21 * 37)), "output") == [])
      var inputGradient = [Float](repeating: 0, count: input.count)
      layer.backward(gradient, rows, of: input, into: &inputGradient, engine)
      #expect(
        try reference.mismatches(Array(inputGradient.prefix(21 * 50)), "input_gradient") == [])
      #expect(try reference.mismatches(layer.weights.gradient, "weights_gradient") == [])
      #expect(try reference.mismatches(layer.bias.gradient, "bias_gradient") == [])
    }
  }

  @Test func `no rows give no output and no gradient`() {
    var layer = FullyConnected(from: 32, to: 5, variance: 1, seed: 1, name: "test")
    layer.weights.gradient = Array(repeating: 9, count: 160)
    let rows = GatheredRows(count: 0, length: 32)
    let nothing = [Float](repeating: 0, count: matrixTileWidth)
    #expect(layer.forward(rows, of: nothing, engines[0]) == nothing)
    var inputGradient = nothing
    layer.backward(nothing, rows, of: nothing, into: &inputGradient, engines[0])
    #expect(layer.weights.gradient.allSatisfy { $0 == 0 })
    #expect(layer.bias.gradient.allSatisfy { $0 == 0 })
  }
}
