public import Tensors

/// An array of a checkpoint that is being written, of which any process may write the bytes that has them too.
public struct SharedArray: Codable, Sendable, Hashable {
  /// Whether it is one of those that answers follow from, not of the rest of the state.
  public let isModel: Bool
  /// Its name in its file.
  public let name: String
  /// How many bytes it has.
  public let bytes: Int
  /// The file, which has not its name yet.
  let path: String
  /// Where in the file its first byte lies.
  let offset: Int
  /// How many bytes the file has.
  let fileBytes: Int

  /// Writes the array into the file; any process that has the same numbers may do so.
  ///
  /// - Parameters:
  ///   - entry: Its numbers.
  ///   - waits: Whether the disk is waited for: the process that began the file waits for what was written
  ///     on its own machine alone.
  /// - Returns: Their checksum.
  /// - Throws: ``StoreError`` where the file is not there, or is another one, and what the disk refuses.
  public func write(_ entry: Archive.Entry, waits: Bool) throws(StoreError) -> UInt64 {
    try write(entry, waits: waits, on: .real)
  }

  func write(_ entry: Archive.Entry, waits: Bool, on disk: Disk) throws(StoreError) -> UInt64 {
    let file = try OpenFile(path, .sharing, on: disk)
    guard file.size == fileBytes, entry.withBytes({ $0.count }) == bytes else {
      throw .damaged(
        path: path,
        what: "it has \(file.size) bytes, not the \(fileBytes) of the file that was begun")
    }
    let checksum = try write(entry, to: file)
    if waits { try file.synchronise() }
    return checksum
  }
}

/// Other processes that have the arrays of a checkpoint, too, and write some of them.
public protocol CheckpointHelp: AnyObject {
  /// Gives arrays to others, who begin to write them at once.
  ///
  /// - Returns: By array, whether another process writes it.
  func begin(_ arrays: [SharedArray]) -> [Bool]

  /// Waits for the others.
  ///
  /// - Returns: By array, the checksum of what another process has written; nil: none has.
  func finish() -> [UInt64?]
}

extension CheckpointFiles {
  /// Two files of a checkpoint on their way, whose arrays several processes write.
  struct SharedPair: ~Copyable {
    private let parts: [(tensors: [SafetensorsTensor], metadata: [String: String])]
    private let layouts: [SafetensorsWriter]
    private let arrays: [SharedArray]

    /// Lays both out: `parts` are the model's and the state's, `partials` where they lie meanwhile.
    init(
      _ parts: [(tensors: [SafetensorsTensor], metadata: [String: String])], partials: [String]
    ) {
      self.parts = parts
      let layouts = parts.map { SafetensorsWriter($0.tensors, metadata: $0.metadata) { _ in 0 } }
      self.layouts = layouts
      arrays = zip(layouts, partials).enumerated().flatMap { part, laidOut in
        laidOut.0.places.map { place in
          SharedArray(
            isModel: part == 0, name: place.tensor.name, bytes: place.bytes, path: laidOut.1,
            offset: place.offset, fileBytes: laidOut.0.byteCount)
        }
      }
    }

    /// Writes what the others do not write, and the headers with everybody's checksums.
    func write(
      to files: [OpenFile], with help: any CheckpointHelp
    ) throws(StoreError) {
      for (file, layout) in zip(files, layouts) { try file.truncate(to: layout.byteCount) }
      let others = help.begin(arrays)
      let tensors = layouts.flatMap { $0.places.map(\.tensor) }
      func write(_ index: Int) throws(StoreError) -> UInt64 {
        try arrays[index].write(tensors[index].entry, to: files[arrays[index].isModel ? 0 : 1])
      }
      var checksums = [UInt64?](repeating: nil, count: arrays.count)
      // The others are waited for in any case: they are at the same place.
      var failure: StoreError?
      do throws(StoreError) {
        for index in arrays.indices where !others[index] { checksums[index] = try write(index) }
      } catch { failure = error }
      for (index, checksum) in help.finish().enumerated() where others[index] {
        checksums[index] = checksum
      }
      if let failure { throw failure }
      for index in arrays.indices where checksums[index] == nil {
        checksums[index] = try write(index)
      }
      try writeHeads(to: files, checksums)
    }

    private func writeHeads(
      to files: [OpenFile], _ checksums: [UInt64?]
    ) throws(StoreError) {
      var known: [[String: UInt64]] = [[:], [:]]
      for (array, checksum) in zip(arrays, checksums) {
        known[array.isModel ? 0 : 1][array.name] = checksum
      }
      for part in parts.indices {
        let sums = known[part]
        let writer = SafetensorsWriter(parts[part].tensors, metadata: parts[part].metadata) {
          sums[$0.name] ?? 0
        }
        try files[part].write(writer.head, at: 0)
      }
    }
  }
}

extension SharedArray {
  /// Writes the array into a file that is open.
  fileprivate func write(
    _ entry: Archive.Entry, to file: OpenFile
  ) throws(StoreError) -> UInt64 {
    let written = entry.withBytes { bytes -> Result<UInt64, StoreError> in
      do throws(StoreError) {
        try file.write(bytes, at: offset)
        return .success(xxh64(bytes))
      } catch { return .failure(error) }
    }
    return try written.get()
  }
}
