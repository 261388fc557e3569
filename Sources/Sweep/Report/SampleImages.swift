import Foundation
import ResourceLimits
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
    /// What is there, as far as a trainer tells.
    var objects: [SampleDetections.Detection]
    /// The seed is the one whose model found it.
    var found: [(variant: Int, seed: Int, detections: [SampleDetections.Detection])]
  }

  private(set) var entries: [Entry] = []
  /// What can't be shown, and why.
  private(set) var problems: [String] = []
  private var positions: [Data: Int] = [:]
  private var bytes = 0

  /// The folders of the data, whose images may be shown beside those in a trial's own folder.
  private let dataFolders: [String]

  /// No images yet, of a sweep on the data that `plan` names.
  init(_ plan: SweepPlan) {
    dataFolders = ([plan.data] + (plan.validation.map { [$0] } ?? [])).compactMap { name in
      let path = plan.resolved(name)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return nil }
      let url = URL(filePath: path)
      return (isFolder.boolValue ? url : url.deletingLastPathComponent())
        .path(percentEncoded: false)
    }
  }

  /// Adds the samples of a trial.
  mutating func add(_ samples: SampleDetections, variant: Int, seed: Int) {
    for sample in samples.samples {
      guard let position = position(of: sample) else { continue }
      if entries[position].objects.isEmpty { entries[position].objects = sample.objects }
      entries[position].found.append((variant, seed, sample.detections))
    }
  }

  /// Notes that something can't be shown.
  mutating func report(_ diagnostics: Diagnostics) {
    problems += diagnostics.all.map(\.description)
  }

  /// The names of all classes, sorted.
  var classNames: [String] { Set(boxes.map(\.className)).sorted() }

  /// What was found, or is there, on all images.
  var boxes: [SampleDetections.Detection] {
    entries.flatMap { $0.objects + $0.found.flatMap(\.detections) }
  }

  private mutating func position(of sample: SampleDetections.Sample) -> Int? {
    guard let file = FoundFile(sample.file) else {
      return refuse(sample, "can't be read as a PNG or JPEG image")
    }
    // A report is passed on, and holds nothing that its reader wasn't meant to see.
    guard ([sample.folder] + dataFolders).contains(where: { file.isInside($0) }) else {
      return refuse(
        sample,
        "is neither in the trial's folder nor in that of the data; let the trainer copy it there")
    }
    guard file.size <= Limits.pageImageBytes else { return refuse(sample, bytes: file.size) }
    guard let data = file.contents, let type = Self.mediaType(of: data) else {
      return refuse(sample, "can't be read as a PNG or JPEG image")
    }
    if let position = positions[data] { return position }
    guard bytes + data.count <= Limits.pageImageBytes else {
      return refuse(sample, bytes: data.count)
    }
    bytes += data.count
    positions[data] = entries.count
    entries.append(
      Entry(
        id: "sample-\(entries.count)",
        source: "data:\(type);base64,\(data.base64EncodedString())", name: sample.name,
        width: sample.width, height: sample.height, objects: [], found: []))
    return entries.count - 1
  }

  private mutating func refuse(_ sample: SampleDetections.Sample, bytes: Int) -> Int? {
    refuse(sample, "has \(bytes) bytes; a page holds \(Limits.pageImageBytes) bytes of images")
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
