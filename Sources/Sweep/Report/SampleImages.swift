import Foundation
import StrictJSON

/// The images on which variants show what they find, each once.
struct SampleImages {
  /// An image, and what variants find on it.
  struct Entry {
    /// Its name on the page.
    let id: String
    /// The image as a URL.
    let source: String
    let name: String
    let width: Double, height: Double
    /// The seed is the one whose model found it.
    var found: [(variant: Int, seed: Int, detections: [SampleDetections.Detection])]
  }

  private(set) var entries: [Entry] = []
  /// What can't be shown, and why.
  private(set) var problems: [String] = []
  private var positions: [Data: Int] = [:]
  private var bytes = 0

  /// How many bytes of images a page holds.
  private static let mostBytes = 2_000_000

  /// Adds the samples of a trial.
  mutating func add(_ samples: SampleDetections, variant: Int, seed: Int) {
    for sample in samples.samples {
      guard let position = position(of: sample) else { continue }
      entries[position].found.append((variant, seed, sample.detections))
    }
  }

  /// Notes that something can't be shown.
  mutating func report(_ diagnostics: Diagnostics) {
    problems += diagnostics.all.map(\.description)
  }

  /// The names of all classes found, sorted.
  var classNames: [String] {
    Set(entries.flatMap { $0.found.flatMap { $0.detections.map(\.className) } }).sorted()
  }

  private mutating func position(of sample: SampleDetections.Sample) -> Int? {
    guard let data = FileManager.default.contents(atPath: sample.file),
      let type = Self.mediaType(of: data)
    else {
      return refuse(sample, "can't be read as a PNG or JPEG image")
    }
    if let position = positions[data] { return position }
    guard bytes + data.count <= Self.mostBytes else {
      return refuse(
        sample, "has \(data.count) bytes; a page holds \(Self.mostBytes) bytes of images")
    }
    bytes += data.count
    positions[data] = entries.count
    entries.append(
      Entry(
        id: "sample-\(entries.count)",
        source: "data:\(type);base64,\(data.base64EncodedString())", name: sample.name,
        width: sample.width, height: sample.height, found: []))
    return entries.count - 1
  }

  private mutating func refuse(_ sample: SampleDetections.Sample, _ why: String) -> Int? {
    let quoted = Diagnostic.quote(sample.fileNode.string ?? "")
    report(Diagnostics(Diagnostic(at: sample.fileNode.location, "\(quoted) \(why)")))
    return nil
  }

  private static func mediaType(of data: Data) -> String? {
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
    return data.starts(with: [0xFF, 0xD8, 0xFF]) ? "image/jpeg" : nil
  }
}
