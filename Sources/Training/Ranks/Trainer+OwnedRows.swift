import Graph
import Models
public import Ranks

// MARK: - Rows of tables that one rank each keeps

extension Trainer {
  /// Trains together with other ranks, each of which keeps rows of very large tables of its own.
  ///
  /// Which ones ``RowShare`` says; their moments lie beside them, and smaller tables stay whole everywhere. The
  /// bits are those of one process. What needs all rows of a table at once is to be refused before, see
  /// ``reasonAgainstOwnedRows``; between steps ``bringRowsHome(_:)`` gathers them on rank 0.
  public func join(_ group: RankGroup, keepingHead head: Int) {
    answers.forget()
    join(group)
    exchange?.rowShare = RowShare(rank: group.wire.rank, ranks: group.wire.count, head: head)
    keepOwnRows { _ in }
  }

  /// Whether all rows of all tables are here.
  var hasAllRows: Bool { store.growing.allSatisfy { $0?.share.isWhole ?? true } }

  /// Whether every number that follows from training is finite, those that other ranks keep as well.
  ///
  /// Ranks that keep rows ask together; where they are lost the answer is this rank's.
  var isFinite: Bool {
    let isFinite = store.isFinite
    guard !hasAllRows, let exchange else { return isFinite }
    var flags = [UInt64](repeating: 0, count: exchange.share.ranks)
    flags[exchange.share.rank] = isFinite ? 1 : 0
    exchange.gather(&flags)
    return flags.allSatisfy { $0 == 1 } || (exchange.failure != nil && isFinite)
  }

  /// The same where ranks have begun to share rows; nil where they do not.
  var reasonAgainstSharedRows: String? {
    exchange?.rowShare == nil ? nil : reasonAgainstOwnedRows
  }

  /// Why tables whose rows ranks keep by parts do not go with what is trained; nil: they do, or there is no
  /// table whose rows would lie on several ranks.
  var reasonAgainstOwnedRows: String? {
    let configuration = optimizers.common.configuration
    let tables = store.growing.indices.filter { store.growing[$0] != nil }.map(Parameter.init)
    if tables.isEmpty { return nil }
    if configuration.movesWholeTables { return "its optimiser moves rows that no batch names" }
    if configuration.rule.isByLayer { return "LAMB measures a table as a whole" }
    if configuration.clipNorm != nil { return "a norm that is limited is that of all rows" }
    if tables.contains(where: { store.settings(ofTable: $0, configuration).l2 != 0 }) {
      return "L2 on embeddings is a part of a row's gradient that no rank sends"
    }
    if !model.penalties.isEmpty { return "it adds penalties to its losses" }
    if sources.dataset.flatMap({ model.features(from: $0) }) != nil {
      return "what it says of features is judged by whole tables"
    }
    if lotteryPlan != nil { return "a search for masks goes back to numbers of before" }
    return balancingReason
  }

  private var balancingReason: String? {
    let turn = state.turn
    let before = (turn.turn, turn.task, turn.active)
    defer { (turn.turn, turn.task, turn.active) = before }
    let looks = program.turns.indices.contains { number in
      state.enter(number, of: nil)
      return stages.keepsApart(in: turn)
        || !stages.needs(in: turn).isDisjoint(with: [.summedGradient, .restingRows])
    }
    return looks ? "its balancer looks at the tasks' gradients of whole tables" : nil
  }

  // MARK: - All rows on one rank

  /// What goes over the copies of numbers that a run remembers.
  typealias Copies = ((inout ParameterCopy) -> Void) -> Void

  /// Gathers the rows that other ranks keep on rank 0, with what lies beside them, and those of the copies.
  ///
  /// All ranks do so together. Rank 0 has all rows then, until ``keepOwnRows(_:)``.
  func bringRowsHome(_ copies: Copies) {
    guard !hasAllRows, let exchange else { return }
    let tables = store.growing.compactMap(\.self)
    copies { copy in
      for (index, table) in tables.enumerated() {
        let own = copy.grown[index]
        let sent = (0..<own.count).filter { table.share.owner(of: own.id($0)) != nil }
        var (ids, rows): ([Int32], [Float]) = ([], [])
        exchange.collect(sent.count, bytes: 4 + 4 * table.width) { number, record in
          own.write(row: sent[number], to: record)
        } read: { record in
          ids.append(record.load(as: Int32.self))
          let numbers = (record + 4).assumingMemoryBound(to: Float.self)
          rows.append(contentsOf: UnsafeBufferPointer(start: numbers, count: table.width))
        }
        copy.grown[index] = own.adding(ids: ids, rows: rows)
      }
    }
    for table in tables {
      let sent = table.ownedSlots
      let isHome = exchange.share.rank == 0
      if isHome { table.share(among: .whole) }
      exchange.collect(sent.count, bytes: table.recordBytes) { number, record in
        table.write(row: sent[number], to: record)
      } read: { record in
        table.read(record)
      }
    }
  }

  /// Takes all rows for this process's own, those that are put back as well, until ``keepOwnRows(_:)``.
  func keepAllRows() {
    for table in store.growing { table?.share(among: .whole) }
  }

  /// Forgets what other ranks keep again, in the copies of numbers too.
  func keepOwnRows(_ copies: Copies) {
    guard let share = exchange?.rowShare else { return }
    for table in store.growing { table?.share(among: share) }
    copies { copy in
      for index in copy.grown.indices { copy.grown[index] = copy.grown[index].keeping(share) }
    }
  }
}
