/// What a batch must have so that nothing is read past its end.
public struct BatchNeeds: Sendable, Hashable {
  /// Fields of ids a row.
  public var fields = 0
  /// Ids a row that were drawn for the step.
  public var drawn = 0
  /// Dense features a row.
  public var dense = 0
  /// Ragged columns.
  public var ragged = 0

  /// Nothing.
  public init() {}

  /// Some columns of ids, and dense features.
  public init(columns: [IdColumn], dense: Int = 0) {
    for column in columns { add(column) }
    self.dense = dense
  }

  private mutating func add(_ column: IdColumn) {
    switch column {
    case .field(let field): fields = max(fields, field + 1)
    case .drawn(let number): drawn = max(drawn, number + 1)
    case .entries(let column, let values): ragged = max(ragged, column.index + 1, values + 1)
    case .constant: break
    }
  }

  /// Adds what something else needs.
  public mutating func formUnion(_ other: BatchNeeds) {
    fields = max(fields, other.fields)
    drawn = max(drawn, other.drawn)
    dense = max(dense, other.dense)
    ragged = max(ragged, other.ragged)
  }

  /// What a batch lacks, in words; nil if it has all.
  ///
  /// A batch without rows lacks nothing.
  public func unmet(by batch: Batch) -> String? {
    guard batch.rows > 0 else { return nil }
    let hasFields = fields == 0 || (batch.ids != nil && batch.fields >= fields)
    let hasDrawn = drawn == 0 || (batch.drawn != nil && batch.drawnCount >= drawn)
    let hasDense = dense == 0 || (batch.dense != nil && batch.denseCount >= dense)
    let hasRagged = ragged == 0 || (batch.ragged != nil && batch.raggedCount >= ragged)
    if hasFields, hasDrawn, hasDense, hasRagged { return nil }
    return [
      hasFields
        ? nil : lack("fields of ids", fields, found: batch.ids == nil ? 0 : batch.fields),
      hasDrawn
        ? nil : lack("drawn ids a row", drawn, found: batch.drawn == nil ? 0 : batch.drawnCount),
      hasDense
        ? nil : lack("dense features", dense, found: batch.dense == nil ? 0 : batch.denseCount),
      hasRagged
        ? nil : lack("ragged columns", ragged, found: batch.ragged == nil ? 0 : batch.raggedCount),
    ].compactMap { $0 }.joined(separator: "; ")
  }

  private func lack(_ what: String, _ needed: Int, found: Int) -> String {
    "the plan reads \(needed) \(what), the batch has \(found)"
  }
}

extension Plan {
  /// What the operations of the plan read of a batch.
  static func needs(of nodes: [Graph.Node], in order: [Int]) -> BatchNeeds {
    var needs = order.reduce(into: BatchNeeds()) { $0.formUnion(nodes[$1].operation.needs) }
    needs.ragged = columns(of: nodes, in: order).reduce(needs.ragged) { max($0, $1.index + 1) }
    return needs
  }

  /// Whether it reads ids that are drawn for its rows, or entries that are packed for them.
  public var readsDrawn: Bool { needs.drawn > 0 || needs.ragged > 0 }

  /// Whether it reads entries that are packed for its rows.
  public var readsPacked: Bool { needs.ragged > 0 }

  /// Ids that are drawn for as many rows as it has room for, of those columns that it reads.
  public var drawnCount: Int { needs.drawn * capacity }

  /// What a batch lacks that the plan reads, in words; nil if it has all.
  ///
  /// ``Executor/run(_:scales:)`` stops the program with these words.
  public func unmet(by batch: Batch) -> String? { needs.unmet(by: batch) }

  /// The operations of a section that would add to the gradient of a table that is looked up in it.
  ///
  /// There must be none: tables have theirs in the rows of lookups, where nobody would find another.
  func readersBesideLookups(in section: Set<Int>) -> [Int] {
    let reached = order.filter { section.contains($0) }
    let tables = Set(
      reached.filter { nodes[$0].operation is Lookup }
        .flatMap { nodes[$0].operation.parameters })
    return reached.filter {
      !(nodes[$0].operation is Lookup)
        && !tables.isDisjoint(with: nodes[$0].operation.parameters)
    }
  }
}
