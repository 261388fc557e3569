import Detector
import LossCore
import Testing

struct DrawingTests {
  private func blank(_ width: Int, _ height: Int) throws -> Image {
    try Image(width: width, height: height, pixels: Array(repeating: 0, count: 3 * width * height))
  }

  private func color(_ image: Image, _ x: Int, _ y: Int) -> Color {
    let start = 3 * (y * image.width + x)
    return Color(image.pixels[start], image.pixels[start + 1], image.pixels[start + 2])
  }

  private func picture(_ image: Image, _ boxes: Box..., text: String = "") -> Picture {
    Picture(
      title: "", image: image,
      marks: boxes.map { Picture.Mark(box: $0, text: text, color: .white) })
  }

  @Test func `an outline lies on the outermost pixels of its box`() throws {
    let drawn = picture(try blank(12, 10), Box(2, 3, 9, 8)).drawn()
    for y in 0..<10 {
      for x in 0..<12 {
        let isInside = (2..<9).contains(x) && (3..<8).contains(y)
        let isInner = (3..<8).contains(x) && (4..<7).contains(y)
        #expect(color(drawn, x, y) == (isInside && !isInner ? .white : .black))
      }
    }
  }

  @Test func `pixels and boxes are enlarged together`() throws {
    let image = try Image(width: 2, height: 1, pixels: [10, 20, 30, 40, 50, 60])
    let drawn = picture(image).drawn(enlargedBy: 3)
    #expect(drawn.width == 6 && drawn.height == 3)
    for y in 0..<3 {
      for x in 0..<6 { #expect(color(drawn, x, y) == color(image, x / 3, 0)) }
    }
    let outlined = picture(try blank(4, 4), Box(1, 1, 3, 3)).drawn(enlargedBy: 4)
    #expect(color(outlined, 4, 4) == .white && color(outlined, 11, 11) == .white)
    #expect(color(outlined, 3, 3) == .black && color(outlined, 12, 12) == .black)
    #expect(picture(image).drawn(enlargedBy: .min) == image)
    #expect(picture(image).drawn(enlargedBy: .max).width == 32)
  }

  @Test(arguments: [
    Box(-5, -5, 500, 500), Box(20, 20, 30, 30), Box(3, 3, 3, 3), Box(5, 5, 1, 1),
    Box(.nan, 0, 4, 4), Box(-.infinity, 0, .infinity, 4),
    Box(-.greatestFiniteMagnitude, 0, .greatestFiniteMagnitude, 4),
  ])
  func `boxes that don't fit are drawn as far as they do`(box: Box) throws {
    let drawn = picture(try blank(8, 6), box, text: "a long text").drawn(enlargedBy: 2)
    #expect(drawn.width == 16 && drawn.height == 12)
  }

  @Test func `every printable character has a look of its own`() throws {
    let image = try blank(30, 30)
    let looks = (32..<127).map { code in
      let character = String(UnicodeScalar(UInt8(code)))
      return picture(image, Box(2, 15, 25, 25), text: character).drawn().pixels
    }
    #expect(Set(looks).count == 95)
    let unknown = picture(image, Box(2, 15, 25, 25), text: "é").drawn().pixels
    #expect(!looks.contains(unknown))
  }

  @Test func `an ignored region is dashed`() throws {
    let example = Example(
      name: "a", id: 1, image: try blank(40, 40),
      objects: GroundTruth(boxes: [], labels: [], ignoredRegions: [Box(0, 0, 40, 40)]))
    let drawn = Picture(example, classNames: []).drawn()
    let top = (0..<40).map { color(drawn, $0, 0) == .ignored }
    #expect(top.contains(true) && top.contains(false))
  }

  @Test func `the surest detection is drawn last, with its score`() throws {
    let picture = Picture(
      title: "a", image: try blank(9, 9),
      detections: [
        Detection(box: Box(0, 0, 4, 4), label: 2, score: 0.9),
        Detection(box: Box(1, 1, 5, 5), label: 3, score: 0.25),
      ], classNames: ["cat", "dog"])
    #expect(picture.marks.map(\.text) == ["class 3 0.25", "dog 0.90"])
    #expect(picture.marks.map(\.color) == [.ofClass(3), .ofClass(2)])
  }

  @Test func `every label has a colour`() {
    #expect(Set((1...10).map { Color.ofClass($0).red }).count > 5)
    #expect(Color.ofClass(1) == .ofClass(11) && Color.ofClass(0) == .ofClass(10))
    for label in [Int.min, .min + 1, -1, .max] { _ = Color.ofClass(label) }
  }

  @Test func `a sheet holds all pictures in rows`() throws {
    let wide = Picture(title: "wide", image: try blank(160, 20), marks: [])
    let high = Picture(title: "high", image: try blank(80, 90), marks: [])
    let sheet = ContactSheet([wide, high, wide], classNames: ["cat", "dog"])
    let twoColumns = sheet.drawn()
    let oneColumn = sheet.drawn(columns: 1)
    #expect(twoColumns.width == 2 * (320 + 12) + 12 && oneColumn.width == 320 + 2 * 12)
    #expect(sheet.drawn(columns: 3).width == sheet.drawn(columns: .max).width)
    #expect(oneColumn == sheet.drawn(columns: -2))
    #expect(oneColumn.height > twoColumns.height)
    // The first row holds an image of 90 × 4 rows, the second one of 20 × 2.
    #expect(color(twoColumns, 12, 12 + 39) == .black)
    #expect(color(twoColumns, 12 + 332, 12 + 359) == .black)
    #expect(color(twoColumns, 12, 12 + 360 + 16) == .black)
    #expect(ContactSheet([]).drawn().width > 0)
  }
}
