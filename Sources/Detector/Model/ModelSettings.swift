import LossCore
import ResourceLimits

/// The architecture of the reference detector, and how its detections are chosen.
public struct ModelSettings: Component, Equatable {
  /// The parameters, as the `model` object of a model file has them.
  public static let declaration = Declaration(
    name: "model",
    summary: "A small two-stage detector in the image of Faster R-CNN.",
    formula: """
      backbone: 3x3 convolutions, each with batch normalization and rectifier
      stage on the map: 3x3 convolution, rectifier, 1x1 convolution to the predictions
      stage on proposals: RoIAlign, fully connected layers with rectifier, one more to the predictions
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; He et al. 2017, arXiv:1703.06870 (RoIAlign)",
    parameters: [
      Parameter(
        "channels",
        .list(of: .integer(.between(16, Double(Limits.convolutionChannels))), count: nil),
        default: [16, 32, 32, 64, 64, 96, 96],
        "Channels of each convolution of the backbone, multiples of 16."),
      Parameter(
        "strides", .list(of: .integer(.between(1, 2)), count: nil),
        default: [1, 2, 1, 2, 1, 2, 1],
        "Stride of each of these convolutions; their product is the stride of the priors."),
      .integer(
        "map_channels", default: 96, .between(16, Double(Limits.convolutionChannels)),
        "Channels of the convolution of a stage on the map, a multiple of 16."),
      .integer(
        "roi_size", default: 7, .between(1, Double(Limits.roiSize)),
        "Rows and columns of bins of a region."),
      .integer(
        "roi_samples", default: 2, .between(1, Double(Limits.roiSamples)),
        "Rows and columns of points in a bin."),
      Parameter(
        "roi_channels", .list(of: .integer(.between(16, Double(Limits.roiChannels))), count: nil),
        default: [128],
        "Outputs of each fully connected layer of a stage on proposals, multiples of 16."),
      .number(
        "score_threshold", default: 0.01, .between(0, 1), "Least probability of a detection."),
      .number(
        "nms_iou", default: 0.5, .between(0, 1),
        "Overlap above which the worse of two detections of a class goes."),
      .integer(
        "detections", default: 100, .between(1, Double(Limits.imageDetections)),
        "Detections of an image at most."),
    ])

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

  /// Makes settings from checked parameters.
  ///
  /// - Throws: ``ParameterError`` where channels aren't multiples of 16, there are not as many strides as
  ///   channels, the map would be too coarse for any image, or the layers have more weights than memory.
  public init(parameters: Parameters) throws(ParameterError) {
    func integers(_ name: String) throws(ParameterError) -> [Int] {
      try parameters.numbers(name).map { Int($0) }
    }
    channels = try integers("channels")
    strides = try integers("strides")
    mapChannels = try parameters.integer("map_channels")
    roiSize = try parameters.integer("roi_size")
    roiSamples = try parameters.integer("roi_samples")
    roiChannels = try integers("roi_channels")
    scoreThreshold = Float(try parameters.number("score_threshold"))
    suppressionIoU = Float(try parameters.number("nms_iou"))
    detections = try parameters.integer("detections")
    guard strides.count == channels.count else {
      throw ParameterError(
        "strides", "has \(strides.count) numbers for \(channels.count) channels; expected as many")
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

  /// The pixels between two cells of the backbone's map.
  public var stride: Int { strides.reduce(1, *) }
}
