import LossCore
import PluginABI

/// A type of component in a plugin's table.
final class ExportedType: Sendable {
  private let type: any Component.Type
  private let fits: @Sendable (any Component) -> Bool

  /// - Parameter fits: Whether an instance says the same of itself as the table.
  init(
    _ type: any Component.Type, fits: @escaping @Sendable (any Component) -> Bool = { _ in true }
  ) {
    self.type = type
    self.fits = fits
  }

  /// What the table says of the type.
  var entry: losskit_component {
    let declaration = type.declaration
    return losskit_component(
      name: kept(declaration.name), summary: kept(declaration.summary),
      formula: kept(declaration.formula), source: kept(declaration.source),
      parameters: kept(declaration.parameters.map(\.entry)),
      parameter_count: declaration.parameters.count, flags: LOSSKIT_THREAD_SAFE,
      user: Unmanaged.passRetained(self).toOpaque(),
      create: { instance, error, errorSize in
        report(to: error, errorSize) {
          guard let instance, let user = instance.pointee.user else { throw MissingArgument() }
          let type = Unmanaged<ExportedType>.fromOpaque(user).takeUnretainedValue()
          let box = ComponentBox(try type.component(of: instance.pointee))
          instance.pointee.state = Unmanaged.passRetained(box).toOpaque()
        }
      },
      destroy: { instance in
        guard let state = instance?.pointee.state else { return }
        Unmanaged<ComponentBox>.fromOpaque(state).release()
      })
  }

  /// The component with the parameters of `instance`.
  private func component(of instance: losskit_instance) throws -> any Component {
    let parameters = UnsafeBufferPointer(
      start: instance.parameters, count: instance.parameter_count)
    var values: [String: ParameterValue] = [:]
    for (parameter, value) in zip(type.declaration.parameters, parameters) {
      values[parameter.name] = ParameterValue(value)
    }
    let component = try type.init(values)
    guard fits(component) else { throw OtherShape() }
    return component
  }
}

/// A component behind the `state` of an instance.
private final class ComponentBox: Sendable {
  let component: any Component

  init(_ component: any Component) {
    self.component = component
  }
}

/// The component of an instance, if there is one.
func component(of instance: UnsafePointer<losskit_instance>?) -> (any Component)? {
  instance?.pointee.state.map {
    Unmanaged<ComponentBox>.fromOpaque($0).takeUnretainedValue().component
  }
}

/// The host passed NULL where `losskit_plugin.h` has it pass a pointer.
struct MissingArgument: Error, CustomStringConvertible {
  let description = "called without an instance, or without what to work on"
}

/// The table says other than the component what it evaluates, reads or weighs.
private struct OtherShape: Error, CustomStringConvertible {
  let description =
    "with default parameters it evaluates, reads or weighs something else than with these; "
    + "give every parameter a default, and say the same with all"
}

/// 0, or 1 and the text of what `body` throws.
func report(
  to error: UnsafeMutablePointer<CChar>?, _ size: Int, _ body: () throws -> Void
) -> Int32 {
  do {
    try body()
    return 0
  } catch let failure {
    guard let error, size > 0 else { return 1 }
    let text = String(describing: failure).utf8.prefix(size - 1)
    for (index, byte) in text.enumerated() { error[index] = CChar(bitPattern: byte) }
    error[text.count] = 0
    return 1
  }
}
