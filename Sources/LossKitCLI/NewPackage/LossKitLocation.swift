import CommandLineKit
import Foundation
import LossKit

/// Where a package finds LossKit: in a folder, or at a URL.
struct LossKitLocation: Sendable, CustomStringConvertible {
  /// As the user gave it.
  let description: String

  private var isURL: Bool { description.contains("://") || description.hasPrefix("git@") }

  /// - Throws: `UsageError` for a folder that isn't LossKit's.
  func check() throws(UsageError) {
    let manifest = URL(filePath: description).appending(path: "Package.swift")
    let text = try? String(contentsOf: manifest, encoding: .utf8)
    guard isURL || text?.contains("LossKitPlugin") == true else {
      throw UsageError(
        "--losskit: \(Diagnostic.quote(description)) is not the folder of LossKit; name the folder "
          + "that holds its Package.swift, or a URL")
    }
  }

  /// The dependency in the manifest of a package in the folder `package`. A relative path is written
  /// relative to that folder, so that both can move together.
  func dependency(of package: String) -> String {
    isURL
      ? ".package(url: \(description.debugDescription), branch: \"main\")"
      : ".package(name: \"LossKit\", path: \(path(from: package).debugDescription))"
  }

  /// What Swift calls the package at this place.
  var identity: String {
    guard isURL else { return "LossKit" }
    let name = (description as NSString).lastPathComponent
    return name.hasSuffix(".git") ? String(name.dropLast(4)) : name
  }

  private func path(from package: String) -> String {
    guard !description.hasPrefix("/") else { return description }
    let place = URL(filePath: description).standardizedFileURL.pathComponents
    let start = URL(filePath: package).standardizedFileURL.pathComponents
    let shared = zip(place, start).prefix { $0 == $1 }.count
    return (start.dropFirst(shared).map { _ in ".." } + place.dropFirst(shared))
      .joined(separator: "/")
  }
}

extension ValueType<LossKitLocation> {
  /// A folder or a URL.
  static let lossKitLocation = ValueType("PATH|URL") { (text) throws(UsageError) in
    LossKitLocation(description: text)
  }
}
