import Graph
import Tensors

/// Some of the rows of a table that a batch touches, moved by one thread.
struct TablePiece {
  /// Which of the tables of an update.
  var table: Int
  /// Whose step counts are the table's, by ``ParameterStore/segment(of:)``.
  var segment: Int
  /// Which of the groups of the batch's rows, by id.
  var groups: Range<Int>

  /// Groups in a piece at most: enough rows to be worth taking.
  static let most = 64
}

/// The tables of an update that are moved in pieces, once the rows of the batch are grouped.
///
/// A table is one unit of work else, the longest of a step: a few tables keep as many threads busy and no
/// more. Every row is moved as it is in one piece, so that the bits are the same.
struct TablePieces {
  /// Which tables, with their segments.
  private let cut: [(table: Int, segment: Int)]
  private let pieces: Storage<Int32>
  /// How many pieces the newest batch has.
  private(set) var count = 0

  /// Cuts the tables that may be, if there are too few of them to share them evenly among threads.
  ///
  /// Two threads are left as they are: another meeting of them costs more than it evens out.
  init(_ tables: [(table: Int, segment: Int)], of all: [TableUpdate], threads: Int) {
    let isCut = threads > 2 && tables.count < 4 * threads
    cut = isCut ? tables.filter { all[$0.table].mayBeCut } : []
    let most = cut.reduce(0) {
      $0 + (all[$1.table].mostRows + TablePiece.most - 1) / TablePiece.most
    }
    pieces = Storage(count: 2 * most, filling: 0)
  }

  /// Whether no table is cut.
  var isEmpty: Bool { cut.isEmpty }

  /// Whether a table is moved in pieces.
  func contains(_ table: Int) -> Bool { cut.contains { $0.table == table } }

  /// Cuts the groups of the newest batch.
  mutating func prepare(_ tables: [TableUpdate]) {
    count = 0
    for index in cut.indices {
      for first in stride(from: 0, to: tables[cut[index].table].touchedRows, by: TablePiece.most) {
        pieces.base[2 * count] = Int32(index)
        pieces.base[2 * count + 1] = Int32(first)
        count += 1
      }
    }
  }

  /// A piece of the newest batch.
  func piece(_ number: Int, of tables: [TableUpdate]) -> TablePiece {
    let (table, segment) = cut[Int(pieces.base[2 * number])]
    let first = Int(pieces.base[2 * number + 1])
    let end = min(first + TablePiece.most, tables[table].touchedRows)
    return TablePiece(table: table, segment: segment, groups: first..<end)
  }
}
