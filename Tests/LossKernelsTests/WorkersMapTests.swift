import Dispatch
import Foundation
import LossKernels
import Testing

struct WorkersMapTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1000], [1, 2, 3])
  func `each index is transformed once, in its place`(count: Int, workers: Int) {
    for size in [1, 7, 16, 2000] {
      let result = Workers(workers).map(below: count, inBlocksOf: size) { [$0, $0 * $0] }
      #expect(result == (0..<count).map { [$0, $0 * $0] })
    }
  }

  @Test func `no indices, no blocks`() {
    #expect(Workers(2).map(below: -3) { $0 }.isEmpty)
    #expect(Workers(2).map(below: 3, inBlocksOf: 0) { $0 } == [0, 1, 2])
  }

  @Test func `loops within loops visit each index once`() {
    let rows = Workers(3).map(below: 50) { row in
      Workers(3).map(below: 40) { row * 40 + $0 }
    }
    #expect(rows.flatMap { $0 } == Array(0..<2000))
  }

  @Test func `several threads may loop at once`() {
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for round in 0..<200 {
        let result = Workers(2).map(below: 20) { $0 + thread * round }
        #expect(result == (0..<20).map { $0 + thread * round })
      }
    }
  }

  @Test func `a loop is right after the threads went to sleep`() {
    for _ in 0..<20 {
      Thread.sleep(forTimeInterval: 0.002)
      #expect(Workers(2).map(below: 10) { $0 } == Array(0..<10))
    }
  }

  @Test(.enabled(if: ProcessInfo.processInfo.activeProcessorCount > 1, "one processor alone"))
  func `two indices are worked on side by side`() {
    let met = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]
    // Each index waits for the other one, which only another thread can begin meanwhile.
    let results = Workers(2).map(below: 2) { index in
      met[index].signal()
      let result = met[1 - index].wait(timeout: .now() + 60)
      return result == .success
    }
    #expect(results == [true, true])
  }
}
