import CInterface
import LossKit
import PluginABI

extension losskit_batch {
  /// The images and the recorded draws.
  func batch() throws(Failure) -> DetectionBatch {
    var images: [DetectionBatch.Image] = []
    for (index, image) in try elements(self.images, image_count, "images").enumerated() {
      images.append(try image.image("image \(index)"))
    }
    var records: [String: [Bool]] = [:]
    for record in try elements(self.records, record_count, "records") {
      let stage = String(cString: try given(record.stage, "record's stage"))
      records[stage] = try elements(record.sampled, record.count, "record of \(stage)").map {
        $0 != 0
      }
    }
    return DetectionBatch(images: images, recordedSamples: records)
  }
}

extension losskit_batch_image {
  /// The size and what is on it.
  func image(_ place: String) throws(Failure) -> DetectionBatch.Image {
    DetectionBatch.Image(
      size: ImageSize(height: Int(height), width: Int(width)),
      paddedSize: padded_height == 0 && padded_width == 0
        ? nil : ImageSize(height: Int(padded_height), width: Int(padded_width)),
      groundTruth: try groundTruth(place),
      proposals: proposals == nil
        ? nil : try LossKitC.boxes(proposals, proposal_count, "\(place), proposals"))
  }

  private func groundTruth(_ place: String) throws(Failure) -> GroundTruth {
    let boxes = try LossKitC.boxes(self.boxes, object_count, "\(place), boxes")
    let labels = try elements(self.labels, object_count, "\(place), labels").map { Int($0) }
    guard let ignored else { return GroundTruth(boxes: boxes, labels: labels) }
    let isIgnored = try elements(ignored, object_count, "\(place), ignored")
    let counted = boxes.indices.filter { isIgnored[$0] == 0 }
    return GroundTruth(
      boxes: counted.map { boxes[$0] }, labels: counted.map { labels[$0] },
      ignoredRegions: boxes.indices.filter { isIgnored[$0] != 0 }.map { boxes[$0] })
  }
}

/// So many elements of the caller's.
func elements<Element>(
  _ start: UnsafePointer<Element>?, _ count: Int, _ name: String
) throws(Failure) -> UnsafeBufferPointer<Element> {
  guard count >= 0, start != nil || count == 0 else {
    throw Failure(name, count < 0 ? "has too many elements to count" : "is NULL")
  }
  return UnsafeBufferPointer(start: start, count: count)
}

/// So many boxes, four numbers each.
func boxes(
  _ start: UnsafePointer<Float>?, _ count: Int, _ name: String
) throws(Failure) -> [Box] {
  let (numbers, overflows) = count.multipliedReportingOverflow(by: 4)
  let rows = try elements(start, overflows ? -1 : numbers, name)
  return (0..<count).map { Box(rows[4 * $0], rows[4 * $0 + 1], rows[4 * $0 + 2], rows[4 * $0 + 3]) }
}

/// So many boxes.
func boxes(
  _ start: UnsafePointer<losskit_box>?, _ count: Int, _ name: String
) throws(Failure) -> [Box] {
  try elements(start, count, name).map { Box($0.x1, $0.y1, $0.x2, $0.y2) }
}
