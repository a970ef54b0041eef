/// What a value has rows of numbers for.
public indirect enum Extent: Sendable, Hashable {
  /// One row whatever the batch: it depends on parameters alone and is computed once a block.
  case block
  /// One row a row of the batch.
  case rows
  /// n entries side by side in each row of the batch, or in the one row for all.
  case each(Int, of: Extent)
  /// Entries of rows that have as many as they have, packed.
  case entries(RaggedColumn)
}

extension Extent {
  /// The extent that values have in common; that of the batch's rows if there are none.
  ///
  /// Stops the program if they differ, with the name of who reads them side by side.
  public static func common(_ extents: [Extent], for name: String) -> Extent {
    guard let first = extents.first else { return .rows }
    for other in extents {
      precondition(other == first, "\(name): reads \(first) beside \(other)")
    }
    return first
  }

  /// The common extent of who reads rows of the batch, or what depends on none, and no entries.
  ///
  /// Stops the program if there are others, with the reader's name.
  public static func ofRows(_ extents: [Extent], for name: String) -> Extent {
    let common = common(extents, for: name)
    precondition(common == .rows || common == .block, "\(name): reads \(common)")
    return common
  }

  /// Entries that lie side by side in memory.
  var entries: Int {
    guard case .each(let count, _) = self else { return 1 }
    return count
  }

  /// What has its entries, where they lie side by side; else itself.
  var whole: Extent {
    guard case .each(_, let whole) = self else { return self }
    return whole
  }

  /// The column of packed entries, or of those whose rows have parts side by side; nil for all else.
  var column: RaggedColumn? {
    guard case .entries(let column) = whole else { return nil }
    return column
  }

  /// Whether its rows are packed entries.
  public var isPacked: Bool {
    if case .entries = self { true } else { false }
  }
}

extension Extent: CustomStringConvertible {
  /// In words, for messages.
  public var description: String {
    switch self {
    case .block: "one row for all"
    case .rows: "the rows of the batch"
    case .each(let count, let whole): "\(count) entries a row of \(whole)"
    case .entries(let column): "the entries of ragged column \(column.index)"
    }
  }
}
