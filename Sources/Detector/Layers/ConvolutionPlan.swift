import DetectorKernels

/// Which elements a convolution reads and writes: patches of 3 × 3 cells with padding 1, or single cells, so
/// that a map of h × w cells becomes ⌈h / stride⌉ × ⌈w / stride⌉.
struct ConvolutionPlan: Sendable {
  /// The patch of each output cell: a segment of neighbouring cells for each of its rows.
  let patches: GatheredRows
  /// Where each output cell begins.
  let outputs: [Int]
  /// For each way in which an input cell can lie among the patches' centres, what it is part of.
  let parities: [Parity]

  /// Input cells at the same place modulo the stride: each is part of patches by the same taps.
  struct Parity: Sendable {
    /// For each input cell the output cells that it is part of, a segment a tap.
    let readers: GatheredRows
    /// The tap by which the cell is part of each of them: size · row + column in the patch.
    let taps: [Int]
    /// Where each input cell begins.
    let inputs: [Int]
  }

  init(from input: Features, to output: Features, size: Int, stride: Int) {
    let margin = size / 2
    let patchStarts = (0..<output.images).flatMap { image in
      (0..<output.height).flatMap { row in
        (0..<output.width).map { column in
          input.start(
            image: image, row: row * stride - margin, column: column * stride - margin)
        }
      }
    }
    let line = (input.width + 2) * input.channels
    patches = GatheredRows(
      starts: patchStarts, segments: (0..<size).map { $0 * line }, length: size * input.channels)
    outputs = output.cellStarts
    parities = (0..<stride * stride).map {
      Parity(
        row: $0 / stride, column: $0 % stride, input, output, size: size, stride: stride)
    }
  }
}

extension ConvolutionPlan.Parity {
  /// The cells (stride · i + row, stride · j + column). Tap (y, x) of the patch around stride · o reads
  /// cell stride · o + (y, x) − margin, so that the cell is read by o = i + (row + margin − y) / stride
  /// where that is whole.
  init(
    row: Int, column: Int, _ input: Features, _ output: Features, size: Int, stride: Int
  ) {
    let margin = size / 2
    let line = (output.width + 2) * output.channels
    var segments: [Int] = []
    var taps: [Int] = []
    for y in 0..<size where (row + margin - y) % stride == 0 {
      for x in 0..<size where (column + margin - x) % stride == 0 {
        taps.append(size * y + x)
        segments.append(
          (row + margin - y) / stride * line + (column + margin - x) / stride * output.channels)
      }
    }
    // From the cell up and to the left, so that no segment is negative.
    let first = margin * (line + output.channels)
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
