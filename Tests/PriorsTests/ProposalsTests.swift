import LossKit
import Testing

/// Proposals that come with an image.
struct ProposalsTests {
  let given = [Box(0, 0, 4, 4), Box(1, 1, 2, 2)]
  let object = Box(3, 3, 9, 9)

  func request(_ proposals: [Box]?) -> PriorRequest {
    PriorRequest(
      imageSize: ImageSize(height: 10, width: 10), proposals: proposals,
      groundTruth: GroundTruth(boxes: [object], labels: [1]))
  }

  @Test func `proposals are taken as they are`() throws {
    let generator = try Proposals()
    #expect(generator.priorsPerCell == nil)
    #expect(generator.sourceStage == nil)
    #expect(try generator.priors(for: request(given)).boxes == given)
    #expect(try generator.priors(for: request([])).boxes == [])
  }

  @Test func `ground truths join at the end where asked for`() throws {
    let generator = try Proposals(["append_ground_truth": true])
    #expect(try generator.priors(for: request(given)).boxes == given + [object])
  }

  @Test func `an image that came without proposals is an error`() throws {
    let generator = try Proposals()
    let error = #expect(throws: InputError.self) { try generator.priors(for: request(nil)) }
    #expect(
      error?.description
        == "proposals: none were given; put them into the bundle as \"proposals\"")
  }
}
