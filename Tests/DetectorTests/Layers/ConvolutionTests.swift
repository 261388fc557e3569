import Detector
import LossKit
import TestSupport
import Testing

struct ConvolutionTests {
  @Test(
    arguments: [
      "convolution.small", "convolution.colours", "convolution.odd", "convolution.wide",
    ])
  func `outputs and gradients are those of PyTorch`(_ name: String) throws {
    let reference = try LayerReference(name)
    let input = try reference.features("input")
    let gradient = try reference.features("output_gradient")
    for engine in engines {
      var layer = Convolution(
        from: input.channels, to: gradient.channels, stride: try reference.integer("stride"),
        seed: 1, name: "test")
      layer.weights.values = try reference.elements("weights")
      // Twice: nothing of the first time may be left.
      for _ in 0..<2 {
        layer.forward(input, engine)
        #expect(try reference.mismatches(layer.output.inside, "output") == [])
        layer.backward(gradient, input: input, engine)
        #expect(try reference.mismatches(layer.inputGradient.inside, "input_gradient") == [])
        #expect(try reference.mismatches(layer.weights.gradient, "weights_gradient") == [])
      }
      #expect(layer.output.hasZeroBorder && layer.inputGradient.hasZeroBorder)
    }
  }

  @Test func `any number of threads gives the same bits`() throws {
    var generator = SeededGenerator(seed: 3)
    let input = Features(
      try Tensor(
        shape: [5, 9, 11, 32], elements: generator.floats(5 * 9 * 11 * 32, in: -1...1)))
    var results: [[Float]] = []
    for threads in [1, 2, 5] {
      let engine = Engine(workers: Workers(threads))
      var layer = Convolution(from: 32, to: 48, stride: 2, seed: 7, name: "test")
      layer.forward(input, engine)
      layer.backward(layer.output, input: input, engine)
      results.append(
        layer.output.elements + layer.inputGradient.elements + layer.weights.gradient)
    }
    #expect(results[0] == results[1] && results[0] == results[2])
  }

  @Test func `a layer follows the size of its input`() throws {
    let engine = Engine(workers: Workers(1))
    var layer = Convolution(from: 16, to: 16, seed: 7, name: "test")
    let fresh = layer
    var generator = SeededGenerator(seed: 4)
    for (height, width) in [(4, 6), (6, 4), (3, 3)] {
      let input = Features(
        try Tensor(
          shape: [2, height, width, 16],
          elements: generator.floats(2 * height * width * 16, in: -1...1)))
      layer.forward(input, engine)
      layer.backward(layer.output, input: input, engine)
      var other = fresh
      other.forward(input, engine)
      other.backward(other.output, input: input, engine)
      #expect(layer.output.elements == other.output.elements)
      #expect(layer.inputGradient.elements == other.inputGradient.elements)
      #expect(layer.weights.gradient == other.weights.gradient)
    }
  }
}
