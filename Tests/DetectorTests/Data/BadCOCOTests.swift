import Detector
import ResourceLimits
import StrictJSON
import TestSupport
import Testing

/// A data set with something wrong, and what is to be said of it.
struct BadCOCO: Sendable, CustomTestStringConvertible {
  let change: @Sendable (inout SmallCOCO) -> Void
  /// Line, column, path and message of each problem.
  let problems: [String]

  init(_ problems: String..., change: @escaping @Sendable (inout SmallCOCO) -> Void) {
    (self.change, self.problems) = (change, problems)
  }

  var testDescription: String { problems.first ?? "" }

  static let all = [
    BadCOCO(#"3:8: images.1.id: 7 is the id of another before; expected each once"#) {
      $0.images[1] = #"{"id": 7, "file_name": "b.pgm", "width": 20, "height": 10}"#
    },
    BadCOCO(
      #"2:50: images.0.width: is 0; expected 1 to 65536"#,
      #"3:64: images.1.height: is -10; expected 1 to 65536"#
    ) {
      $0.images[0] = #"{"id": 7, "file_name": "a.ppm",         "width": 0, "height": 30}"#
      $0.images[1] = #"{"id": 3, "file_name": "b.pgm", "width": 20,         "height": -10}"#
    },
    BadCOCO(
      #"2:1: images.0: key "width" is missing"#,
      #"2:43: images.0.height: expected an integer, found a string"#
    ) { $0.images[0] = #"{"id": 7, "file_name": "a.ppm", "height": "30"}"# },
    BadCOCO(#"2:1: images.0: key "file_name" is missing; did you mean "filename"?"#) {
      $0.images[0] = #"{"id": 7, "filename": "a.ppm", "width": 40, "height": 30}"#
    },
    BadCOCO(#"2:1: images.0: expected an object, found an integer"#) { $0.images[0] = "7" },
    BadCOCO(#"2:8: images.0.id: expected an integer, found a real number"#) {
      $0.images[0] = #"{"id": 7.0, "file_name": "a.ppm", "width": 40, "height": 30}"#
    },
    BadCOCO(#"6:8: categories.1.id: 9 is the id of another before; expected each once"#) {
      $0.categories[1] = #"{"id": 9, "name": "cat"}"#
    },
    BadCOCO(
      #"6:19: categories.1.name: "dog" is the name of a category before; expected another"#
    ) { $0.categories[1] = #"{"id": 2, "name": "dog"}"# },
    BadCOCO(#"6:19: categories.1.name: is empty; expected a name"#) {
      $0.categories[1] = #"{"id": 2, "name": ""}"#
    },
    BadCOCO(
      #"9:8: annotations.1.id: 1 is the id of another before; expected each once"#,
      #"10:8: annotations.2.id: 1 is the id of another before; expected each once"#
    ) { coco in
      for index in 1...2 {
        coco.annotations[index] =
          #"{"id": 1, "image_id": 7, "category_id": 9, "bbox": [1, 2, 10, 20]}"#
      }
    },
    BadCOCO(
      #"9:23: annotations.1.image_id: no image has the id 8; expected one of 3, 7"#,
      #"9:41: annotations.1.category_id: no category has the id 0; expected one of 2, 9"#
    ) {
      $0.annotations[1] = #"{"id": 2, "image_id": 8, "category_id": 0, "bbox": [1, 2, 10, 20]}"#
    },
    BadCOCO(
      #"9:52: annotations.1.bbox: [1.0, 2.0, 0.0, 20.0] has no size; expected a width and a height above 0"#,
      #"10:52: annotations.2.bbox: [1.0, 2.0, 3.0, -1.0] has no size; expected a width and a height above 0"#
    ) {
      $0.annotations[1] = #"{"id": 2, "image_id": 7, "category_id": 9, "bbox": [1, 2, 0, 20]}"#
      $0.annotations[2] = #"{"id": 3, "image_id": 7, "category_id": 9, "bbox": [1, 2, 3, -1]}"#
    },
    BadCOCO(
      #"9:52: annotations.1.bbox: [40.0, 2.0, 5.0, 5.0] lies outside of its image of 40 × 30 pixels; expected a part of it inside"#,
      #"10:52: annotations.2.bbox: [1e+300, 2.0, 1e+300, 5.0] lies outside of its image of 40 × 30 pixels; expected a part of it inside"#
    ) {
      $0.annotations[1] = #"{"id": 2, "image_id": 7, "category_id": 9, "bbox": [40, 2, 5, 5]}"#
      $0.annotations[2] =
        #"{"id": 3, "image_id": 7, "category_id": 9, "bbox": [1e300, 2, 1e300, 5]}"#
    },
    BadCOCO(
      #"8:1: annotations.0: key "bbox" is missing"#,
      #"9:52: annotations.1.bbox: expected [x, y, width, height], found an array of 3"#,
      #"10:52: annotations.2.bbox: expected four numbers x, y, width and height, found an array of 4"#
    ) {
      $0.annotations[0] = #"{"id": 1, "image_id": 7, "category_id": 9}"#
      $0.annotations[1] = #"{"id": 2, "image_id": 7, "category_id": 9, "bbox": [1, 2, 10]}"#
      $0.annotations[2] = #"{"id": 3, "image_id": 7, "category_id": 9, "bbox": [1, 2, 10, "2"]}"#
    },
    BadCOCO(
      #"9:78: annotations.1.iscrowd: is 2; expected 0 to 1"#,
      #"10:75: annotations.2.area: expected a number of at least 0, found -1.0"#
    ) {
      $0.annotations[1] =
        #"{"id": 2, "image_id": 7, "category_id": 9, "bbox": [1, 2, 10, 2], "iscrowd": 2}"#
      $0.annotations[2] =
        #"{"id": 3, "image_id": 7, "category_id": 9, "bbox": [1, 2, 10, 2], "area": -1}"#
    },
    BadCOCO(
      #"7:16: annotations: is empty; expected one element or more"#
    ) { $0.annotations = [] },
    BadCOCO(
      #"7:16: annotations: holds no object; expected one at least, to learn from or to measure with"#
    ) { $0.annotations = [$0.annotations[2]] },
  ]
}

struct BadCOCOTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func complaints(_ coco: SmallCOCO) throws -> [String] {
    let path = try coco.write(to: folder)
    do throws(Diagnostics) {
      _ = try COCODataSet(path)
      return []
    } catch {
      return error.all.map { "\($0)".replacing("\(path):", with: "") }
    }
  }

  @Test func `the data set that the bad ones are made of is good`() throws {
    #expect(try complaints(SmallCOCO()) == [])
  }

  @Test(arguments: BadCOCO.all) func `problems are exact`(bad: BadCOCO) throws {
    var coco = SmallCOCO()
    bad.change(&coco)
    #expect(try complaints(coco) == bad.problems)
  }

  @Test func `missing image files`() throws {
    var coco = SmallCOCO()
    coco.images = [
      #"{"id": 7, "file_name": "no.ppm", "width": 40, "height": 30}"#,
      #"{"id": 3, "file_name": "x.jpg", "width": 20, "height": 10}"#,
    ]
    let place = folder.path("")
    #expect(
      try complaints(coco) == [
        #"2:24: images.0.file_name: "no.ppm": no such file in \#(place) or \#(place)/images"#,
        #"3:24: images.1.file_name: "x.jpg": no such file in \#(place) or \#(place)/images"#,
      ])
  }

  @Test func `sides up to the limit`() throws {
    var coco = SmallCOCO()
    func image(_ side: Int) -> String {
      #"{"id": 3, "file_name": "b.pgm", "width": \#(side), "height": \#(side)}"#
    }
    coco.images[1] = image(Limits.imageSide)
    #expect(try complaints(coco) == [])
    coco.images[1] = image(Limits.imageSide + 1)
    #expect(
      try complaints(coco) == [
        "3:42: images.1.width: is 65537; expected 1 to 65536",
        "3:59: images.1.height: is 65537; expected 1 to 65536",
      ])
  }

