#if canImport(ImageIO)
  import CoreFoundation
  import CoreGraphics
  import ImageIO

  /// Decodes a JPEG or PNG file by the framework of macOS, whose pixels may differ by rounding from those of
  /// libjpeg-turbo.
  func decodeByImageIO(_ bytes: [UInt8]) throws(DecodingError) -> DecodedImage {
    guard let data = CFDataCreate(nil, bytes, bytes.count),
      let source = CGImageSourceCreateWithData(data, nil),
      let properties = CGImageSourceCopyPropertiesAtIndex(source, 0, nil) as? [CFString: Any],
      let width = properties[kCGImagePropertyPixelWidth] as? Int,
      let height = properties[kCGImagePropertyPixelHeight] as? Int
    else { throw .damaged("JPEG or PNG", "its header can't be read") }
    let area = try DecodedImage.checkedArea(width, height)
    var samples = [UInt8](repeating: 0, count: 4 * area)
    let isDrawn = samples.withUnsafeMutableBytes { samples in
      guard let image = CGImageSourceCreateImageAtIndex(source, 0, nil),
        CGImageSourceGetStatusAtIndex(source, 0) == .statusComplete,
        let space = CGColorSpace(name: CGColorSpace.sRGB),
        let context = CGContext(
          data: samples.baseAddress, width: width, height: height, bitsPerComponent: 8,
          bytesPerRow: 4 * width, space: space, bitmapInfo: CGImageAlphaInfo.noneSkipLast.rawValue)
      else { return false }
      context.draw(image, in: CGRect(x: 0, y: 0, width: width, height: height))
      return true
    }
    guard isDrawn else { throw .damaged("JPEG or PNG", "its pixels can't be read") }
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * area)
    for start in stride(from: 0, to: samples.count, by: 4) { pixels += samples[start..<start + 3] }
    return DecodedImage(width: width, height: height, pixels: pixels)
  }
#endif
