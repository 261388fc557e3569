import Detector
import StrictJSON
import TestSupport

extension FuzzTarget {
  /// An XML file of Pascal VOC, of an image that is called `a.ppm`.
  static let voc = Self(
    name: "voc",
    words: """
      <annotation> </annotation> <object> </object> <size> <width> <height> <bndbox> <xmin> <ymax> </ymax>
      <![CDATA[ ]]> <!-- --> <?xml ?> &#1114112; &#x0; &amp; <!DOCTYPE </ /> 1e308 -1 nan <difficult>1</difficult>
      """.split(whereSeparator: \.isWhitespace).map(String.init),
    seeds: {
      [
        Array(
          """
          <?xml version="1.0"?><annotation a="b"><filename>a.jpg</filename><!-- c -->
          <size><width>2</width><height>3</height></size>
          <object><name>x &lt;<![CDATA[y]]></name><difficult>0</difficult>
          <bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2.5</ymax></bndbox></object></annotation>
          """.utf8)
      ]
    },
    reader: { folder in
      try folder.write(Array("P5 2 3 255\n".utf8) + [1, 2, 3, 4, 5, 6], to: "a.ppm")
      let path = folder.path("")
      return { input in
        try folder.write(input, to: "a.xml")
        try requireSound(
          try attempt(input) { () throws(Diagnostics) in try VOCDataSet(path) }, of: input)
      }
    })

  /// A file `data.yaml` and the labels of an image.
  static let yolo = Self(
    name: "yolo",
    words: [
      "train:", "names:", "path:", "- ", "[", "]", "{", "}", "'", "\"", "#", "1e308", "nan", "-1",
      ".",
    ],
    seeds: {
      [
        input(["path: .\ntrain: .\nnames: [a, 'b']\n", "0 0.5 0.5 0.2 0.2\n1 0 0 1 0 1 1\n"]),
        input(["train: list.txt\nnames:\n  0: a # b\n  1: \"c\"\n", "1 0.9 0.9 0.5 0.5"]),
      ]
    },
    reader: { folder in
      try folder.write(Array("P5 2 3 255\n".utf8) + [1, 2, 3, 4, 5, 6], to: "a.ppm")
      try folder.write("a.ppm\n", to: "list.txt")
      return { input in
        let parts = parts(input)
        let path = try folder.write(parts[0], to: "data.yaml")
        try folder.write(parts.last ?? [], to: "a.txt")
        try requireSound(
          try attempt(input) { () throws(Diagnostics) in try YOLODataSet(path) }, of: input)
      }
    })

  private static func requireSound(_ data: (any DataSet)?, of input: [UInt8]) throws {
    guard let data else { return }
    for note in data.notes { try requireShort(note, of: input) }
    for index in 0..<data.count {
      let example = try attempt(input) { () throws(DataError) in try data.example(index) }
      guard let example else { continue }
      try require(
        example.objects.labels.allSatisfy { data.classNames.indices.contains($0 - 1) },
        "a label without a name")
      try require(
        example.objects.boxes.allSatisfy {
          $0.x1 >= 0 && $0.y1 >= 0 && $0.x1 < $0.x2 && $0.y1 < $0.y2
            && $0.x2 <= Float(example.image.width) && $0.y2 <= Float(example.image.height)
        }, "a box that isn't on its image")
    }
  }
}
