import Foundation
import LossKit

/// Why a work can't be done.
package struct BenchError: Error, CustomStringConvertible {
  /// What is wrong and what to do, in one line.
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// A folder with the inputs of works: `<work>.safetensors`, such as `nms/2000.safetensors`.
package struct BenchInputs {
  private let folder: URL

  /// - Throws: `BenchError` where `path` is no folder.
  package init(folder path: String) throws(BenchError) {
    folder = URL(filePath: path)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { throw BenchError("--inputs: \(path): no such folder") }
  }

  /// The inputs of a work; `nil` if there are none.
  package func file(of work: BenchWork) throws(BundleError) -> SafetensorsFile? {
    let path = folder.appending(path: "\(work.name).safetensors").path(percentEncoded: false)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try SafetensorsFile(contentsOf: path)
  }
}

extension TensorSource {
  /// The boxes in the rows of an `[n, 4]` tensor.
  func boxes(named name: String) throws -> [Box] {
    let tensor = try floats(named: name)
    guard tensor.shape.count == 2, tensor.shape[1] == 4 else {
      throw BundleError(
        file: path, message: "\(name) has shape \(tensor.shape); expected [boxes, 4]")
    }
    let elements = tensor.elements
    return stride(from: 0, to: elements.count, by: 4).map {
      Box(elements[$0], elements[$0 + 1], elements[$0 + 2], elements[$0 + 3])
    }
  }
}
