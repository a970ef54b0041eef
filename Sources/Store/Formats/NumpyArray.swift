public import Tensors

/// An array as a file of NumPy, `.npy` version 1.0 (NEP 1), row-major and little-endian.
public struct NumpyArray: Sendable {
  /// What comes before the numbers; a multiple of 64 bytes long.
  public let head: [UInt8]
  private let content: Archive.Content

  /// Lays an array out.
  public init(kind: ArchiveKind, shape: [Int], content: Archive.Content) {
    self.content = content
    let extents = shape.map { "\($0)," }.joined(separator: " ")
    let tuple = shape.count == 1 ? "(\(extents))" : "(\(extents.dropLast()))"
    let text = "{'descr': '\(kind.numpyName)', 'fortran_order': False, 'shape': \(tuple), }"
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    let length = (magic.count + 2 + text.utf8.count + 1 + 63) / 64 * 64 - magic.count - 2
    let padding = [UInt8](repeating: UInt8(ascii: " "), count: length - text.utf8.count - 1)
    head =
      magic + [UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8) + padding
      + [UInt8(ascii: "\n")]
  }

  /// An array of a safetensors file or a model.
  public init(_ tensor: SafetensorsTensor) {
    self.init(kind: tensor.kind, shape: tensor.shape, content: tensor.content)
  }

  /// Hands the file's bytes on, in order.
  public func write<Failure: Error>(
    _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    func hand(_ bytes: UnsafeRawBufferPointer) {
      guard failure == nil, !bytes.isEmpty else { return }
      do throws(Failure) { try sink(bytes) } catch { failure = error }
    }
    head.withUnsafeBytes { hand($0) }
    content.withBytes { hand($0) }
    if let failure { throw failure }
  }
}

extension ArchiveKind {
  /// What NumPy calls such elements.
  fileprivate var numpyName: String {
    switch self {
    case .float32: "<f4"
    case .float64: "<f8"
    case .int32: "<i4"
    case .int64: "<i8"
    case .uint64: "<u8"
    case .uint32: "<u4"
    case .uint8: "|u1"
    }
  }
}
