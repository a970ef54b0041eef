/// What a value has rows of numbers for.
public enum Extent: Sendable, Hashable {
  /// One row whatever the batch: it depends on parameters alone and is computed once a block.
  case block
  /// One row a row of the batch.
  case rows
  /// n entries a row of the batch, side by side.
  case each(Int)
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

  /// Entries that lie side by side in memory.
  var entries: Int {
    guard case .each(let count) = self else { return 1 }
    return count
  }
}

extension Extent: CustomStringConvertible {
  /// In words, for messages.
  public var description: String {
    switch self {
    case .block: "one row for all"
    case .rows: "the rows of the batch"
    case .each(let count): "\(count) entries a row"
    }
  }
}
