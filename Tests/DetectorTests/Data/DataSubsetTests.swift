import Detector
import LossCore
import Testing

struct DataSubsetTests {
  private func parts(_ count: Int, _ share: Double) throws -> (training: [Int], heldOut: [Int]) {
    let data = try SceneDataSet(.init(size: ImageSize(height: 32, width: 32), count: count))
    let parts = [Split.training, .heldOut].map { DataSubset(data, $0, share: share) }
    let ids = try parts.map { part in try (0..<part.count).map { try part.example($0).id } }
    return (ids[0], ids[1])
  }

  @Test func `two parts have all examples once, in their order`() throws {
    let (training, heldOut) = try parts(20, 0.8)
    #expect(training.count == 16 && heldOut.count == 4)
    #expect((training + heldOut).sorted() == Array(0..<20))
    #expect(training == training.sorted() && heldOut == heldOut.sorted())
    // Not the last ones: data sets are often in an order that means something.
    #expect(heldOut != Array(16..<20))
    #expect(try parts(20, 0.8).heldOut == heldOut)
  }

  @Test(arguments: [0.001, 0.999]) func `each part has one example at least`(share: Double) throws {
    let (training, heldOut) = try parts(3, share)
    #expect(!training.isEmpty && !heldOut.isEmpty && training.count + heldOut.count == 3)
  }

  @Test func `an index that a part doesn't have`() throws {
    let data = try SceneDataSet(.init(size: ImageSize(height: 32, width: 32), count: 5))
    #expect(throws: DataError("image 4", "there are 4 images, from 0 to 3")) {
      try DataSubset(data, .training, share: 0.8).annotations(4)
    }
  }
}
