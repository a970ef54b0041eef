import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Room on the disk for packing") struct PackRoomTests {
  @Test("is what all rows take, less what is written, as far as those that were read tell")
  func needed() throws {
    try withFolder { folder in
      let path = "\(folder)/t.csv"
      try write(Array(PackedFixture.csv(rows: 100).utf8), path)
      func needed(share: Double, of path: String) throws -> Int? {
        let spool = try SpoolWriter(
          in: folder, of: [PackSource(path: "\(folder)/t.csv")], room: { _ in 7 })
        do throws(ReaderError) {
          try spool.checkRoom(share: share, of: path, rowBytes: 11, rows: 1000)
          return nil
        } catch .file(.noRoom(_, let needed, let free)) {
          #expect(free == 7)
          return needed
        }
      }
      #expect(try needed(share: 0.25, of: path) == 44_000)
      #expect(try needed(share: 1, of: path) == 11_000)
      // As good as nothing is read, and a file that is none of these.
      #expect(try needed(share: 0.0001, of: path) == nil)
      #expect(try needed(share: 0.5, of: "elsewhere") == nil)
    }
  }

  @Test("is asked for before the files are read, wherever they are", arguments: [false, true])
  func refused(isRelative: Bool) throws {
    try withFolder { absolute in
      let folder = isRelative ? Self.relative(absolute) : absolute
      let loader = try PackedFixture.all[0].loader(
        rows: 2000, in: folder, partBytes: 2000, threads: 2)
      let sources = try #require(try loader.schema.sources(in: folder))
      let out = "\(folder)/out"
      var share = 0.0
      let writer = PackWriter(
        to: out, threads: 1, progress: { done, _ in share = max(share, done) })
      var stream = PackStream(loader, with: writer)
      stream.room = { _ in 1000 }
      let error = #expect(throws: PackError.self) {
        try stream.write(from: PackWriter.Origin(program: "0", schema: "s", sources: sources))
      }
      guard case .reading(.file(.noRoom(_, let needed, _))) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(needed > 20_000 && needed < 2000 * 200, "\(needed)")
      #expect(share < 0.3 && !FileManager.default.fileExists(atPath: out), "\(share)")
    }
  }

  @Test("of a row is what its files take", arguments: PackedFixture.all)
  func rowBytes(fixture: PackedFixture) throws {
    try withFolder { folder in
      let loader = try fixture.loader(rows: 3000, in: folder, partBytes: 20_000, threads: 2)
      try PackStream(loader, with: PackWriter(to: "\(folder)/out", threads: 1)).write(from: .test)
      let header = try PackedFolder(path: "\(folder)/out").header
      let rows = RowSplit.allCases.reduce(0) { sum, split in
        sum
          + RowColumn.allCases.reduce(0) { $0 + (header[$1.fileName(of: split)]?.bytes ?? 0) }
      }
      let told = header.counts.reduce(0, +) * loader.schema.packedRowBytes
      if loader.schema.weight == nil {
        #expect(told == rows)
      } else {
        // Rows that do not train have no sample space then.
        let others = header.counts[1] + header.counts[2]
        #expect(told == rows + 4 * header.tasks * others)
      }
    }
  }

  @Test("is told within a tenth by the first rows that are parsed") func generated() throws {
    try withFolder { folder in
      let out = "\(folder)/out"
      let loader = try PackedFixture.all[0].loader(
        rows: 40_000, in: folder, partBytes: 20_000, threads: 1)
      let sources = try #require(try loader.schema.sources(in: folder))
      // The first question for room says what is needed; the second packing has the room.
      var stream = PackStream(loader, with: PackWriter(to: out, threads: 1))
      stream.room = { _ in 0 }
      let origin = PackWriter.Origin(program: "0", schema: "s", sources: sources)
      let error = #expect(throws: PackError.self) { try stream.write(from: origin) }
      guard case .reading(.file(.noRoom(_, let needed, _))) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      let spool = try SpoolWriter(in: folder)
      _ = try loader.assembler(spool: spool) { _, _ in }
      stream.room = { _ in .max }
      try stream.write(from: origin)
      let files = try packedFiles(out).values.reduce(0) { $0 + $1.count }
      let taken = files + spool.bytes
      #expect(needed >= taken * 9 / 10 && needed <= taken * 11 / 10, "\(needed), \(taken)")
    }
  }

  /// A path from the current folder.
  private static func relative(_ path: String) -> String {
    let here = FileManager.default.currentDirectoryPath.split(separator: "/")
    return here.map { _ in "../" }.joined() + path.drop { $0 == "/" }
  }

  @Test("is asked for with what merging texts takes that have left memory") func merging() throws {
    try withFolder { folder in
      var column = SpilledColumn(ScratchFile(try SystemFile(scratchIn: folder)))
      #expect(column.mergedBytes == 0)
      var at = 0
      for texts in [["a", "bcd"], ["ef"]] {
        var dictionary = ByteInterner()
        for text in texts { _ = Array(text.utf8).withUnsafeBufferPointer { dictionary.id(of: $0) } }
        at += try column.add(dictionary, end: 1, at: at)
      }
      #expect(column.mergedBytes == 3 * (12 + 4 + 8) + 2 * 6)
      // A spool of rows without bytes needs that alone.
      let path = "\(folder)/t.csv"
      let loader = try PackedFixture.all[0].loader(
        rows: 500, in: folder, partBytes: 500, threads: 1)
      var isFull = false
      let spool = try SpoolWriter(
        in: folder, of: [PackSource(path: path)], budget: 0,
        mayLeave: loader.schema.mayLeaveMemory, room: { _ in isFull ? 7 : nil })
      let log = try loader.assembler(spool: spool) { _, _ in }.log
      let spilled = try #require(log.parts.spool).spilled.values
      #expect(!spilled.isEmpty && spilled.allSatisfy { $0.mergedBytes > 0 })
      // All rows are written: what is needed is their packed form, and merging.
      isFull = true
      let error = #expect(throws: ReaderError.self) {
        try spool.checkRoom(share: 1, of: path, rowBytes: 11, rows: spool.rows)
      }
      guard case .file(.noRoom(_, let needed, _)) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(needed == 11 * 500 + spilled.reduce(0) { $0 + $1.mergedBytes })
    }
  }

  @Test("is told from what is parsed, not from what is read ahead", arguments: [1, 4])
  func parsedShare(threads: Int) throws {
    let row = "abc,1\n"
    let text = "id,y\n" + String(repeating: row, count: 10_000)
    let schema = try DatasetSchema(
      yaml: """
        name: n
        files: {all: t.csv}
        columns: {id: {type: categorical}}
        tasks: {y: {column: y}}
        split: {ratio: {validation: 0.1, test: 0.1, seed: 3}}
        """, path: "s.yaml")
    let reader = try TableReader(
      path: "t.csv", source: MemorySource(Data(text.utf8)), format: schema.format, partBytes: 1000)
    var cursor = try reader.begin(UsedColumns(schema))
    let pool = WorkerPool(threads: threads)
    var (rows, calls) = (0, 0)
    while let chunks = try reader.next(&cursor, pool: pool) {
      rows += chunks.reduce(0) { $0 + $1.rows }
      calls += 1
      let parsed = Double(5 + row.utf8.count * rows)
      let told = cursor.share * Double(text.utf8.count)
      // The first bytes are looked at before; the end of a block that is cut stays for the next one.
      let most = max(parsed, Double(PeekedSource.headBytes)) + 1000
      #expect(told >= parsed - 0.5 && told < most, "\(rows) rows: \(told), \(parsed)")
    }
    #expect(rows == 10_000 && calls > 3 && cursor.share == 1)
  }
}
