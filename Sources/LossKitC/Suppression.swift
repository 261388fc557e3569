import CInterface
import LossKit

@c @implementation
public func losskit_nms(
  _ boxes: UnsafePointer<Float>?, _ scores: UnsafePointer<Float>?, _ labels: UnsafePointer<Int64>?,
  _ count: Int, _ threshold: Double, _ kept: UnsafeMutablePointer<Int64>?,
  _ kept_count: UnsafeMutablePointer<Int>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let result = try given(kept_count, "kept_count")
    result.pointee = 0
    let boxes = try LossKitC.boxes(boxes, count, "boxes")
    let scores = try elements(scores, count, "scores")
    if let row = boxes.firstIndex(where: { !$0.isFinite }) {
      throw Failure("boxes row \(row)", "\(boxes[row].coordinates) isn't finite")
    }
    if let row = scores.firstIndex(where: \.isNaN) {
      throw Failure("scores row \(row)", "is not a number")
    }
    let order = boxes.indices.sorted {
      scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1
    }
    let groups = labels.map { labels in Dictionary(grouping: order) { labels[$0] } } ?? [0: order]
    var isKept = [Bool](repeating: false, count: count)
    for group in groups.values {
      let survivors = suppressOverlaps(group.map { boxes[$0] }, above: Float(threshold))
      for index in survivors { isKept[group[index]] = true }
    }
    for index in order where isKept[index] {
      try given(kept, "kept")[result.pointee] = Int64(index)
      result.pointee += 1
    }
  }
}
