import LossCore
import LossKernels
import PluginABI
import ResourceLimits

/// A loss of a plugin with its parameters: the C side of ``PluginClassLoss`` and ``PluginDenseLoss``.
///
/// Sendable without a check: nothing is written after `init` but by the library itself, which is called
/// from one thread at a time unless it declares that it may be from several.
final class PluginInstance: @unchecked Sendable {
  let loss: TableLoss
  private let values: ValueList
  private let instance: UnsafeMutablePointer<losskit_instance>
  private var isCreated = false
  /// What the library answered for each number of classes. It is asked once, so that what was made for
  /// one answer is never read by another.
  private let columns = Lock<[Int: Int]>([:])

  /// Prepares the loss.
  ///
  /// - Throws: ``ParameterError`` where the plugin refuses the parameters, or the number of columns that
  ///   it asks for can't be.
  init(of loss: TableLoss, _ parameters: Parameters) throws(ParameterError) {
    self.loss = loss
    let given = loss.declaration.parameters.map { parameters[$0] }
    values = ValueList(given, kinds: loss.declaration.parameters.map(\.kind))
    instance = .allocate(capacity: 1)
    instance.initialize(
      to: losskit_instance(
        user: loss.functions.user, parameters: values.start, parameter_count: given.count,
        state: nil))
    // From here on, `deinit` runs where something throws.
    if let create = loss.functions.create,
      let reason = loss.failure(of: { [instance] in create(instance, $0, TableLoss.errorSize) })
    {
      throw ParameterError("type", "is \(loss.title), which refuses its parameters: \(reason)")
    }
    isCreated = true
    let count = columns(classes: 1)
    guard (1...Limits.columns).contains(count) else {
      throw ParameterError(
        "type",
        "is \(loss.title), which asks for \(count) columns; expected 1 to \(Limits.columns)")
    }
  }

  deinit {
    if isCreated, let destroy = loss.functions.destroy { loss.call { destroy(instance) } }
    instance.deallocate()
  }

  /// The number of columns for `classes` foreground classes.
  func columns(classes: Int) -> Int {
    guard let count = loss.functions.columns else { return classes }
    return columns.withLock { known in
      if let columns = known[classes] { return columns }
      // A size_t, which comes as an Int.
      let answer = loss.call { count(instance, max(0, classes)) }
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
      throw InputError(loss.title, rows: rows > 0 ? 0..<rows : nil, "fails: \(reason)")
    }
    try check(values.span, "value", perRow: rows == 0 ? 1 : values.count / rows)
    try check(derivatives.span, "gradient", perRow: width)
  }

  private func evaluate(_ block: losskit_block) -> String? {
    guard let evaluate = loss.functions.evaluate else { return nil }
    return withUnsafePointer(to: block) { block in
      loss.failure { evaluate(instance, block, $0, TableLoss.errorSize) }
    }
  }

  private func check(
    _ numbers: Span<Float>, _ what: String, perRow: Int
  ) throws(InputError) {
    guard let index = firstNonFinite(numbers) else { return }
    let row = index / max(1, perRow)
    throw InputError(
      loss.title, rows: row..<row + 1,
      "gives the \(what) \(numbers[index]) in column \(index % max(1, perRow)); expected a finite "
        + "number: the plugin has a mistake, or the predictions are too large for it")
  }
}
