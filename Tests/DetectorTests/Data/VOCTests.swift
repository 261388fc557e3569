import Detector
import LossCore
import StrictJSON
import TestSupport
import Testing

struct VOCTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a", "b", "c"] {
      try folder.write(SmallCOCO.pixels(40, 30, "P6"), to: "set/JPEGImages/\(name).ppm")
    }
    try write("a", [object("dog", 1, 2, 10, 20), object("cat", 0, 5, 40, 30)])
    try write(
      "b", [object("cat", 3, 3, 3, 3), object("ant", 1, 1, 9, 9, more: "<difficult>1</difficult>")])
    try write("c", [])
  }

  private var path: String { folder.path("set") }

  private func object(_ name: String, _ box: Int..., more: String = "") -> String {
    let names = ["xmin", "ymin", "xmax", "ymax"]
    let members = zip(names, box).map { "<\($0)>\($1)</\($0)>" }.joined()
    return "<object>\n<name>\(name)</name>\(more)<bndbox>\(members)</bndbox>\n</object>"
  }

  private func write(_ stem: String, _ objects: [String]) throws {
    try folder.write(
      """
      <?xml version="1.0"?>
      <annotation verified="yes">
      <filename>\(stem).jpg</filename><!-- 40 by 30 -->
      <size><width>40</width><height>30</height><depth>3</depth></size>
      \(objects.joined(separator: "\n"))
      </annotation>
      """, to: "set/Annotations/\(stem).xml")
  }

  @Test func `rows and columns counted from 1 become boxes, difficult objects ignored regions`()
    throws
  {
    let data = try VOCDataSet(path)
    #expect(data.classNames == ["ant", "cat", "dog"] && data.count == 3)
    let first = try data.example(0)
    #expect(first.name == "a.ppm")
    #expect(
      first.objects == GroundTruth(boxes: [Box(0, 1, 10, 20), Box(0, 4, 40, 30)], labels: [3, 2]))
    #expect(
      try data.example(1).objects
        == GroundTruth(boxes: [Box(2, 2, 3, 3)], labels: [2], ignoredRegions: [Box(0, 0, 9, 9)]))
    #expect(
      data.notes == [
        #"category "ant" has no objects; it can't be learnt or measured"#,
        "images without annotations: 1 of 3",
      ])
  }

  @Test func `lists name the images, and all files the classes`() throws {
    try folder.write("b\n\nc  1\n", to: "set/ImageSets/Main/train.txt")
    try folder.write("a\n", to: "set/ImageSets/Main/val.txt")
    let source = try DataSource(parsing: path)
    let data = try source.open()
    #expect(data.classNames == ["ant", "cat", "dog"] && data.count == 2)
    let heldOut = try #require(source.heldOut)
    #expect(heldOut.description == "\(path)/ImageSets/Main/val.txt" && heldOut.heldOut == nil)
    #expect(try heldOut.open().classNames == data.classNames)
    #expect(try heldOut.open().example(0).name == "a.ppm")
    try folder.write("a\nd\n", to: "set/ImageSets/Main/test.txt")
    let list = folder.path("set/ImageSets/Main/test.txt")
    let message = "\(list): names \"d\", but there is no d.xml in \(path)/Annotations"
    #expect { try DataSource(parsing: list).open() } throws: { "\($0)" == message }
  }

  @Test func `an image is found by the name of its annotations where it was renamed`() throws {
    try folder.write(SmallCOCO.pixels(40, 30, "P6"), to: "flat/x.ppm")
    try folder.write(
      "<annotation><filename>old.jpg</filename><size><width>40</width><height>30</height></size>"
        + object("cat", 1, 1, 5, 5) + "</annotation>", to: "flat/x.xml")
    #expect(try DataSource(parsing: folder.path("flat")).open().example(0).name == "x.ppm")
  }

  @Test(arguments: [
    (
      "<annotation><size><width>0</width></size></annotation>",
      #"1:1: has a size of 0 × 0; expected a width and a height of 1 to 65536"#
    ),
    ("<annotation></annotation>", "1:1: has no <size> in <annotation>; expected width and height"),
    ("<annotation>\n<size>", "2:1: ends within <size> of line 2; its end is missing"),
    ("<annotation>\n<size></sise>", "2:1: expected </size> for line 2, found </sise"),
    ("", "1:1: has no element; expected <annotation>"),
    ("<a/>b", "1:1: goes on behind its outermost element; expected the end of the file"),
    ("<a>&lol;</a>", #"1:1: "&lol" is no entity that XML has by itself"#),
    (
      """
      <?xml version="1.0"?>
      <!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>
      """,
      "2:1: has a document type (<!DOCTYPE), which could have other files read; expected plain elements: remove it"
    ),
    (String(repeating: "<a>", count: 33), "1:1: has more than 32 elements within one another"),
  ])
  func `files that can't be read`(text: String, message: String) throws {
    let file = try folder.write(text, to: "set/Annotations/b.xml")
    #expect { try VOCDataSet(path) } throws: { error in
      (error as? Diagnostics)?.all.first?.description == "\(file):\(message)"
    }
  }

  @Test func `all that is wrong with objects is told`() throws {
    try write(
      "b",
      [
        object("cat", 41, 1, 50, 9), object("cat", 9, 9, 5, 12), object("cat", 1, 2, 3),
        object("", 1, 1, 2, 2), object("cat", -30, -20, -1, -1),
      ])
    let file = folder.path("set/Annotations/b.xml")
    #expect { try VOCDataSet(path) } throws: { error in
      "\(error)" == """
        \(file):5:1: [41.0, 1.0, 50.0, 9.0] lies outside of its image of 40 × 30 pixels; expected a part of it inside
        \(file):8:1: [9.0, 9.0, 5.0, 12.0] has no size; expected an xmax of at least xmin, and y so
        \(file):12:1: an object has no <bndbox> with numbers for xmin, ymin, xmax, ymax
        \(file):14:1: an object has no <name>; expected that of its class
        \(file):17:1: [-30.0, -20.0, -1.0, -1.0] lies outside of its image of 40 × 30 pixels; expected a part of it inside
        """
    }
    try write("b", [object("cat", -9, 1, 50, 9)])
    let data = try VOCDataSet(path)
    #expect(try data.example(1).objects.boxes == [Box(0, 0, 40, 9)])
    #expect(data.warnings == ["boxes that reached over their image and were clipped: 1"])
  }

  @Test func `text has its entities and CDATA`() throws {
    try write("c", [object("a &lt;b&gt; &amp; &#99;<![CDATA[&d]]>", 1, 1, 5, 5)])
    #expect(try VOCDataSet(path).classNames.first == "a <b> & c&d")
  }

  @Test func `an image that is missing is told, where it is used`() throws {
    try folder.write(
      "<annotation>\n<filename>no.jpg</filename><size><width>40</width><height>30</height></size></annotation>",
      to: "set/Annotations/no.xml")
    let file = folder.path("set/Annotations/no.xml")
    #expect { try VOCDataSet(path) } throws: { error in
      "\(error)".hasPrefix("\(file):2:1: there is no image \"no.jpg\" in \(path)/JPEGImages or ")
    }
    let list = try folder.write("a\n", to: "set/ImageSets/Main/train.txt")
    #expect(try VOCDataSet(path, list: list).count == 1)
  }
}
