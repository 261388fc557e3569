import Detector
import StrictJSON
import TestSupport

extension FuzzTarget {
  /// Annotations of images that are called `a.ppm` and `b.jpg`; of the latter, only a PPM file is there.
  static let coco = Self(
    name: "coco",
    words: quoted(
      """
      images annotations categories id file_name width height image_id category_id bbox area \
      iscrowd name a.ppm b.jpg
      """) + ["9223372036854775807", "-9223372036854775808", "1e308"],
    seeds: {
      [
        Array(
          """
          {"images": [{"id": 1, "file_name": "a.ppm", "width": 2, "height": 3},
            {"id": 7, "file_name": "b.jpg", "width": 2, "height": 3}],
           "categories": [{"id": 3, "name": "disc"}, {"id": 90, "name": "ring"}],
           "annotations": [
            {"id": 1, "image_id": 1, "category_id": 90, "bbox": [0, 0.5, 1, 1.5], "area": 1.5, "iscrowd": 0},
            {"id": 2, "image_id": 1, "category_id": 3, "bbox": [0, 0, 9, 1], "iscrowd": 1}]}
          """.utf8)
      ]
    },
    reader: { folder in
      let image = Array("P5 2 3 255\n".utf8) + [1, 2, 3, 4, 5, 6]
      for name in ["a.ppm", "b.ppm"] { try folder.write(image, to: name) }
      return { input in
        let path = try folder.write(input, to: "annotations.json")
        let data = try attempt(input) { () throws(Diagnostics) in try COCODataSet(path) }
        guard let data else { return }
        for note in data.notes { try requireShort(note, of: input) }
        for index in 0..<data.count {
          _ = try attempt(input) { () throws(DataError) in try data.annotations(index) }
          let example = try attempt(input) { () throws(DataError) in try data.example(index) }
          if let example {
            try require(
              example.objects.labels.allSatisfy { data.classNames.indices.contains($0 - 1) },
              "a label without a name")
          }
        }
      }
    })
}
