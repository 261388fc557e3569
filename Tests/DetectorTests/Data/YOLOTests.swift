import Detector
import LossCore
import StrictJSON
import TestSupport
import Testing

struct YOLOTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["train/a", "train/b", "val/c"] {
      try folder.write(SmallCOCO.pixels(40, 20, "P6"), to: "set/images/\(name).ppm")
    }
    try folder.write(
      "1 0.5 0.5 0.5 0.5\n\n0 0.1 0.2 0.5 0.2 0.3 0.9\n", to: "set/labels/train/a.txt")
    try folder.write("0 0.05 0.5 0.2 0.5", to: "set/labels/val/c.txt")
    try data("path: .\ntrain: images/train\nval: images/val\nnames: [cat, dog]")
  }

  private var path: String { folder.path("set/data.yaml") }

  private func data(_ text: String) throws { try folder.write(text, to: "set/data.yaml") }

  @Test func `boxes are shares of the image, and outlines their extent`() throws {
    let data = try DataSource(parsing: folder.path("set")).open()
    #expect(data.classNames == ["cat", "dog"] && data.count == 2)
    let first = try data.example(0)
    #expect(first.name == "a.ppm" && first.objects.labels == [2, 1])
    #expect(first.objects.boxes == [Box(10, 5, 30, 15), Box(4, 4, 20, 18)])
    #expect(try data.example(1).objects == GroundTruth(boxes: [], labels: []))
    #expect(data.notes == ["images without annotations: 1 of 2"])
  }

  @Test func `the file names what to measure with`() throws {
    let source = try DataSource(parsing: path)
    #expect(source.heldOut?.description == "\(path):val")
    let heldOut = try #require(try source.heldOut?.open())
    #expect(heldOut.count == 1 && heldOut.classNames == ["cat", "dog"])
    // It reaches over the left side by two pixels.
    #expect(try heldOut.example(0).objects.boxes == [Box(0, 5, 6, 15)])
    #expect(heldOut.warnings == ["boxes that reached over their image and were clipped: 1"])
    #expect(try DataSource(parsing: "\(path):val").heldOut == nil)
  }

  @Test(arguments: [".", "..", "../set", "../datasets/elsewhere"])
  func `the folder of the file stands in for one that isn't there`(name: String) throws {
    let images = name == ".." ? "set/images/train" : "images/train"
    try data("path: \(name)\ntrain: \(images)\nnames: [cat, dog]")
    #expect(try YOLODataSet(path).count == 2)
  }

  @Test(arguments: [
    "names: ['cat', \"dog\"] # two",
    "names:\n  0: cat\n  1: 'dog'\nnc: 2",
    "names:\n- cat\n- dog",
    "names: [cat,\n  dog]",
    "names: {0: cat, 1: dog}",
    "names:\n  1: dog\n  0: cat",
    "names:\n  0: cat # comment\n  1: dog\ndownload: |\n  x: y\n",
  ])
  func `names in the forms that data files have`(names: String) throws {
    try data("train: ../images/train\n\(names)\n")
    #expect(try YOLODataSet(path).classNames == ["cat", "dog"])
  }

  @Test func `images by a list, labels beside them`() throws {
    try folder.write(SmallCOCO.pixels(40, 20, "P6"), to: "other/x.ppm")
    try folder.write("0 0.5 0.5 1 1", to: "other/x.txt")
    try folder.write("other/x.ppm\n./set/images/train/a.ppm\n", to: "list.txt")
    let file = try folder.write("train: list.txt\nnames: [cat, dog]", to: "list.yaml")
    let data = try YOLODataSet(file)
    #expect(try data.example(0).objects.boxes == [Box(0, 0, 40, 20)])
    #expect(try data.example(1).objects.boxes.count == 2)
    try folder.write("other/x.ppm\nother/y.ppm\n", to: "list.txt")
    #expect { try YOLODataSet(file) } throws: { error in
      "\(error)" == "\(file): train: lists \(folder.path("other/y.ppm")), which isn't there"
    }
  }

  @Test(arguments: [
    ("2 0.5 0.5 0.1 0.1", #"has the class "2"; expected 0 to 1, as data.yaml names the classes"#),
    (
      "cat 0.5 0.5 0.1 0.1",
      #"has the class "cat"; expected 0 to 1, as data.yaml names the classes"#
    ),
    (
      "0 0.5 0.5 0.1",
      "has 4 words; expected the class and four numbers x, y, width and height, or the class and the corners of "
        + "an outline"
    ),
    ("0 0.5 0.5 0.1 nan", #"has "nan", which is no finite number"#),
    ("0 0.5 half", #"has "half", which is no finite number"#),
    ("0 0.5 0.5 0 0.1", "0.5 0.5 0.0 0.1 has no size; expected a width and a height above 0"),
    (
      "0 120 90 40 40",
      "120.0 90.0 40.0 40.0 lies outside of its image; expected shares of the image's sides, from 0 to 1"
    ),
  ])
  func `labels that can't be used`(line: String, message: String) throws {
    let file = try folder.write("\n\(line)\n", to: "set/labels/train/b.txt")
    #expect { try YOLODataSet(path) } throws: { "\($0)" == "\(file):2:1: \(message)" }
  }

  @Test(arguments: [
    (
      "train: images/train",
      "has no names counted from 0; expected the classes, such as names: [red, white]"
    ),
    (
      "train: images/train\nnames: [cat, cat]",
      "gives two classes the same name; expected different ones"
    ),
    (
      "train: images/train\nnames:\n  1: cat\n  2: dog",
      "has no names counted from 0; expected the classes, such as names: [red, white]"
    ),
    ("names: [cat, dog]", "has no train; expected a folder of images, such as train: images/train"),
    ("train: labels\nnames: [cat, dog]", "train: holds no JPEG, PNG, PPM or PGM files"),
  ])
  func `files that say too little`(text: String, message: String) throws {
    try data(text)
    #expect { try YOLODataSet(path) } throws: { error in
      (error as? Diagnostics)?.all.first?.description == "\(path): \(message)"
    }
  }

  @Test func `images that have no labels where they are looked for`() throws {
    try folder.write(SmallCOCO.pixels(40, 20, "P6"), to: "set/pictures/x.ppm")
    try data("train: pictures\nnames: [cat, dog]")
    let image = folder.path("set/pictures/x")
    #expect { try YOLODataSet(path) } throws: { error in
      "\(error)"
        == "\(path): train: none of its 1 images has a label; the labels of \(image).ppm would be \(image).txt"
    }
    try data("train: nowhere\nnames: [cat, dog]")
    #expect { try YOLODataSet(path) } throws: { error in
      "\(error)"
        == "\(path): train: there is no folder or list of images \(folder.path("set/nowhere"))"
    }
  }
}
