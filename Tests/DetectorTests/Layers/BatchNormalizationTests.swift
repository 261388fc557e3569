import Detector
import TestSupport
import Testing

struct BatchNormalizationTests {
  private func layer(_ reference: LayerReference) throws -> BatchNormalization {
    var layer = BatchNormalization(channels: 32)
    layer.scale.values = try reference.elements("scale")
    layer.shift.values = try reference.elements("shift")
    layer.runningMean = try reference.elements("mean")
    layer.runningVariance = try reference.elements("variance")
    return layer
  }

  @Test func `outputs, gradients and running averages are those of PyTorch`() throws {
    let reference = try LayerReference("batch_normalization")
    let input = try reference.features("input")
    let gradient = try reference.features("output_gradient")
    for engine in engines {
      var layer = try layer(reference)
      layer.forward(input, isTraining: true, engine)
      #expect(try reference.mismatches(layer.output.inside, "output") == [])
      #expect(try reference.mismatches(layer.runningMean, "new_mean") == [])
      #expect(try reference.mismatches(layer.runningVariance, "new_variance") == [])
      layer.backward(gradient, input: input, engine)
      #expect(try reference.mismatches(layer.inputGradient.inside, "input_gradient") == [])
      #expect(try reference.mismatches(layer.scale.gradient, "scale_gradient") == [])
      #expect(try reference.mismatches(layer.shift.gradient, "shift_gradient") == [])
      #expect(layer.output.hasZeroBorder && layer.inputGradient.hasZeroBorder)
    }
  }

  @Test func `inference uses the running averages and leaves them`() throws {
    let reference = try LayerReference("batch_normalization")
    var layer = try layer(reference)
    layer.forward(try reference.features("input"), isTraining: false, engines[0])
    #expect(try reference.mismatches(layer.output.inside, "inference") == [])
    #expect(try layer.runningMean == reference.elements("mean"))
    #expect(try layer.runningVariance == reference.elements("variance"))
  }
}
