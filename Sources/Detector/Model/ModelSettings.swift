import LossCore
import ResourceLimits

/// The architecture of the reference detector, and how its detections are chosen.
public struct ModelSettings: Component, Equatable {
  static let imageSize = Parameter(
    "image_size", .list(of: .integer(.between(8, Double(Limits.modelImageSide)))), default: nil,
    help: """
      Width and height that images are scaled to fit, and filled up to; null for images as they are.
      """)
  static let channels = Parameter(
    "channels", .list(of: .integer(.between(16, Double(Limits.convolutionChannels)))),
    default: [16, 32, 32, 64, 64, 96, 96],
    help: "Channels of each convolution of the backbone, multiples of 16.")
  static let strides = Parameter(
    "strides", .list(of: .integer(.between(1, 2))), default: [1, 2, 1, 2, 1, 2, 1],
    help: "Stride of each of these convolutions; their product is a stride of the priors.")
  static let mapChannels = Parameter(
    "map_channels", .integer(.between(16, Double(Limits.convolutionChannels))), default: 96,
    help: "Channels of the convolution of a stage on maps, and of its pyramid; a multiple of 16.")
  static let roiSize = Parameter(
    "roi_size", .integer(.between(1, Double(Limits.roiSize))), default: 7,
    help: "Rows and columns of bins of a region.")
  static let roiSamples = Parameter(
    "roi_samples", .integer(.between(1, Double(Limits.roiSamples))), default: 2,
    help: "Rows and columns of points in a bin.")
  static let roiChannels = Parameter(
    "roi_channels", .list(of: .integer(.between(16, Double(Limits.roiChannels)))), default: [128],
    help: "Outputs of each fully connected layer of a stage on proposals, multiples of 16.")
  static let scoreThreshold = Parameter(
    "score_threshold", .number(.between(0, 1)), default: 0.01,
    help: "Least probability of a detection.")
  static let suppressionIoU = Parameter(
    "nms_iou", .number(.between(0, 1)), default: 0.5,
    help: "Overlap above which the worse of two detections of a class goes.")
  static let detections = Parameter(
    "detections", .integer(.between(1, Double(Limits.imageDetections))), default: 100,
    help: "Detections of an image at most.")

  /// The parameters, as the `model` object of a model file has them.
  public static let declaration = Declaration(
    name: "model",
    summary: "A small detector, in the image of Faster R-CNN or with dense heads.",
    formula: """
      backbone: 3x3 convolutions, each with batch normalization and ReLU
      stage on the map: 3x3 convolution, ReLU, 1x1 convolution to the predictions
      stage on several levels: the same on each map of a feature pyramid
      stage on proposals: RoIAlign, fully connected layers with ReLU, one more to the predictions
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; He et al. 2017, arXiv:1703.06870 (RoIAlign); Lin "
      + "et al. 2017, arXiv:1612.03144 (pyramid)",
    parameters: [
      imageSize, channels, strides, mapChannels, roiSize, roiSamples, roiChannels, scoreThreshold,
      suppressionIoU, detections,
    ])

  /// The size that images are scaled to fit; `nil` for images as they are.
  public let imageSize: ImageSize?
  /// Channels of each convolution of the backbone.
  public let channels: [Int]
  /// Stride of each of them.
  public let strides: [Int]
  /// Channels of the convolution of a stage on the map.
  public let mapChannels: Int
  /// The grid of a region.
  public let roiSize: Int
  /// Rows and columns of points in a bin.
  public let roiSamples: Int
  /// Outputs of the fully connected layers of a stage on proposals.
  public let roiChannels: [Int]
  /// Least probability of a detection.
  public let scoreThreshold: Float
  /// Overlap above which the worse of two detections of a class goes.
  public let suppressionIoU: Float
  /// Detections of an image at most.
  public let detections: Int

  /// - Throws: ``ParameterError`` if channels aren't multiples of 16, there are not as many strides as
  ///   channels, the map would be too coarse for any image, or the layers have more weights than memory.
  public init(parameters: Parameters) throws(ParameterError) {
    let sides = parameters[Self.imageSize]
    if let sides, sides.count != 2 {
      throw ParameterError(
        "image_size", "has \(counted(sides.count, "number")); expected width and height")
    }
    imageSize = sides.map { ImageSize(height: $0[1], width: $0[0]) }
    channels = parameters[Self.channels]
    strides = parameters[Self.strides]
    mapChannels = parameters[Self.mapChannels]
    roiSize = parameters[Self.roiSize]
    roiSamples = parameters[Self.roiSamples]
    roiChannels = parameters[Self.roiChannels]
    scoreThreshold = Float(parameters[Self.scoreThreshold])
    suppressionIoU = Float(parameters[Self.suppressionIoU])
    detections = parameters[Self.detections]
    guard strides.count == channels.count else {
      throw ParameterError(
        "strides",
        "has \(counted(strides.count, "number")) for \(counted(channels.count, "channel")); expected as many"
      )
    }
    for (name, numbers) in [
      ("channels", channels), ("map_channels", [mapChannels]), ("roi_channels", roiChannels),
    ] {
      guard let number = numbers.first(where: { $0 % 16 != 0 }) else { continue }
      throw ParameterError(name, "has \(number); expected multiples of 16")
    }
    try checkSize()
  }

  /// The largest stride of the backbone's map.
  private static let largestStride = 1024

  /// Checks what the numbers come to together. In floating point, which any numbers fit.
  private func checkSize() throws(ParameterError) {
    let stride = strides.reduce(1) { $0 * Double($1) }
    guard stride <= Double(Self.largestStride) else {
      throw ParameterError(
        "strides", "multiply to \(stride); expected \(Self.largestStride) at most")
    }
    let map = channels.last ?? 0
    let widths = [roiSize * roiSize * map] + roiChannels
    let weights =
      zip([3] + channels, channels + [mapChannels]).reduce(0) {
        $0 + 9 * Double($1.0) * Double($1.1)
      }
      + zip(widths, widths.dropFirst()).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    guard weights <= Double(Limits.weights) else {
      throw ParameterError(
        "channels",
        "makes layers of \(weights) weights, with map_channels, roi_size and roi_channels; expected "
          + "\(Limits.weights) at most")
    }
  }

  /// The pixels between two cells of the backbone's last map.
  public var stride: Int { strides.reduce(1, *) }

  /// The maps of the backbone that a head may lie on, finest first: of each stride the last one, by its
  /// convolution.
  var maps: [(stride: Int, convolution: Int)] {
    var stride = 1
    return strides.indices.compactMap { index in
      stride *= strides[index]
      let isLast = index + 1 == strides.count || strides[index + 1] > 1
      return isLast ? (stride, index) : nil
    }
  }
}
