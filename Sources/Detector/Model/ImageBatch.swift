import LossCore
import LossKernels

/// Images as the backbone reads them, and what is on them.
struct ImageBatch: Sendable {
  /// Red, green and blue, about −2 to 2; images smaller than the largest fill its upper left corner.
  let input: Features
  /// The sizes and objects of the images.
  let truth: DetectionBatch
  /// What people call the images.
  let names: [String]

  /// The batch of some examples.
  ///
  /// - Parameters:
  ///   - stride: The sides of the input are multiples of this.
  ///   - size: The size of the input, however small the images are; that of the largest where left out.
  init(_ examples: [Example], stride: Int, size: ImageSize? = nil) {
    func side(_ sides: [Int]) -> Int {
      ((sides.max() ?? 0) + stride - 1) / stride * stride
    }
    var input = Features(
      images: examples.count, height: side(examples.map(\.image.height) + [size?.height ?? 0]),
      width: side(examples.map(\.image.width) + [size?.width ?? 0]), channels: 3)
    for (index, example) in examples.enumerated() {
      let image = example.image
      let line = 3 * image.width
      for row in 0..<image.height {
        let target = input.start(image: index, row: row, column: 0)
        for offset in 0..<line {
          // Bytes to mean 0 and a deviation near 1, as photographs have it.
          input.elements[target + offset] =
            (Float(image.pixels[row * line + offset]) - 127.5) * (1 / 64)
        }
      }
    }
    self.input = input
    truth = DetectionBatch(
      images: examples.map { DetectionBatch.Image(size: $0.image.size, groundTruth: $0.objects) })
    names = examples.map(\.name)
  }
}
