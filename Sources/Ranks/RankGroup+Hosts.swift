extension RankGroup {
  /// The machine of every rank, by rank, of whose name 64 bytes count; all ranks ask together.
  public func hosts() throws(RankError) -> [String] {
    let width = 64
    var names = [UInt8](repeating: 0, count: wire.count * width)
    for (offset, byte) in TCPSocket.hostName().utf8.prefix(width).enumerated() {
      names[wire.rank * width + offset] = byte
    }
    let parts = (0..<wire.count).map { ($0 * width)..<(($0 + 1) * width) }
    let done: Result<Void, RankError> = names.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return .success(()) }
      return Result { () throws(RankError) in try gather(base, parts: parts, for: .agenda) }
    }
    try done.get()
    return parts.map { String(decoding: names[$0].prefix { $0 != 0 }, as: UTF8.self) }
  }
}
