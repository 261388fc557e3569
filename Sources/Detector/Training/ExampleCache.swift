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
  private let size: ImageSize?

  /// - Parameter size: What the examples are scaled to fit.
  init(_ data: any DataSet, fitting size: ImageSize? = nil, room: Int = Limits.cachedBytes) {
    (self.data, self.size, self.room) = (data, size, room)
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
    let (data, size) = (data, size)
    let loaded = workers.map(below: missing.count) { place in
      Result { () throws(DataError) in try data.example(missing[place]).fitted(into: size) }
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
