import Foundation
import ResourceLimits
import StrictJSON

/// How a trial fared at the brackets of early termination, as its `brackets.json` keeps it:
///
///     { "metric": "AP50", "brackets": [
///       { "reports": 3, "value": 0.12, "goes_on": false, "places": 3, "trials": 7 } ] }
///
/// What is written is never changed: neither the value nor the verdict, which is added once it is known.
struct BracketRecord: Equatable {
  /// Whether a trial goes on beyond a bracket.
  struct Verdict: Equatable {
    let goesOn: Bool
    /// How many of the trials there went on, and how many there were.
    let places: Int, count: Int
  }

  /// A bracket that the trial has come to.
  struct Entry: Equatable {
    let reports: Int
    let value: Double
    /// `nil` as long as trials before it haven't come there.
    var verdict: Verdict?
  }

  let metric: String
  /// By the number of reports.
  private(set) var entries: [Entry] = []

  /// No brackets.
  init(metric: String) { self.metric = metric }

  /// Reads what ``write(to:index:)`` wrote of this metric; `nil` without that.
  init?(in folder: SweepFolder, index: Int, metric: String) {
    let path = Self.path(in: folder, index)
    guard let file = FoundFile(path), file.size <= Limits.resultBytes, let data = file.contents,
      let node = try? JSONNode(parsing: Array(data), file: path), node["metric"]?.string == metric
    else { return nil }
    self.metric = metric
    for entry in node["brackets"]?.elements ?? [] {
      guard let reports = entry["reports"]?.double.flatMap({ Int(exactly: $0) }),
        let value = entry["value"]?.double
      else { return nil }
      let numbers = ["places", "trials"].compactMap { key in
        entry[key]?.double.flatMap { Int(exactly: $0) }
      }
      add(reports: reports, value: value)
      if case .bool(let goesOn)? = entry["goes_on"]?.value, numbers.count == 2 {
        decide(reports, Verdict(goesOn: goesOn, places: numbers[0], count: numbers[1]))
      }
    }
  }

  func write(to folder: SweepFolder, index: Int) throws(SweepError) {
    let brackets = entries.map { entry in
      JSONNode(
        JSONObject([
          "reports": JSONNode(entry.reports), "value": JSONNode(entry.value),
          "goes_on": entry.verdict.map { JSONNode($0.goesOn) },
          "places": entry.verdict.map { JSONNode($0.places) },
          "trials": entry.verdict.map { JSONNode($0.count) },
        ]))
    }
    try folder.write(
      ["metric": JSONNode(metric), "brackets": JSONNode(brackets)], to: Self.path(in: folder, index)
    )
  }

  private static func path(in folder: SweepFolder, _ index: Int) -> String {
    folder.file("brackets.json", ofTrial: index)
  }

  /// Adds a bracket with what was reported there, unless it is there.
  mutating func add(reports: Int, value: Double) {
    guard self[reports] == nil else { return }
    entries.append(Entry(reports: reports, value: value))
    entries.sort { $0.reports < $1.reports }
  }

  mutating func decide(_ reports: Int, _ verdict: Verdict) {
    guard let place = entries.firstIndex(where: { $0.reports == reports }) else { return }
    entries[place].verdict = verdict
  }

  /// The bracket at so many reports.
  subscript(reports: Int) -> Entry? { entries.first { $0.reports == reports } }

  /// The first bracket without a verdict, unless an earlier one ended the trial.
  var undecided: Entry? { end == nil ? entries.first { $0.verdict == nil } : nil }

  /// Where the trial is stopped.
  var end: Entry? { entries.first { $0.verdict?.goesOn == false } }
}
