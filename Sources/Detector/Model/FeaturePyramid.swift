/// A feature pyramid: for each level of a stage a map, all with as many channels. Lin et al. 2017,
/// arXiv:1612.03144.
///
/// A level that lies on a map of the backbone is a 1 × 1 convolution of it, plus the next coarser one of these
/// levels, whose cells stand for four each. A level that is coarser than the backbone is a 3 × 3 convolution
/// with stride 2 of the level before.
struct FeaturePyramid: Sendable {
  private let name: String
  private var laterals: [Convolution]
  private var coarser: [Convolution] = []
  /// The maps, finest first.
  private(set) var levels: [Features] = []

  /// - Parameters:
  ///   - inputs: The channels of each map of the backbone that a level lies on.
  ///   - count: The number of levels.
  init(name: String, inputs: [Int], count: Int, channels: Int, seed: UInt64) {
    self.name = name
    laterals = inputs.enumerated().map { level, inputs in
      Convolution(from: inputs, to: channels, size: 1, seed: seed, name: "\(name).\(level)")
    }
    coarser = (inputs.count..<count).map { level in
      Convolution(from: channels, to: channels, stride: 2, seed: seed, name: "\(name).\(level)")
    }
  }

  /// Sets ``levels``.
  ///
  /// - Parameter maps: The maps of the backbone that a level lies on.
  mutating func forward(_ maps: [Features], _ engine: Engine) {
    for level in laterals.indices { laterals[level].forward(maps[level], engine) }
    levels = laterals.map(\.output)
    for level in laterals.indices.dropLast().reversed() {
      levels[level].addRepeated(levels[level + 1])
    }
    for index in coarser.indices {
      coarser[index].forward(levels[laterals.count + index - 1], engine)
      levels.append(coarser[index].output)
    }
  }

  /// The gradient by each of the maps of the backbone.
  ///
  /// - Parameter gradients: The gradient by each of ``levels``.
  mutating func backward(
    _ gradients: [Features], _ maps: [Features], _ engine: Engine
  ) -> [Features] {
    var gradients = gradients
    for index in coarser.indices.reversed() {
      let level = laterals.count + index
      coarser[index].backward(gradients[level], input: levels[level - 1], engine)
      gradients[level - 1].add(coarser[index].inputGradient)
    }
    for level in laterals.indices {
      if level > 0 { gradients[level].addSums(of: gradients[level - 1]) }
      laterals[level].backward(gradients[level], input: maps[level], engine)
    }
    return laterals.map(\.inputGradient)
  }

  mutating func forEachWeights(_ body: (String, inout Weights) throws -> Void) rethrows {
    for level in laterals.indices {
      try body("\(name).\(level).weight", &laterals[level].weights)
    }
    for index in coarser.indices {
      try body("\(name).\(laterals.count + index).weight", &coarser[index].weights)
    }
  }
}

extension Features {
  /// Adds to each cell the one of a map with half as many rows and columns that stands for it.
  fileprivate mutating func addRepeated(_ coarse: Features) {
    for (cell, part) in cellPairs(with: coarse) {
      for channel in 0..<channels {
        elements[cell + channel] += coarse.elements[part + channel]
      }
    }
  }

  /// Adds to each cell the sum of those of a map with twice as many rows and columns that it stands for.
  fileprivate mutating func addSums(of fine: Features) {
    for (part, cell) in fine.cellPairs(with: self) {
      for channel in 0..<channels {
        elements[cell + channel] += fine.elements[part + channel]
      }
    }
  }

  /// Where each cell begins, and where the cell of a map with half as many rows and columns that stands for
  /// it.
  private func cellPairs(with coarse: Features) -> [(cell: Int, coarse: Int)] {
    (0..<images).flatMap { image in
      (0..<height).flatMap { row in
        (0..<width).map { column in
          (
            start(image: image, row: row, column: column),
            coarse.start(image: image, row: row / 2, column: column / 2)
          )
        }
      }
    }
  }
}
