import ArgumentParser

/// Where the rows of embedding tables lie when several ranks train together.
struct TableRowsOptions: ParsableArguments {
  @Option(
    help: """
      Where the rows of embedding tables above 256 MiB lie when several ranks train: everywhere, or owned, \
      each row and its moments on one rank; rank 0 gathers them to save, and at the end. The results are \
      the same to the bit.
      """)
  var tableRows = TableRows.everywhere
  @Option(
    help: """
      With --table-rows owned: how many of the first ids of each table, which are met most often, every rank \
      keeps.
      """)
  var tableHead = 0

  /// Where rows of large tables lie.
  enum TableRows: String, CaseIterable, ExpressibleByArgument {
    /// Every rank keeps all.
    case everywhere
    /// One rank each.
    case owned
  }

  func validate() throws {
    guard tableHead >= 0 else {
      throw ValidationError("--table-head is a number of ids, found \(tableHead).")
    }
    guard tableHead == 0 || tableRows == .owned else {
      throw ValidationError("--table-head \(tableHead) goes with --table-rows owned alone.")
    }
  }

  /// The ids of which every rank keeps the rows where ranks keep the others by parts; nil: all keep all.
  var ownedHead: Int? { tableRows == .owned ? tableHead : nil }

  /// Refuses what one process alone is asked.
  func check(_ launched: Bool) throws(Failure) {
    guard tableRows == .owned, !launched else { return }
    throw Failure(
      message: """
        --table-rows owned: nobody has started this process together with others.
          expected: mpirun or srun, whose ranks keep the rows of very large tables by parts
          fix:      start it by one of them, or leave --table-rows out
        """)
  }
}
