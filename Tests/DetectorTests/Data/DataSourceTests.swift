import Detector
import LossCore
import StrictJSON
import TestSupport
import Testing

struct DataSourceTests {
  typealias Settings = SceneDataSet.Settings

  @Test(arguments: [
    ("scenes", Settings()),
    ("scenes:seed=18446744073709551615", Settings(seed: .max)),
    ("scenes:split=held_out", Settings(split: .heldOut)),
    (
      "scenes:seed=3,split=held_out,difficulty=0.25,size=96x64,count=7",
      Settings(
        seed: 3, split: .heldOut, difficulty: 0.25, size: ImageSize(height: 64, width: 96),
        count: 7)
    ),
  ])
  func `a text and its source name each other`(text: String, settings: Settings) throws {
    #expect(try DataSource(parsing: text) == .scenes(settings))
    #expect(DataSource.scenes(settings).description == text)
  }

  @Test(arguments: ["cells/train.json", "./scenes", "scenes.json", "", "a:b=c"])
  func `anything else is a path`(text: String) throws {
    let source = try DataSource(parsing: text)
    #expect(source == .annotations(text) && source.description == text && source.heldOut == nil)
  }

  @Test(arguments: [
    (
      "scenes:sede=3",
      #"unknown setting "sede"; expected one of seed, split, difficulty, size, count; "#
        + #"did you mean "seed"?"#
    ),
    ("scenes:seed", #"expected NAME=VALUE, found "seed""#),
    ("scenes:seed=-1", #"seed: expected an integer of at least 0, found "-1""#),
    ("scenes:split=val", #"split: expected training or held_out, found "val""#),
    ("scenes:difficulty=hard", #"difficulty: expected a number from 0 to 1, found "hard""#),
    ("scenes:size=160", #"size: expected WIDTHxHEIGHT, found "160""#),
    ("scenes:size=160x120x3", #"size: expected WIDTHxHEIGHT, found "160x120x3""#),
    ("scenes:seed=1,count=3,seed=2", "seed is given twice; give it once"),
    ("scenes:seed=1,", #"expected NAME=VALUE, found """#),
    ("scenes:", #"expected NAME=VALUE, found """#),
    ("scenes:count=", #"count: expected an integer, found """#),
  ])
  func `settings that can't be read`(text: String, message: String) {
    #expect {
      try DataSource(parsing: text)
    } throws: { error in "\(error)" == "scenes: \(message)" }
  }

  @Test func `scenes to measure with are others of the same kind`() throws {
    let source = try DataSource(parsing: "scenes:seed=3,difficulty=0.25,count=9")
    #expect(source.heldOut?.description == "scenes:seed=3,split=held_out,difficulty=0.25")
    #expect(try source.heldOut?.open().count == 200)
  }

  @Test func `opening`() throws {
    #expect(try DataSource(parsing: "scenes:count=3").open() is SceneDataSet)
    #expect(throws: DataError("scenes", "difficulty 2.0; expected 0 to 1")) {
      try DataSource(parsing: "scenes:difficulty=2").open()
    }
    let folder = try TemporaryFolder()
    let path = try SmallCOCO().write(to: folder)
    #expect(try DataSource(parsing: path).open().classNames == ["cat", "dog"])
    #expect(throws: Diagnostics.self) { try DataSource(parsing: folder.path("no")).open() }
  }
}
