import Detector
import LossCore
import StrictJSON
import TestSupport
import Testing

struct COCODataSetTests {
  private let folder: TemporaryFolder
  private var coco = SmallCOCO()

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `examples come in the order of the file, labels in the order of the ids`() throws {
    let data = try COCODataSet(try coco.write(to: folder))
    #expect(data.classNames == ["cat", "dog"] && data.count == 2)
    let first = try data.example(0)
    #expect(first.name == "a.ppm" && first.id == 7)
    #expect(first.image.size == ImageSize(height: 30, width: 40))
    #expect(
      first.objects
        == GroundTruth(
          boxes: [Box(1, 2, 11, 22), Box(0.5, 0, 4.75, 8)], labels: [2, 1],
          ignoredRegions: [Box(10, 10, 30, 30)]))
    let second = try data.example(1)
    #expect(second.id == 3 && second.objects == GroundTruth(boxes: [], labels: []))
    #expect(second.image.pixels.allSatisfy { $0 == 90 })
  }

  @Test func `annotations have the areas of the file, and crowds their class`() throws {
    let data = try COCODataSet(try coco.write(to: folder))
    #expect(
      try data.annotations(0) == [
        Annotation(box: Box(1, 2, 11, 22), label: 2, area: 150.5),
        Annotation(box: Box(0.5, 0, 4.75, 8), label: 1, area: 34),
        Annotation(box: Box(10, 10, 30, 30), label: 1, area: 400, isCrowd: true),
      ])
    #expect(try data.annotations(1) == [])
  }

  @Test func `a folder stands for its annotations.json, with images beside it or in a folder`()
    throws
  {
    try folder.write(coco.text, to: "set/annotations.json")
    try folder.write(SmallCOCO.pixels(40, 30, "P6"), to: "set/images/a.ppm")
    try folder.write(SmallCOCO.pixels(20, 10, "P5"), to: "set/b.pgm")
    let data = try DataSource(parsing: folder.path("set")).open()
    #expect(try data.example(0).image.width == 40 && data.example(1).image.width == 20)
    // A folder of one's own is the only one.
    try folder.write(SmallCOCO.pixels(40, 30, "P6"), to: "other/a.ppm")
    try folder.write(SmallCOCO.pixels(20, 10, "P5"), to: "other/b.pgm")
    let other = try COCODataSet(
      folder.path("set/annotations.json"), imageFolder: folder.path("other"))
    #expect(try other.example(0).image.width == 40)
    #expect(throws: Diagnostics.self) {
      try COCODataSet(folder.path("set/annotations.json"), imageFolder: folder.path("set"))
    }
  }

  @Test func `a converted image takes the place of the one that is named`() throws {
    var coco = coco
    coco.images[0] = #"{"id": 7, "file_name": "c.d.jpg", "width": 40, "height": 30}"#
    let path = try coco.write(to: folder)
    try folder.write([0xFF, 0xD8], to: "c.d.jpg")
    try folder.write(SmallCOCO.pixels(40, 30, "P6"), to: "c.d.ppm")
    let example = try COCODataSet(path).example(0)
    #expect(example.image.width == 40 && example.name == "c.d.jpg")
  }

  @Test func `boxes are clipped to their image, which is noted`() throws {
    var coco = coco
    coco.annotations = [
      #"{"id": 1, "image_id": 3, "category_id": 2, "bbox": [-5, -1.5, 100, 8]}"#,
      #"{"id": 2, "image_id": 3, "category_id": 2, "bbox": [0, 0, 20.001, 10]}"#,
    ]
    let data = try COCODataSet(try coco.write(to: folder))
    #expect(try data.example(1).objects.boxes == [Box(0, 0, 20, 6.5), Box(0, 0, 20, 10)])
    #expect(
      data.notes == [
        #"category "dog" has no objects; it can't be learnt or measured"#,
        "images without annotations: 1 of 2",
        "boxes that reached over their image and were clipped: 1",
      ])
  }

  @Test func `what COCO's files have besides is left alone`() throws {
    var coco = coco
    coco.images[0] =
      #"{"license": 4, "id": 7, "file_name": "a.ppm", "width": 40, "height": 30, "coco_url": "x"}"#
    coco.annotations[0] = """
      {"segmentation": [[1, 2, 3, 4, 5, 6]], "id": -1, "image_id": 7, "category_id": 9, \
      "bbox": [1, 2, 10, 20]}
      """
    #expect(try COCODataSet(try coco.write(to: folder)).example(0).objects.boxes.count == 2)
  }

  @Test func `an image of another size than its annotations say`() throws {
    let path = try coco.write(to: folder)
    try folder.write(SmallCOCO.pixels(30, 40, "P6"), to: "a.ppm")
    let error = DataError(
      folder.path("a.ppm"), "is 30 × 40 pixels; expected 40 × 30, as its annotations say")
    #expect(throws: error) { try COCODataSet(path).example(0) }
  }

  @Test func `a truncated image names its file`() throws {
    let path = try coco.write(to: folder)
    try folder.write(SmallCOCO.pixels(40, 30, "P6").dropLast(), to: "a.ppm")
    let data = try COCODataSet(path)
    let error = DataError(
      folder.path("a.ppm"),
      "ends too early: 3599 bytes follow the header; expected 40 × 30 pixels of 3 bytes")
    #expect(throws: error) { try data.example(0) }
    #expect(throws: Never.self) { try data.example(1) }
    #expect(throws: DataError("image 2", "there are 2 images, from 0 to 1")) {
      try data.example(2)
    }
  }
}