  @Test(arguments: [0, 1]) func `problems up to the limit are told`(beyond: Int) throws {
    var coco = SmallCOCO()
    coco.annotations += (0..<Limits.annotationDiagnostics + beyond).map {
      #"{"id": \#($0 + 10), "image_id": 7, "category_id": 1, "bbox": [1, 2, 10, 20]}"#
    }
    let complaints = try complaints(coco)
    #expect(complaints.count == Limits.annotationDiagnostics + beyond)
    #expect(complaints.first?.hasSuffix("51 problems; the first 50 are:") == (beyond == 1))
  }

  @Test func `of many problems the first are shown`() throws {
    var coco = SmallCOCO()
    coco.annotations += (10..<80).map {
      #"{"id": \#($0), "image_id": 7, "category_id": 1, "bbox": [1, 2, 10, 20]}"#
    }
    let complaints = try complaints(coco)
    #expect(complaints.count == 51)
    #expect(complaints.first?.hasSuffix("70 problems; the first 50 are:") == true)
  }

  /// As many problems as images, each of which may name all of them.
  @Test func `a large file of problems is told soon`() throws {
    var coco = SmallCOCO()
    coco.images = (0..<10_000).map {
      #"{"id": \#($0), "file_name": "a.ppm", "width": 40, "height": 30}"#
    }
    coco.annotations = (0..<10_000).map {
      #"{"id": \#($0), "image_id": -\#($0 + 1), "category_id": 9, "bbox": [1, 2, 10, 20]}"#
    }
    #expect(try complaints(coco).first?.hasSuffix("10000 problems; the first 50 are:") == true)
  }

