import Detector
import TestSupport
import Testing

struct OptimizerTests {
  @Test(arguments: ["sgd", "adam", "adamw"])
  func `five steps lead where PyTorch's do`(_ name: String) throws {
    let reference = try LayerReference(name)
    let settings = try TrainingSettings([
      "optimizer": .string(name), "rate": .number(try reference.number("lr")),
      "weight_decay": .number(try reference.number("weight_decay")), "beta2": 0.99,
      "schedule": "constant", "warmup_steps": 0,
    ])
    var optimizer = Optimizer(settings)
    var weights = Weights(shape: [40], repeating: 0, decays: true)
    weights.values = try reference.elements("start")
    let gradients = try reference.elements("gradients")
    for step in 0..<5 {
      weights.gradient = Array(gradients[40 * step..<40 * (step + 1)])
      optimizer.update(&weights, name: "test", step: step)
    }
    #expect(try reference.mismatches(weights.values, "end") == [])
  }

  @Test func `biases don't decay`() throws {
    for name in ["sgd", "adam", "adamw"] {
      var optimizer = Optimizer(
        try TrainingSettings([
          "optimizer": .string(name), "weight_decay": 0.5, "warmup_steps": 0,
        ]))
      var bias = Weights(shape: [3], repeating: 2)
      optimizer.update(&bias, name: "test", step: 0)
      #expect(bias.values == [2, 2, 2])
    }
  }
}
