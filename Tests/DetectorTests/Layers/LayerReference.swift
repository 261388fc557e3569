import Detector
import DetectorKernels
import Foundation
import LossKit
import TestSupport
import Testing

/// One case of `layers.safetensors`: what PyTorch makes of a layer.
struct LayerReference {
  let name: String
  private let file: SafetensorsFile
  private let parameters: [String: Double]

  init(_ name: String) throws {
    self.name = name
    file = try Reference.open("layers")
    let cases = try #require(file.metadata["cases"])
    let all = try JSONDecoder().decode([String: Lenient].self, from: Data(cases.utf8))
    parameters = all[name]?.numbers ?? [:]
  }

  /// The parameters that are numbers.
  private struct Lenient: Decodable {
    let numbers: [String: Double]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      numbers = try container.decode([String: Value].self).compactMapValues(\.number)
    }

    struct Value: Decodable {
      let number: Double?

      init(from decoder: any Decoder) throws {
        number = try? decoder.singleValueContainer().decode(Double.self)
      }
    }
  }

  func integer(_ name: String) throws -> Int { Int(try #require(parameters[name])) }
  func number(_ name: String) throws -> Double { try #require(parameters[name]) }

  func tensor(_ tensor: String) throws -> Tensor<Float> {
    try file.floats(named: "\(name)/\(tensor)")
  }

  func elements(_ tensor: String) throws -> [Float] { try self.tensor(tensor).elements }

  func features(_ tensor: String) throws -> Features { Features(try self.tensor(tensor)) }

  /// Describes where `found` is too far from the tensor called `expected`.
  func mismatches(_ found: [Float], _ expected: String) throws -> [String] {
    let numbers = try elements(expected).map { Double($0) }
    let largest = numbers.reduce(0) { max($0, abs($1)) }
    return Tolerance(relative: 2e-6, absolute: 4e-6 * max(1, largest)).mismatches(
      "\(name)/\(expected)", found.map { Double($0) }, numbers)
  }
}

extension Features {
  /// Maps from a tensor of images, rows, columns and channels.
  init(_ tensor: Tensor<Float>) {
    let shape = tensor.shape
    self.init(images: shape[0], height: shape[1], width: shape[2], channels: shape[3])
    for (index, start) in cellStarts.enumerated() {
      for channel in 0..<channels {
        elements[start + channel] = tensor.elements[index * channels + channel]
      }
    }
  }

  /// The elements without the border.
  var inside: [Float] {
    cellStarts.flatMap { elements[$0..<$0 + channels] }
  }

  /// Whether the border holds zeros, and what stands behind the cells does.
  var hasZeroBorder: Bool {
    let inner = Set(cellStarts.flatMap { $0..<$0 + channels })
    return elements.indices.allSatisfy { inner.contains($0) || elements[$0] == 0 }
  }
}

/// Engines with each matrix product that the CPU can do, on one thread and on three.
let engines: [Engine] = {
  let kernels =
    MatrixKernel.standard.name == "baseline" ? [.baseline] : [MatrixKernel.baseline, .standard]
  return kernels.flatMap { kernel in
    [1, 3].map { Engine(kernel: kernel, workers: Workers($0)) }
  }
}()
