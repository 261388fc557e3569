import Foundation
import TestSupport

// What libFuzzer calls. `LOSSKIT_FUZZ` names the target.

private let target = FuzzTarget.all.first {
  $0.name == ProcessInfo.processInfo.environment["LOSSKIT_FUZZ"]
}
nonisolated(unsafe) private var reader: FuzzTarget.Reader?

/// Makes the reader; where `LOSSKIT_FUZZ_SEEDS` names a folder, fills it with seeds and a dictionary
/// instead. Without a target, lists them.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutableRawPointer>
) -> Int32 {
  guard let target else {
    for target in FuzzTarget.all { print(target.name) }
    exit(0)
  }
  do {
    if let folder = ProcessInfo.processInfo.environment["LOSSKIT_FUZZ_SEEDS"] {
      try target.writeSeeds(to: URL(filePath: folder))
      exit(0)
    }
    reader = try target.reader(try TemporaryFolder())
  } catch {
    fatalError("\(target.name): \(error)")
  }
  return 0
}

/// Reads an input; what isn't as it must be ends the process, as a trap does.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  do {
    try reader?(Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}

/// Changes an input: half of the time as JSON, if part of it is JSON, else byte by byte.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(
  _ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: UInt32
) -> Int {
  guard seed & 1 == 0, let target else { return mutateBytes(start, count, most) }
  var mutator = JSONMutator(seed: UInt64(seed), words: target.words)
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let mutated = mutator.mutated(input), mutated.count <= most else {
    return mutateBytes(start, count, most)
  }
  _ = UnsafeMutableBufferPointer(start: start, count: most).update(fromContentsOf: mutated)
  return mutated.count
}

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ start: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int) -> Int

extension FuzzTarget {
  /// Writes `dictionary` and the seeds.
  fileprivate func writeSeeds(to folder: URL) throws {
    let lines = words.map { word in
      "\""
        + word.utf8.map { "\\x" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        + "\"\n"
    }
    try Data(lines.joined().utf8).write(to: folder.appending(path: "dictionary"))
    let seedFolder = folder.appending(path: "seeds")
    try FileManager.default.createDirectory(at: seedFolder, withIntermediateDirectories: true)
    for (index, seed) in try seeds().enumerated() {
      try Data(seed).write(to: seedFolder.appending(path: "\(index)"))
    }
  }
}
