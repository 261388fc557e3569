import LossCore
import LossKernels

extension DataSet {
  /// The number of images, and a digest of the classes and of every image: its name, its size, its pixels
  /// and what is on it. Reads all images.
  ///
  /// - Throws: the ``DataError`` of the first image that can't be read.
  public func fingerprint(_ workers: Workers) throws(DataError) -> String {
    let digests = workers.map(below: count, inBlocksOf: 8) { index in
      Result { () throws(DataError) in try contentDigest(of: index) }
    }
    var digest = ContentDigest()
    for name in classNames { digest.add(name) }
    for result in digests { digest.add(try result.get()) }
    return "\(count) images of digest \(String(digest.value, radix: 16))"
  }

  private func contentDigest(of index: Int) throws(DataError) -> UInt64 {
    let example = try example(index)
    var digest = ContentDigest()
    digest.add(example.name)
    digest.add(example.image.width)
    digest.add(example.image.height)
    digest.add(example.image.pixels)
    for annotation in try annotations(index) {
      for coordinate in annotation.box.coordinates { digest.add(UInt64(coordinate.bitPattern)) }
      digest.add(annotation.label ?? 0)
      digest.add(annotation.area.bitPattern)
      digest.add(annotation.isCrowd ? 1 : 0)
    }
    return digest.value
  }
}
