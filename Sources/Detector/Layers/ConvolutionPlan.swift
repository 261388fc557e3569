import DetectorKernels

/// Which elements a 3 × 3 convolution reads and writes: padding 1, so that a map of h × w cells becomes
/// ⌈h / stride⌉ × ⌈w / stride⌉.
struct ConvolutionPlan: Sendable {
  /// The patch of each output cell: three segments of three neighbouring cells.
  let patches: GatheredRows
  /// Where each output cell begins.
  let outputs: [Int]
  /// For each way in which an input cell can lie among the patches' centres, what it is part of.
  let parities: [Parity]

  /// Input cells at the same place modulo the stride: each is part of patches by the same taps.
  struct Parity: Sendable {
    /// For each input cell the output cells that it is part of, a segment a tap.
    let readers: GatheredRows
    /// The tap by which the cell is part of each of them: 3 · row + column in the patch.
    let taps: [Int]
    /// Where each input cell begins.
    let inputs: [Int]
  }

  init(from input: Features, to output: Features, stride: Int) {
    let centres = (0..<output.images).flatMap { image in
      (0..<output.height).flatMap { row in
        (0..<output.width).map { column in
          input.start(image: image, row: row * stride - 1, column: column * stride - 1)
        }
      }
    }
    let line = (input.width + 2) * input.channels
    patches = GatheredRows(
      starts: centres, segments: [0, line, 2 * line], length: 3 * input.channels)
    outputs = output.cellStarts
    parities = (0..<stride * stride).map {
      Parity(row: $0 / stride, column: $0 % stride, input, output, stride: stride)
    }
  }
}

extension ConvolutionPlan.Parity {
  /// The cells (stride · i + row, stride · j + column). Tap (y, x) of the patch around stride · o reads
  /// cell stride · o + (y, x) − 1, so that the cell is read by o = i + (row + 1 − y) / stride where that
  /// is whole.
  init(row: Int, column: Int, _ input: Features, _ output: Features, stride: Int) {
    let line = (output.width + 2) * output.channels
    var segments: [Int] = []
    var taps: [Int] = []
    for y in 0..<3 where (row + 1 - y) % stride == 0 {
      for x in 0..<3 where (column + 1 - x) % stride == 0 {
        taps.append(3 * y + x)
        segments.append(
          (row + 1 - y) / stride * line + (column + 1 - x) / stride * output.channels)
      }
    }
    // From the cell up and to the left, so that no segment is negative.
    let first = line + output.channels
    var starts: [Int] = []
    var inputs: [Int] = []
    for image in 0..<input.images {
      for i in Swift.stride(from: row, to: input.height, by: stride) {
        for j in Swift.stride(from: column, to: input.width, by: stride) {
          inputs.append(input.start(image: image, row: i, column: j))
          starts.append(
            output.start(image: image, row: i / stride, column: j / stride) - first)
        }
      }
    }
    readers = GatheredRows(
      starts: starts, segments: segments.map { $0 + first }, length: output.channels)
    self.taps = taps
    self.inputs = inputs
  }
}
