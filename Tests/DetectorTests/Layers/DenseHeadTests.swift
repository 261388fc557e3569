import DetectorKernels
import LossKernels
import LossKit
import TestSupport
import Testing

@testable import Detector

/// A head on three levels: two maps of the backbone, with 16 and 32 channels, and one that is coarser.
struct DenseHeadTests {
  private static let strides = [4, 8, 16]
  private let settings: ModelSettings
  private let stage: Stage
  /// For each image and term numbers that predictions are multiplied by: the gradient by them.
  private let factors: [String: Tensor<Float>]
  private let maps: [Features]

  init() throws {
    settings = try SmallTraining.model().model
    stage = try SmallTraining.recipe("reference_detector_fcos").objective.stages[0]
    var generator = SeededGenerator(seed: 5)
    func tensor(_ shape: [Int]) throws -> Tensor<Float> {
      try Tensor(shape: shape, elements: generator.floats(shape.reduce(1, *), in: -1...1))
    }
    maps = [Features(), Features(try tensor([2, 7, 6, 16])), Features(try tensor([2, 4, 3, 32]))]
    var factors: [String: Tensor<Float>] = [:]
    for (level, size) in [(7, 6), (4, 3), (2, 2)].enumerated() {
      for (name, columns) in [("cls_score", 5), ("bbox_pred", 4), ("centerness", 1)] {
        factors["\(name)_\(level)"] = try tensor([2, columns, size.0, size.1])
      }
    }
    self.factors = factors
  }

  private func head() throws -> DenseHead {
    var head = try DenseHead(stage, on: [1, 2], classes: 5, settings: settings, seed: 3)
    head.forEachWeights { name, weights in
      // Half of the channels pass the ReLU as a whole, half as a whole don't.
      if name == "fcos.convolution.bias" {
        weights.values = weights.values.indices.map { $0 % 2 == 0 ? 12 : -12 }
      }
      if name == "fcos.predictor.weight" { weights.values = weights.values.map { 50 * $0 } }
    }
    return head
  }

  private func loss(_ head: DenseHead, _ maps: [Features], _ engine: Engine) throws -> Double {
    var head = head
    let predictions = try head.forward(maps, engine)
    #expect(Set(predictions.keys) == Set(factors.keys))
    return try factors.reduce(0) { sum, factor in
      let values = try #require(predictions[factor.key])
      #expect(values.shape == factor.value.shape)
      return sum
        + zip(values.elements, factor.value.elements).reduce(0) {
          $0 + Double($1.0) * Double($1.1)
        }
    }
  }

  @Test func `gradients are those of central differences`() throws {
    let engine = Engine(workers: Workers(1))
    var head = try head()
    let predictions = try head.forward(maps, engine)
    var sums = maps.map { _ in Features() }
    try head.backward(factors, predictions, maps, to: &sums, engine)
    #expect(sums[0].images == 0)
    let trained = head
    let step: Float = 1 / 32

    for map in 1...2 {
      let starts = maps[map].cellStarts
      for (index, start) in starts.enumerated() where index % 5 == 0 {
        let place = start + index % maps[map].channels
        func moved(_ distance: Float) throws -> Double {
          var maps = maps
          maps[map].elements[place] += distance
          return try loss(trained, maps, engine)
        }
        let slope = try (moved(step) - moved(-step)) / Double(2 * step)
        let found = Double(sums[map].elements[place])
        #expect(abs(slope - found) < 2e-3 * max(1, abs(found)), "map \(map), \(place)")
      }
      #expect(sums[map].hasZeroBorder)
    }

    var names: [String] = []
    var weights: [(values: [Float], gradient: [Float])] = []
    head.forEachWeights {
      names.append($0)
      weights.append(($1.values, $1.gradient))
    }
    #expect(
      names == [
        "fcos.pyramid.0.weight", "fcos.pyramid.1.weight", "fcos.pyramid.2.weight",
        "fcos.convolution.weight", "fcos.convolution.bias", "fcos.predictor.weight",
        "fcos.predictor.bias",
      ])
    for (name, weights) in zip(names, weights) {
      let largest = weights.gradient.reduce(0) { max($0, abs($1)) }
      #expect(largest > 0.1, "\(name)")
      let places = stride(
        from: 0, to: weights.values.count, by: max(1, weights.values.count / 10))
      for place in places {
        func moved(_ distance: Float) throws -> Double {
          var head = trained
          head.forEachWeights { if $0 == name { $1.values[place] += distance } }
          return try loss(head, maps, engine)
        }
        let slope = try (moved(step) - moved(-step)) / Double(2 * step)
        let found = Double(weights.gradient[place])
        #expect(abs(slope - found) < 2e-3 * Double(max(1, largest)), "\(name), \(place)")
      }
    }
  }

  @Test func `any number of threads gives the same bits`() throws {
    var results: [[Float]] = []
    for threads in [1, 2, 5] {
      let engine = Engine(workers: Workers(threads))
      var head = try head()
      // Twice: nothing of the first time may be left.
      for _ in 0..<2 {
        let predictions = try head.forward(maps, engine)
        var sums = maps.map { _ in Features() }
        try head.backward(factors, predictions, maps, to: &sums, engine)
        var result = predictions.sorted { $0.key < $1.key }.flatMap(\.value.elements)
        result += sums.flatMap(\.elements)
        head.forEachWeights { result += $1.gradient }
        results.append(result)
      }
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}
