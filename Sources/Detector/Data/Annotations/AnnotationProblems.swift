import ResourceLimits
import StrictJSON

/// What is wrong with annotations: the first problems, and how many there are.
struct AnnotationProblems {
  private var diagnostics: [Diagnostic] = []
  private var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func report(_ diagnostic: Diagnostic) {
    count += 1
    if diagnostics.count < Limits.annotationDiagnostics { diagnostics.append(diagnostic) }
  }

  mutating func report(_ file: String, line: Int = 0, _ message: String, suggestion: String? = nil)
  {
    let location = SourceLocation(file: file, line: line, column: line > 0 ? 1 : 0)
    report(Diagnostic(at: location, message, suggestion: suggestion))
  }

  /// Throws what was reported, if anything was.
  ///
  /// - Parameter file: The file or folder that stands for all of the annotations.
  func check(_ file: String) throws(Diagnostics) {
    let hidden = count - diagnostics.count
    let summary = Diagnostic(
      at: SourceLocation(file: file),
      "\(count) problems; the first \(diagnostics.count) are:")
    if let all = Diagnostics(hidden > 0 ? [summary] + diagnostics : diagnostics) { throw all }
  }
}
