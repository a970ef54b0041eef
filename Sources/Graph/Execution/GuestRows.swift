import Tensors

/// Fetches the rows of tables that other processes keep and a plan looks up here.
///
/// Nobody asks for rows: everybody describes the whole batch, so that the owner of a row knows which other
/// processes look it up. Each gives each other one message a run, with every row once,
///
///     4·D · Σ over r of |ids in the rows of the batch that process r runs and whose rows it does not keep|
///
/// bytes in all, in the order in which the ids are first met: tables by the plan's columns of ids, rows by
/// the batch. The rows of all ids of the batch that are kept here come into being meanwhile.
final class GuestRows {
  /// A column of ids that reads a table.
  private struct Reader {
    let table: Int
    let column: IdColumn
  }

  /// A row of a table.
  private struct Row {
    var table: Int32 = 0
    var id: Int32 = 0
  }

  private let tables: [GrowingTable]
  private let readers: [Reader]
  private let workspace: Workspace
  /// By process, the rows that it is given, and those that it gives; with room for the most there can be.
  private let (given, awaited): (Storage<Row>, Storage<Row>)
  private var (givenCounts, awaitedCounts): ([Int], [Int])
  private let mostRows: Int
  private let (outbox, inbox): (Storage<Float>, Storage<Float>)
  private var (outParts, inParts): ([Range<Int>], [Range<Int>])

  /// What a plan looks up in tables that processes share; nil: nothing.
  init?(_ plan: Plan, store: ParameterStore, workspace: Workspace) {
    let ranks = workspace.share.ranks
    var (tables, readers, mostRows, mostFloats): ([GrowingTable], [Reader], Int, Int) =
      ([], [], 0, 0)
    for node in plan.order {
      guard let lookup = plan.nodes[node].operation as? Lookup else { continue }
      for (index, parameter) in lookup.tables.enumerated() {
        guard let table = store.growing[parameter.index], !table.share.isWhole else { continue }
        let number = tables.firstIndex { $0 === table } ?? tables.count
        if number == tables.count { tables.append(table) }
        let column = lookup.columns[index]
        guard !readers.contains(where: { $0.table == number && $0.column == column }) else {
          continue
        }
        readers.append(Reader(table: number, column: column))
        let most = plan.capacity * (lookup.lists[index]?.longest ?? column.mostOfRow)
        mostRows += most
        mostFloats += most * table.width
      }
    }
    guard !tables.isEmpty else { return nil }
    (self.tables, self.readers, self.workspace, self.mostRows) =
      (tables, readers, workspace, mostRows)
    (given, awaited) = (Storage(reserving: ranks * mostRows), Storage(reserving: ranks * mostRows))
    (outbox, inbox) = (
      Storage(reserving: ranks * mostFloats), Storage(reserving: ranks * mostFloats)
    )
    givenCounts = [Int](repeating: 0, count: ranks)
    awaitedCounts = givenCounts
    outParts = [Range<Int>](repeating: 0..<0, count: ranks)
    inParts = outParts
  }

  /// Begins a run: rows that were fetched before are gone.
  func start() {
    for table in tables { table.dropGuests() }
    for rank in givenCounts.indices { (givenCounts[rank], awaitedCounts[rank]) = (0, 0) }
  }

  /// Notes which rows of the batch a process runs; every process is described once a run, by everybody.
  func note(_ rows: Range<Int>, of batch: Batch, for rank: Int) {
    for table in tables { table.beginList() }
    for reader in readers {
      let table = tables[reader.table]
      let share = table.share
      for row in batch.places(of: reader.column, inRows: rows) {
        batch.forEachId(ofRow: row, column: reader.column) { id in
          if share.keeps(id) { table.admit(id) }
          guard let owner = share.owner(of: id), owner != rank else { return }
          let found = Row(table: Int32(reader.table), id: Int32(id))
          if rank == share.rank {
            awaited.base[owner * mostRows + awaitedCounts[owner]] = found
            awaitedCounts[owner] += 1
          } else if owner == share.rank, table.isNewInList(id) {
            given.base[rank * mostRows + givenCounts[rank]] = found
            givenCounts[rank] += 1
          }
        }
      }
    }
  }

  /// Gives the others what they look up, and waits for what they give.
  func fetch() {
    guard let exchange = workspace.exchange else {
      precondition(
        awaitedCounts.allSatisfy { $0 == 0 }, "rows of tables that other processes keep")
      return
    }
    makeRoom()
    pack()
    exchange.beginCross(
      outbox.base, parts: outParts, into: inbox.base, parts: inParts, of: .rows)
    exchange.finish(through: exchange.begun)
    unpack()
  }

  /// Bytes that all processes together give of a batch whose rows they run in these parts.
  func bytes(_ rows: [Range<Int>], of batch: Batch) -> Int {
    var floats = 0
    for rank in rows.indices {
      var met = tables.map { _ in Set<Int>() }
      for reader in readers {
        let table = tables[reader.table]
        for row in batch.places(of: reader.column, inRows: rows[rank]) {
          batch.forEachId(ofRow: row, column: reader.column) { id in
            guard !table.share.isKept(id, by: rank), met[reader.table].insert(id).inserted else {
              return
            }
            floats += table.width
          }
        }
      }
    }
    return 4 * floats
  }

  /// Makes room for the rows that are awaited, each of which was noted as often as it is looked up: behind
  /// those that are kept here, which are all there by now.
  private func makeRoom() {
    for rank in awaitedCounts.indices {
      let rows = awaited.base + rank * mostRows
      var count = 0
      for number in 0..<awaitedCounts[rank] {
        let row = rows[number]
        guard tables[Int(row.table)].addGuest(Int(row.id)) else { continue }
        rows[count] = row
        count += 1
      }
      awaitedCounts[rank] = count
    }
  }

  private func pack() {
    var (floats, awaitedFloats) = (0, 0)
    for rank in givenCounts.indices {
      let (start, awaitedStart) = (floats, awaitedFloats)
      for number in 0..<givenCounts[rank] {
        let row = given.base[rank * mostRows + number]
        let table = tables[Int(row.table)]
        guard let from = table.row(of: Int(row.id)) else {
          preconditionFailure("row \(row.id) of its owner")
        }
        (outbox.base + floats).update(from: from, count: table.width)
        floats += table.width
      }
      for number in 0..<awaitedCounts[rank] {
        awaitedFloats += tables[Int(awaited.base[rank * mostRows + number].table)].width
      }
      (outParts[rank], inParts[rank]) = (
        4 * start..<4 * floats, 4 * awaitedStart..<4 * awaitedFloats
      )
    }
  }

  private func unpack() {
    var floats = 0
    for rank in awaitedCounts.indices {
      for number in 0..<awaitedCounts[rank] {
        let row = awaited.base[rank * mostRows + number]
        let table = tables[Int(row.table)]
        table.setGuest(Int(row.id), to: inbox.base + floats)
        floats += table.width
      }
    }
  }
}