  /// What the format's numbers may be, and not what an image has.
  @Test func `numbers of any size are no danger`() throws {
    let numbers = [
      "-9223372036854775808", "9223372036854775807", "4611686018427387904", "1e308", "-1e308",
      "1e-308", "-0", "0", "1e400", "18446744073709551616",
    ]
    for number in numbers {
      for key in ["id", "image_id", "category_id", "iscrowd", "area"] {
        var coco = SmallCOCO()
        var members = [
          "id": "1", "image_id": "7", "category_id": "9", "bbox": "[1, 2, 10, 20]",
        ]
        members[key] = number
        coco.annotations[0] = "{\(members.map { "\"\($0)\": \($1)" }.joined(separator: ", "))}"
        _ = try? COCODataSet(try coco.write(to: folder))
      }
      for place in 0..<4 {
        var coco = SmallCOCO()
        var box = ["1", "2", "10", "20"]
        box[place] = number
        coco.annotations[0] =
          #"{"id": 1, "image_id": 7, "category_id": 9, "bbox": [\#(box.joined(separator: ","))]}"#
        let data = try? COCODataSet(try coco.write(to: folder))
        for index in 0..<(data?.count ?? 0) { _ = try data?.example(index) }
      }
      for key in ["id", "width", "height"] {
        var coco = SmallCOCO()
        var members = ["id": "3", "file_name": "\"b.pgm\"", "width": "20", "height": "10"]
        members[key] = number
        coco.images[1] = "{\(members.map { "\"\($0)\": \($1)" }.joined(separator: ", "))}"
        _ = try? COCODataSet(try coco.write(to: folder))
        coco.categories[1] = #"{"id": \#(number), "name": "cat"}"#
        _ = try? COCODataSet(try coco.write(to: folder))
      }
    }
  }

  @Test(arguments: [
    ("[]", "1:1: expected an object, found an array"),
    (
      "{}",
      """
      1:1: key "categories" is missing
      1:1: key "images" is missing
      1:1: key "annotations" is missing
      """
    ),
    (
      #"{"images": [], "categories": 3, "annotation": []}"#,
      """
      1:1: key "annotations" is missing; did you mean "annotation"?
      1:12: images: is empty; expected one element or more
      1:30: categories: expected an array, found an integer
      """
    ),
    (#"{"images": [}"#, #"1:13: expected a value, not "}""#),
  ])
  func `texts that are no annotations`(text: String, problems: String) throws {
    let path = try folder.write(text, to: "a.json")
    #expect {
      try COCODataSet(path)
    } throws: { error in "\(error)".replacing("\(path):", with: "") == problems }
  }

  @Test func `a file that isn't there`() {
    let path = folder.path("no.json")
    #expect {
      try COCODataSet(path)
    } throws: { error in
      "\(error)" == """
        \(path): no such file; expected annotations: a file in COCO's format, data.yaml of YOLO, a folder in the \
        format of Pascal VOC, or "scenes"
        """
    }
  }
}
