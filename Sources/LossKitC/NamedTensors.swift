import CInterface
import CLibrary
import LossKit

/// Tensors with their names in memory that callers read.
///
/// Sendable without a check: nobody writes it once it is made.
final class NamedTensors: @unchecked Sendable {
  let start: UnsafeMutablePointer<losskit_named_tensor>
  let count: Int

  init(_ tensors: [(name: String, tensor: AnyTensor)]) {
    count = tensors.count
    start = .allocate(capacity: max(1, count))
    for (index, (name, tensor)) in tensors.enumerated() {
      (start + index).initialize(
        to: losskit_named_tensor(name: text(name), tensor: tensor.copied))
    }
  }

  deinit {
    for index in 0..<count {
      free(UnsafeMutablePointer(mutating: start[index].name))
      free(UnsafeMutableRawPointer(mutating: start[index].tensor.data))
      free(UnsafeMutablePointer(mutating: start[index].tensor.shape))
    }
    start.deallocate()
  }
}

extension AnyTensor {
  /// The tensor in memory that is the caller's to free.
  fileprivate var copied: losskit_tensor {
    switch self {
    case .float32(let tensor): tensor.copied(LOSSKIT_FLOAT32)
    case .float64(let tensor): tensor.copied(LOSSKIT_FLOAT64)
    case .int64(let tensor): tensor.copied(LOSSKIT_INT64)
    case .uint8(let tensor): tensor.copied(LOSSKIT_BOOL)
    case .bool(let tensor): tensor.copied(LOSSKIT_BOOL)
    }
  }
}

extension Tensor {
  fileprivate func copied(_ type: UInt32) -> losskit_tensor {
    losskit_tensor(
      data: LossKitC.copied(elements), shape: LossKitC.copied(shape.map { Int64($0) }),
      strides: nil, rank: UInt32(shape.count), type: type)
  }
}

/// The elements in memory that is the caller's to free.
private func copied<Element>(_ elements: [Element]) -> UnsafePointer<Element>? {
  let memory = malloc(max(1, elements.count) * MemoryLayout<Element>.stride)
  guard let start = memory?.bindMemory(to: Element.self, capacity: elements.count) else {
    return nil
  }
  start.initialize(from: elements, count: elements.count)
  return UnsafePointer(start)
}
