import LossCore
import LossKernels
import ResourceLimits

/// The examples of a data set that were used before, as far as there is room for them.
struct ExampleCache: Sendable {
  private let data: any DataSet
  private var examples: [Int: Example] = [:]
  private var bytes = 0
  /// Bytes of pixels beyond which those that aren't needed go.
  private let room: Int

  init(_ data: any DataSet, room: Int = Limits.cachedBytes) {
    (self.data, self.room) = (data, room)
  }

  subscript(_ index: Int) -> Example? { examples[index] }

  /// Makes sure that some examples are there.
  mutating func load(_ indices: [Int], _ workers: Workers) throws(TrainingError) {
    let missing = Set(indices.filter { examples[$0] == nil }).sorted()
    if missing.isEmpty { return }
    if bytes > room {
      examples = examples.filter { indices.contains($0.key) }
      bytes = examples.values.reduce(0) { $0 + $1.image.pixels.count }
    }
    let data = data
    let loaded = workers.map(below: missing.count) { place in
      Result { () throws(DataError) in try data.example(missing[place]) }
    }
    for (index, result) in zip(missing, loaded) {
      do throws(DataError) {
        let example = try result.get()
        examples[index] = example
        bytes += example.image.pixels.count
      } catch {
        throw TrainingError("\(error)")
      }
    }
  }
}
