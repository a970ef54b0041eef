import Tensors

// MARK: - Parameters by path, in the layout of files and tests

extension ParameterStore {
  /// A named array and where it lies.
  public struct Entry: Sendable {
    /// The named array.
    public let piece: ParameterPiece
    /// The block that holds it.
    public let parameter: Parameter
    /// Whose it is.
    public let owner: Owner
  }

  /// The numbers of one named array of a block, row by row.
  public func numbers(of parameter: Parameter, piece: Int = 0) -> [Float] {
    let one = specifications[parameter.index]
    guard one.pieces.indices.contains(piece) else { return [] }
    return numbers(
      of: Entry(piece: one.pieces[piece], parameter: parameter, owner: one.owner))
  }

  /// All named arrays that are learned, paths in the order of their UTF-8 bytes.
  public var entries: [Entry] { entries(\.isLearned) }

  /// All named arrays that are given and not learned, paths in the order of their UTF-8 bytes.
  public var givenEntries: [Entry] { entries { !$0.isLearned } }

  private func entries(_ isWanted: (ParameterSpecification) -> Bool) -> [Entry] {
    specifications.enumerated()
      .filter { isWanted($0.element) }
      .flatMap { index, one in
        one.pieces.map { Entry(piece: $0, parameter: Parameter(index: index), owner: one.owner) }
      }
      .sorted { $0.piece.path.utf8.lexicographicallyPrecedes($1.piece.path.utf8) }
  }

  /// The numbers of a named array, row by row; `source` is a block of the same layout (values,
  /// gradients, moments), by default the values.
  public func numbers(
    of entry: Entry, in source: UnsafePointer<Float>? = nil
  ) -> [Float] {
    if source == nil, let table = growing[entry.parameter.index] { return table.numbers }
    let base = source ?? base(of: entry.parameter)
    var numbers = [Float](repeating: 0, count: entry.piece.count)
    forEachElement(of: entry.piece) { place, at in numbers[place] = base[at] }
    return numbers
  }

  /// Puts numbers, row by row, in the place of a named array.
  public func set(_ entry: Entry, to numbers: [Float]) {
    precondition(
      numbers.count == entry.piece.count,
      "\(entry.piece.path): \(numbers.count) numbers for \(entry.piece.shape)")
    change(entry.parameter) { base in
      forEachElement(of: entry.piece) { place, at in base[at] = numbers[place] }
    }
  }

  /// FNV-1a 64 over all parameters as little-endian float32, paths in UTF-8 order; of a table that grows,
  /// over the rows that are not as they began, each behind its id.
  public var fingerprint: UInt64 {
    entries.reduce(fnvOffset) { hash, entry in
      growing[entry.parameter.index]?.fingerprint(from: hash)
        ?? fnv1a(littleEndian: numbers(of: entry), from: hash)
    }
  }

  /// Which numbers a copy holds.
  public enum Extent: Sendable {
    /// What follows from training: what is learned, and running means; dials and masks stay as they
    /// are set.
    case trained
    /// All that answers follow from: besides that whatever is given, such as dials, masks and experts
    /// that are left out.
    case everything
  }

  fileprivate func blocks(_ extent: Extent) -> [Storage<Float>] {
    let others = zip(specifications, givens).compactMap { one, numbers in
      switch (one.kind, extent) {
      case (.average, _), (_, .everything): numbers
      default: nil
      }
    }
    return [dense] + zip(tables, growing).compactMap { $1 == nil ? $0 : nil } + others
  }

  /// A copy of numbers, to come back to.
  public func copy(_ extent: Extent = .trained) -> ParameterCopy {
    let blocks = blocks(extent).map { from in
      let to = Storage<Float>(count: from.count, filling: 0)
      to.base.update(from: from.base, count: from.count)
      return to
    }
    return ParameterCopy(
      blocks: blocks, grown: growing.compactMap { $0?.copiedRows() })
  }

  /// Comes back to a copy of the same extent.
  public func restore(_ extent: Extent = .trained, from copy: ParameterCopy) {
    for (to, from) in zip(blocks(extent), copy.blocks) {
      to.base.update(from: from.base, count: from.count)
    }
    for (table, rows) in zip(growing.compactMap(\.self), copy.grown) { table.restore(rows) }
    countWrite()
  }

  /// Whether every number that follows from training is finite; O(n), without copies.
  public var isFinite: Bool {
    func isFinite(_ numbers: UnsafeBufferPointer<Float>) -> Bool {
      var largest: UInt32 = 0
      for number in numbers { largest = max(largest, number.bitPattern & 0x7FFF_FFFF) }
      return largest < Float.infinity.bitPattern
    }
    return blocks(.trained).allSatisfy { isFinite(UnsafeBufferPointer($0.elements)) }
      && growing.allSatisfy { $0.map { isFinite($0.grown) } ?? true }
  }

  /// The numbers of an array that steps may have moved: all, or those of the rows that there are.
  private func movedNumbers(of entry: Entry) -> [Float] {
    growing[entry.parameter.index].map { Array($0.grown) } ?? numbers(of: entry)
  }

  /// Of what a task depends on, shared or the task's own, the array that holds the number of the
  /// largest magnitude.
  public func largest(of task: Int) -> (path: String, magnitude: Float)? {
    entries.filter { $0.owner == .shared || $0.owner == .task(task) }.map { entry in
      (path: entry.piece.path, magnitude: movedNumbers(of: entry).lazy.map(abs).max() ?? 0)
    }.max { $0.magnitude < $1.magnitude }
  }

  /// The path of the first array that holds a NaN or an infinity.
  public var firstNotFinite: String? {
    entries.first { entry in movedNumbers(of: entry).contains { !$0.isFinite } }?.piece.path
  }
}

/// Numbers of a ``ParameterStore``, copied.
public struct ParameterCopy: Sendable {
  /// Blocks, and tables that do not grow.
  var blocks: [Storage<Float>]
  /// Of each table that grows, the rows that there were.
  package var grown: [GrownRows]

  /// All memory that it has of numbers, in an order that follows from the store's layout.
  public var memory: [Storage<Float>] { blocks + grown.map(\.rows) }

  /// Overwrites it, an older copy of the same extent, with the numbers that a store has now.
  public mutating func write(from store: ParameterStore, _ extent: ParameterStore.Extent = .trained)
  {
    for (from, to) in zip(store.blocks(extent), blocks) {
      to.base.update(from: from.base, count: from.count)
    }
    // Let go of first: both need not fit into memory.
    grown = []
    grown = store.growing.compactMap { $0?.copiedRows() }
  }
}
