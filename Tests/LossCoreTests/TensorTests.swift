import LossCore
import Testing

@Suite struct TensorTests {
  @Test(arguments: [([2, 3], 6), ([0, 5], 0), ([5, 0], 0), ([], 1), ([1], 1), ([2, 1, 3], 6)])
  func holdsAsManyElementsAsItsShape(shape: [Int], count: Int) throws {
    let elements = Array(0..<count)
    let tensor = try Tensor(shape: shape, elements: elements)
    #expect(tensor.shape == shape)
    #expect(tensor.elements == elements)
    #expect(tensor.count == count)
    #expect(try Tensor(repeating: 7, shape: shape).elements == Array(repeating: 7, count: count))
  }

  @Test(arguments: [([2, 3], 5), ([2, 3], 7), ([0], 1), ([], 0), ([], 2)])
  func refusesAnotherNumberOfElements(shape: [Int], count: Int) {
    #expect(throws: TensorError.count(shape: shape, elements: count)) {
      try Tensor(shape: shape, elements: Array(repeating: 0, count: count))
    }
  }

  @Test(arguments: [
    [-1], [2, -3], [-1, -1], [0, -1], [Int.max, 2], [1 << 32, 1 << 32],
    // No elements, but steps along the axes that can't be counted.
    [0, 1 << 40, 1 << 40], [1 << 40, 0, 1 << 40], [1 << 40, 1 << 40, 0],
  ])
  func refusesShapesThatCannotBe(shape: [Int]) {
    #expect(throws: TensorError.shape(shape)) { try Tensor(shape: shape, elements: [0]) }
    #expect(throws: TensorError.shape(shape)) { try Tensor(repeating: 0, shape: shape) }
  }

  @Test func describesItsErrors() {
    #expect(
      TensorError.count(shape: [2, 3], elements: 5).description
        == "shape [2, 3] holds 6 elements, not 5")
    #expect(
      TensorError.shape([2, -1]).description
        == "shape [2, -1] has a negative axis or too many elements")
  }

  @Test func mapsEachElement() throws {
    let tensor = try Tensor(shape: [2, 2], elements: [1, 2, 3, 4])
    #expect(tensor.map { "\($0)" } == (try Tensor(shape: [2, 2], elements: ["1", "2", "3", "4"])))
  }

  @Test func isAValue() {
    let tensor = Tensor([1, 2, 3])
    var copy = tensor
    copy.withMutableElements { $0[1] = 7 }
    #expect(copy.elements == [1, 7, 3])
    #expect(tensor.elements == [1, 2, 3])
    #expect(tensor.shape == [3])
    #expect(tensor != copy)
  }

  @Test func equalsOnlyTheSameShape() throws {
    #expect(
      try Tensor(shape: [2, 3], elements: Array(0..<6))
        != Tensor(shape: [3, 2], elements: Array(0..<6)))
  }
}
