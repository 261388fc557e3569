import CInterface
import LossKit

/// The tensors of a call, in the order of the objective's predictions.
struct Predictions {
  private let names: [String]
  private let views: UnsafeBufferPointer<losskit_tensor>
  /// Whether they are evaluated in double precision.
  let areDouble: Bool

  /// - Parameter views: As many as there are names; `nil` for none of them.
  init(_ names: [String], _ views: UnsafePointer<losskit_tensor>?) throws(Failure) {
    self.names = names
    self.views = UnsafeBufferPointer(start: views, count: views == nil ? 0 : names.count)
    let types = self.views.map(\.type)
    areDouble = types.contains(LOSSKIT_FLOAT64)
    for (name, type) in zip(names, types) where type != 0 {
      guard LOSSKIT_FLOAT32...LOSSKIT_BFLOAT16 ~= type else {
        throw Failure(
          "prediction \"\(name)\"", "has type \(type); expected one of floating-point numbers")
      }
      guard !areDouble || type == LOSSKIT_FLOAT64 else {
        throw Failure(
          "prediction \"\(name)\"",
          "is not of double precision, but others are; convert all of them, or none")
      }
    }
  }

  /// The tensors that are there. They stand for the caller's memory where its elements are as they should
  /// be.
  func tensors<Scalar: LossScalar>(
    _ type: Scalar.Type = Scalar.self
  ) throws(Failure) -> [String: Tensor<Scalar>] {
    var tensors: [String: Tensor<Scalar>] = [:]
    for (name, view) in zip(names, views) where view.type != 0 {
      do throws(TensorError) {
        tensors[name] = try view.tensor()
      } catch {
        throw Failure("prediction \"\(name)\"", "\(error)")
      }
    }
    return tensors
  }

  /// What a part of the library says of the predictions, told apart by what is to blame.
  func failure<Scalar: LossScalar>(
    _ error: InputError, _ tensors: [String: Tensor<Scalar>]
  ) -> Failure {
    let isMissing = names.contains {
      tensors[$0] == nil && error.place == "prediction \"\($0)\""
    }
    if isMissing { return Failure(error, code: LOSSKIT_MISSING) }
    let isFinite = tensors.values.allSatisfy {
      $0.withElements { areFinite(Span(_unsafeElements: $0)) }
    }
    return Failure(error, code: isFinite ? LOSSKIT_INVALID_INPUT : LOSSKIT_NOT_FINITE)
  }
}

extension losskit_tensor {
  /// The tensor, over this memory if the elements are of this type and without gaps.
  fileprivate func tensor<Scalar: LossScalar>() throws(TensorError) -> Tensor<Scalar> {
    let shape = axes(self.shape) ?? []
    guard let count = Tensor<Scalar>.count(of: shape), count == 0 || data != nil else {
      throw .shape(shape)
    }
    guard let data, count > 0 else { return try Tensor(shape: shape, elements: []) }
    let steps = axes(strides) ?? contiguousSteps(shape)
    let isDense = zip(zip(shape, steps), contiguousSteps(shape)).allSatisfy { axis, step in
      axis.0 == 1 || axis.1 == step
    }
    let isAligned = Int(bitPattern: data) % MemoryLayout<Scalar>.alignment == 0
    if isDense, isAligned, type == (Scalar.self == Double.self ? LOSSKIT_FLOAT64 : LOSSKIT_FLOAT32)
    {
      let start = data.assumingMemoryBound(to: Scalar.self)
      return try Tensor(
        shape: shape, borrowing: UnsafeBufferPointer(start: start, count: count))
    }
    let elements: [Scalar] =
      switch type {
      case LOSSKIT_FLOAT64:
        copied(count, shape, steps) { Scalar(load(data, $0) as Double) }
      case LOSSKIT_FLOAT16:
        copied(count, shape, steps) { Scalar(Float(halfBits: load(data, $0))) }
      case LOSSKIT_BFLOAT16:
        copied(count, shape, steps) { Scalar(Float(brainBits: load(data, $0))) }
      default:
        copied(count, shape, steps) { Scalar(load(data, $0) as Float) }
      }
    return try Tensor(shape: shape, elements: elements)
  }

  private func axes(_ numbers: UnsafePointer<Int64>?) -> [Int]? {
    numbers.map { numbers in (0..<Int(rank)).map { Int(numbers[$0]) } }
  }
}

/// The element at an index of memory that needn't be aligned.
private func load<Element: BitwiseCopyable>(_ data: UnsafeRawPointer, _ index: Int) -> Element {
  data.loadUnaligned(
    fromByteOffset: index * MemoryLayout<Element>.stride, as: Element.self)
}

/// The elements between neighbours along each axis of a tensor without gaps.
private func contiguousSteps(_ shape: [Int]) -> [Int] {
  var steps = shape
  var step = 1
  for axis in shape.indices.reversed() {
    steps[axis] = step
    step *= max(1, shape[axis])
  }
  return steps
}

/// What `element` makes of each index, the last axis fastest.
@inline(__always)
private func copied<Scalar>(
  _ count: Int, _ shape: [Int], _ steps: [Int], _ element: (_ index: Int) -> Scalar
) -> [Scalar] {
  let inner = shape.last ?? 1
  let step = steps.last ?? 1
  var place = [Int](repeating: 0, count: shape.count)
  var start = 0
  return [Scalar](unsafeUninitializedCapacity: count) { buffer, initialized in
    while initialized < count {
      for column in 0..<inner {
        buffer.initializeElement(at: initialized + column, to: element(start + column * step))
      }
      initialized += inner
      var axis = shape.count - 2
      while axis >= 0 {
        place[axis] += 1
        start += steps[axis]
        if place[axis] < shape[axis] { break }
        start -= place[axis] * steps[axis]
        place[axis] = 0
        axis -= 1
      }
    }
  }
}
