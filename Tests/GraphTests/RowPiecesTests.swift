import Testing

@testable import Graph

/// How a batch is cut into pieces of rows.
@Suite struct RowPiecesTests {
  /// Every row is in one piece, in order, and a piece is in one lane and no larger than a block.
  @Test(arguments: [1, 15, 33, 128, 999, 1024, 8192], [1, 3, 8, 16])
  func everyRowOnce(_ rows: Int, _ threads: Int) {
    for blockRows in [32, 144] {
      let pieces = RowPieces(rows: rows, blockRows: blockRows, threads: threads)
      var next = 0
      for number in 0..<pieces.count {
        let (lane, own) = pieces.piece(number)
        #expect(own.lowerBound == next && own.count <= blockRows)
        let all = Lanes.range(of: lane, rows: rows, sections: 1)
        #expect(all.lowerBound <= own.lowerBound && own.upperBound <= all.upperBound)
        next = own.upperBound
      }
      #expect(next == rows)
    }
  }

  /// As many as the threads ask for, if they have rows enough, and at least one a block.
  @Test func howMany() {
    #expect(RowPieces(rows: 1024, blockRows: 144, threads: 4).count == 16)
    #expect(RowPieces(rows: 1024, blockRows: 144, threads: 16).count == 32)
    #expect(RowPieces(rows: 8192, blockRows: 144, threads: 16).count == 64)
    #expect(RowPieces(rows: 8192, blockRows: 64, threads: 3).count == 128)
  }

  /// By lanes on two threads, and where every thread has two lanes.
  @Test func usual() {
    #expect(Schedule.usual(rows: 1024, threads: 2) == .lanes)
    #expect(Schedule.usual(rows: 1024, threads: 4) == .lanes)
    #expect(Schedule.usual(rows: 1024, threads: 5) == .pieces)
    #expect(Schedule.usual(rows: 64, threads: 2) == .lanes)
    #expect(Schedule.usual(rows: 64, threads: 3) == .pieces)
  }
}
