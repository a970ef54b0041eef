public import Graph
import Tensors

extension ParameterStore {
  /// All arrays that answers follow from, learned and given, by their PyTorch names and in PyTorch's
  /// layouts: linear weights [outputs, inputs], tables [vocabulary, width].
  ///
  /// What lies in memory as it does in the file is handed on by reference and changes with the store;
  /// the rest, weights that the store keeps transposed or side by side, is a copy of now. Of a table that
  /// grows there are the rows that were looked up, `PATH/rows`, and whose they are, `PATH/ids`.
  public func tensors() -> [SafetensorsTensor] {
    (entries + givenEntries).flatMap { entry in
      if let table = growing[entry.parameter.index] {
        return table.tensors(entry.piece.path)
      }
      return [
        SafetensorsTensor(
          name: entry.piece.path, kind: .float32, shape: entry.piece.shape,
          content: content(of: entry))
      ]
    }
  }

  private func content(of entry: Entry) -> Archive.Content {
    guard entry.piece.liesRowByRow, let memory = memory(of: entry.parameter) else {
      return .owned(numbers(of: entry).withUnsafeBytes { Array($0) })
    }
    let size = MemoryLayout<Float>.size
    let first = (memory.offset + entry.piece.offset) * size
    return .memory(
      MemorySlice(memory.storage, bytes: first..<(first + entry.piece.count * size)))
  }

  private func memory(of parameter: Parameter) -> (storage: Storage<Float>, offset: Int)? {
    if let block = tables[parameter.index] ?? givens[parameter.index] { return (block, 0) }
    let offset = offsets[parameter.index]
    return offset >= 0 ? (dense, offset) : nil
  }

  /// Puts the arrays of a file in place of the store's own; nothing is changed unless all fit.
  ///
  /// - Throws: ``StoreError/mismatch(path:what:)`` for an array that is missing, unknown, of another
  ///   shape or of other elements than F32.
  public func load(_ tensors: [SafetensorsTensor], path: String) throws(StoreError) {
    let found = Dictionary(tensors.map { ($0.name, $0) }) { $1 }
    let wanted = entries + givenEntries
    for entry in wanted {
      if let table = growing[entry.parameter.index] {
        try table.check(found, entry.piece.path, path: path)
        continue
      }
      guard let tensor = found[entry.piece.path] else {
        throw .mismatch(path: path, what: "'\(entry.piece.path)' is missing")
      }
      guard tensor.kind == .float32, tensor.shape == entry.piece.shape else {
        throw .mismatch(
          path: path,
          what: "'\(entry.piece.path)' is \(tensor.kind.rawValue) \(tensor.shape), "
            + "expected F32 \(entry.piece.shape)")
      }
    }
    let known = Set(wanted.flatMap { names(of: $0) })
    if let extra = tensors.first(where: { !known.contains($0.name) }) {
      throw .mismatch(path: path, what: "the model has no '\(extra.name)'")
    }
    for entry in wanted {
      if let table = growing[entry.parameter.index] {
        try table.load(found, entry.piece.path, path: path)
      } else if let tensor = found[entry.piece.path] {
        put(tensor, in: entry)
      }
    }
    countWrite()
  }

  private func names(of entry: Entry) -> [String] {
    growing[entry.parameter.index] == nil
      ? [entry.piece.path] : GrowingTable.names(entry.piece.path)
  }

  private func put(_ tensor: SafetensorsTensor, in entry: Entry) {
    guard entry.piece.liesRowByRow else { return set(entry, to: tensor.numbers() ?? []) }
    change(entry.parameter) { base in
      tensor.entry.withBytes { bytes in
        UnsafeMutableRawPointer(base + entry.piece.offset)
          .copyMemory(from: bytes.baseAddress ?? UnsafeRawPointer(base), byteCount: bytes.count)
      }
    }
  }
}

extension ParameterPiece {
  /// Whether its elements follow one another in the block as they do in a file.
  fileprivate var liesRowByRow: Bool {
    let columns = shape.dropFirst().reduce(1, *)
    return strides.first == columns && (columns == 1 || strides.second == 1)
  }
}
