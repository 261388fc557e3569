import LossCore
import LossKernels
import PluginABI
import ResourceLimits

/// A loss of a plugin with its parameters: the C side of ``PluginClassLoss`` and ``PluginDenseLoss``.
///
/// Sendable without a check, as any instance.
final class LossInstance: PluginInstance<losskit_loss>, @unchecked Sendable {
  /// What the library answered for each number of classes. It is asked once, so that what was made for
  /// one answer is never read by another.
  private let columns = Lock<[Int: Int]>([:])

  /// Prepares the loss.
  ///
  /// - Throws: ``ParameterError`` where the plugin refuses the parameters, or the number of columns that
  ///   it asks for can't be.
  override init(of loss: TablePart<losskit_loss>, _ parameters: Parameters) throws(ParameterError) {
    try super.init(of: loss, parameters)
    let count = columns(classes: 1)
    guard (1...Limits.columns).contains(count) else {
      throw ParameterError(
        "type",
        "is \(loss.title), which asks for \(count) columns; expected 1 to \(Limits.columns)")
    }
  }

  /// The number of columns for `classes` foreground classes.
  func columns(classes: Int) -> Int {
    guard let count = part.functions.columns else { return classes }
    return columns.withLock { known in
      if let columns = known[classes] { return columns }
      // A size_t, which comes as an Int.
      let answer = call { count($0, max(0, classes)) }
      let columns = Int(clamping: UInt(bitPattern: answer))
      known[classes] = columns
      return columns
    }
  }

  /// Evaluates a block of rows.
  ///
  /// - Parameters:
  ///   - targets: As many as predictions; none where there are classes.
  ///   - classes: One a row; none where there are targets.
  /// - Throws: ``InputError`` where the plugin fails, or a number that it wrote isn't finite.
  func evaluate(
    _ predictions: Span<Float>, against targets: Span<Float> = Span(),
    classes: Span<Int32> = Span(),
    rows: Int, width: Int, values: inout MutableSpan<Float>, derivatives: inout MutableSpan<Float>
  ) throws(InputError) {
    let reason = predictions.withUnsafeBufferPointer { predictions in
      targets.withUnsafeBufferPointer { targets in
        classes.withUnsafeBufferPointer { classes in
          values.withUnsafeMutableBufferPointer { values in
            derivatives.withUnsafeMutableBufferPointer { derivatives in
              evaluate(
                losskit_block(
                  row_count: rows, width: width, predictions: predictions.baseAddress,
                  targets: targets.isEmpty ? nil : targets.baseAddress,
                  classes: classes.isEmpty ? nil : classes.baseAddress, values: values.baseAddress,
                  gradient: derivatives.isEmpty ? nil : derivatives.baseAddress))
            }
          }
        }
      }
    }
    if let reason {
      throw InputError(part.title, rows: rows > 0 ? 0..<rows : nil, "fails: \(reason)")
    }
    try check(values.span, "value", perRow: rows == 0 ? 1 : values.count / rows)
    try check(derivatives.span, "gradient", perRow: width)
  }

  private func evaluate(_ block: losskit_block) -> String? {
    guard let evaluate = part.functions.evaluate else { return nil }
    return withUnsafePointer(to: block) { block in failure { evaluate($0, block, $1, $2) } }
  }

  private func check(
    _ numbers: Span<Float>, _ what: String, perRow: Int
  ) throws(InputError) {
    guard let index = firstNonFinite(numbers) else { return }
    let row = index / max(1, perRow)
    throw InputError(
      part.title, rows: row..<row + 1,
      "gives the \(what) \(numbers[index]) in column \(index % max(1, perRow)); expected a finite "
        + "number: the plugin has a mistake, or the predictions are too large for it")
  }
}
