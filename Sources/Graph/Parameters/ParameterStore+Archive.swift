public import Tensors

extension ParameterStore {
  /// Visits every array that answers follow from: what is learned, running means, and what is given.
  ///
  /// Each is visited by its path, row by row as PyTorch has it. The floats between arrays are 0 and
  /// stay 0: they are no part of it. What follows from the numbers, such as packed weights, is made
  /// anew, since putting back counts as a write.
  public func visit(_ archive: inout Archive) throws(ArchiveError) {
    for entry in entries + givenEntries { try visit(entry, &archive) }
    if archive.isLoading { countWrite() }
  }

  private func visit(_ entry: Entry, _ archive: inout Archive) throws(ArchiveError) {
    let (name, shape) = (entry.piece.path, entry.piece.shape)
    if let table = growing[entry.parameter.index] { return try archive.part(name, table.visit) }
    if let whole = wholeBlock(of: entry) {
      return try archive.memory(name, whole, shape: shape)
    }
    var values = archive.isLoading ? [] : numbers(of: entry)
    try archive.numbers(name, &values, shape: shape)
    if archive.isLoading { set(entry, to: values) }
  }

  /// The memory of an array that lies in a block of its own, row by row; nil for any other.
  private func wholeBlock(of entry: Entry) -> Storage<Float>? {
    let (index, piece) = (entry.parameter.index, entry.piece)
    let columns = piece.shape.dropFirst().reduce(1, *)
    guard let block = tables[index] ?? givens[index], block.count == piece.count,
      piece.offset == 0, piece.strides.first == columns, columns == 1 || piece.strides.second == 1
    else { return nil }
    return block
  }

  /// Visits a copy of numbers that may not be there; see ``copy(_:)``.
  ///
  /// - Throws: ``ArchiveError`` where it is not of this store.
  public func visit(
    copy: inout ParameterCopy?, _ extent: Extent, in archive: inout Archive
  ) throws(ArchiveError) {
    var exists = copy != nil
    try archive.flag("exists", &exists)
    guard exists else { return copy = nil }
    guard var found = archive.isLoading ? self.copy(extent) : copy else { return }
    for (index, block) in found.blocks.enumerated() {
      try archive.memory("block-\(index)", block)
    }
    for (index, table) in growing.compactMap(\.self).enumerated() {
      try archive.part("grown-\(index)") { archive throws(ArchiveError) in
        try table.visit(&found.grown[index], in: &archive)
      }
    }
    copy = found
  }
}
