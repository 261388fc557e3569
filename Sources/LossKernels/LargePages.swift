import CLibrary

/// Asks for pages of 2 MiB where a large array was allocated and not yet written.
///
/// The allocator takes fresh memory for arrays beyond some size, 32 MiB at the most, and the kernel's work
/// on each page of 4 KiB, when it is first touched, costs more than to score a loss. Without effect where
/// the system has no such pages.
func requestLargePages<Element>(for buffer: UnsafeMutableBufferPointer<Element>) {
  #if os(Linux)
    let page = 4096
    let bytes = UnsafeMutableRawBufferPointer(buffer)
    guard let start = bytes.baseAddress, bytes.count >= 4 << 20 else { return }
    let offset = (page - Int(bitPattern: start) % page) % page
    madvise(start + offset, (bytes.count - offset) / page * page, MADV_HUGEPAGE)
  #endif
}
