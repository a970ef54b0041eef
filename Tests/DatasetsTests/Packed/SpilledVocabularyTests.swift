import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Vocabularies that do not fit in memory") struct SpilledVocabularyTests {
  @Test(
    "are those in memory, to the byte", arguments: [0, 4 << 10, .max], [1, 2])
  func equal(budget: Int, minimumCount: Int) throws {
    try withFolder { folder in
      let loader = try Self.loader(rows: 3000, minimumCount, in: folder)
      try expectEqual(loader, in: folder, budget: budget)
      let data = try PackedFolder(path: "\(folder)/stream").dataset()
      // The test is of something: many texts, unreadable ones and ties among them.
      #expect(data.features.fields[0].categories.count > (minimumCount == 1 ? 1000 : 100))
      #expect(data.notices.contains { $0.contains("not UTF-8") })
      #expect(data.encoding?.rawNames[0].isEmpty == false)
      #expect(data.inputs[0].missing > 0 && data.inputs[0].distinct >= data.inputs[0].kept)
    }
  }

  @Test("leave memory in runs, each of the chunks since the one before") func runs() throws {
    try withFolder { folder in
      let loader = try Self.loader(rows: 3000, 1, in: folder)
      let spool = try SpoolWriter(in: folder, budget: 4 << 10, mayLeave: { $0.name == "id" })
      let log = try loader.assembler(spool: spool) { _, _ in }.log
      let column = try #require(log.parts.spool?.spilled[0])
      #expect(log.parts.spool?.spilled.keys.sorted() == [0])
      #expect(column.runs.count > 10 && column.runs.map(\.end) == column.runs.map(\.end).sorted())
      let chunks = log.parts[0].chunks
      #expect(column.runs.last?.end == chunks.count)
      for chunk in chunks {
        let number = try #require(chunk.stored?.number)
        let run = column.run(ofChunk: number)
        #expect(number < column.runs[run].end && (run == 0 || number >= column.runs[run - 1].end))
        #expect(chunk.codes(of: 0).allSatisfy { (0..<column.runs[run].count).contains(Int($0)) })
      }
    }
  }

  @Test("ask for each run, column and some texts whether more is wanted, and stop where it is not")
  func ended() throws {
    try withFolder { folder in
      let loader = try Self.loader(rows: 3000, 1, in: folder)
      var (asked, isEnded) = (0, false)
      let writer = try SpoolWriter(
        in: folder, budget: 4 << 10, mayLeave: { $0.name == "id" },
        isEnded: {
          asked += 1
          return isEnded
        })
      let log = try loader.assembler(spool: writer) { _, _ in }.log
      let spool = try #require(log.parts.spool)
      let column = try #require(spool.spilled[0])
      func texts() throws -> SpilledTexts {
        asked = 0
        return try SpilledTexts(column, index: 0, log.parts, log.plan, in: folder, end: spool.end)
      }
      let sorted = try texts()
      #expect(asked == column.runs.count + log.parts[0].chunks.count)
      asked = 0
      var count = 0
      try sorted.forEach(askingEvery: 16) { _ in count += 1 }
      #expect(count > 500 && asked >= count / 16 && asked <= 3000 / 16 + 1, "\(asked), \(count)")
      isEnded = true
      #expect(throws: SystemRefusal.self) { try texts() }
      #expect(asked == 1)
      #expect(throws: SystemRefusal.self) {
        try sorted.forEach { _ in Issue.record("a text after the end") }
      }
      try spool.check()
      #expect(log.parts[0].chunks[0].codes(of: 1).allSatisfy { $0 == 0 })
      #expect(throws: SystemRefusal.self) { try spool.check() }
    }
  }

  @Test("only of columns that are categories, hashes or groups and nothing else") func mayLeave()
    throws
  {
    let schema = try DatasetSchema(
      yaml: """
        name: n
        files: {all: t.csv}
        columns: {a: {type: categorical}, b: {type: categorical, hash: 5}, c: {type: categorical, separator: "|"}, e: {type: categorical}, f: {type: categorical}}
        tasks: {click: {column: d, equals: "1"}}
        split: {column: e, validation: v, test: t}
        """, path: "s.yaml"
    ).grouped(by: "f")
    let leaving = ["a", "b", "c", "d", "e", "f"].filter {
      schema.mayLeaveMemory(UsedColumns.TextColumn(name: $0))
    }
    // Not a list, a split, or what a label is made from.
    #expect(leaving == ["a", "b", "f"])
  }

  @Test(
    "merge by what can be read, then by bytes, with all codes of a text, however few are read at once",
    arguments: [1, 13, 14, 1 << 16])
  func merge(atOnce: Int) throws {
    try withFolder { folder in
      let file = ScratchFile(try SystemFile(scratchIn: folder))
      func run(_ texts: [[UInt8]], _ counts: [Int32], at start: Int) throws -> SortedTexts {
        var dictionary = ByteInterner()
        for text in texts { _ = text.withUnsafeBufferPointer { dictionary.id(of: $0) } }
        return try SortedTexts(
          RunTexts(dictionary), counts: counts, to: file, at: start, atOnce: atOnce)
      }
      let first = try run([[0x62], [0xFF], [0x61], [0x61, 0]], [1, 2, 4, 8], at: 0)
      let second = try run([[0xFE], [0x62]], [16, 32], at: first.bytes)
      var merge = try TextMerge([first, second], atOnce: atOnce)
      var found: [String] = []
      while let text = try merge.next() {
        found.append(
          "\(Array(text.bytes)) \(text.count) \(text.codes.map { "\($0.run).\($0.code)" })")
      }
      #expect(
        found == [
          "[97] 4 [\"0.2\"]", "[97, 0] 8 [\"0.3\"]", "[98] 33 [\"0.0\", \"1.1\"]",
          "[254] 16 [\"1.0\"]", "[255] 2 [\"0.1\"]",
        ])
    }
  }

  /// Texts that begin alike for up to twenty bytes, with zeros, halves of letters and nothing at their ends.
  @Test("merge as all texts sorted at once would lie", arguments: 1...20)
  func mergeOfMany(seed: UInt64) throws {
    let random = RandomSource(seed: seed, .test)
    var drawn: UInt64 = 0
    func draw(_ below: Int) -> Int {
      drawn += 1
      return Int(random.uniform(drawn) * Double(below))
    }
    let letters: [UInt8] = [0, 0x61, 0x61, 0x62, 0xC3, 0xA9, 0xFF]
    func text() -> [UInt8] {
      [UInt8](repeating: 0x61, count: [0, 7, 8, 14, 15, 16][draw(6)])
        + (0..<draw(5)).map { _ in letters[draw(letters.count)] }
    }
    try withFolder { folder in
      let file = ScratchFile(try SystemFile(scratchIn: folder))
      var (runs, end, counts) = ([SortedTexts](), 0, [[UInt8]: Int]())
      for run in 0..<4 {
        var dictionary = ByteInterner()
        for _ in 0..<60 { _ = text().withUnsafeBufferPointer { dictionary.id(of: $0) } }
        let own = (0..<dictionary.count).map { _ in Int32(draw(3)) }
        for (code, count) in own.enumerated() {
          counts[dictionary.withBytes(code) { Array($0) }, default: 0] += Int(count)
        }
        runs.append(
          try SortedTexts(
            RunTexts(dictionary), counts: own, to: file, at: end, atOnce: 1 << (4 * run)))
        end += runs[run].bytes
      }
      func reads(_ text: [UInt8]) -> [UInt8] { Array(String(decoding: text, as: UTF8.self).utf8) }
      let expected = counts.keys.sorted { left, right in
        reads(left) == reads(right)
          ? left.lexicographicallyPrecedes(right)
          : reads(left).lexicographicallyPrecedes(reads(right))
      }
      var merge = try TextMerge(runs, atOnce: 50)
      var found: [[UInt8]] = []
      while let text = try merge.next() {
        found.append(Array(text.bytes))
        #expect(text.count == counts[Array(text.bytes)], "seed \(seed)")
      }
      #expect(found == expected, "seed \(seed)")
    }
  }

  @Test("names are written alike however few at once") func names() throws {
    try withFolder { folder in
      let loader = try Self.loader(rows: 500, 1, in: folder)
      let packed = "\(folder)/packed"
      try PackStream(loader, with: PackWriter(to: packed, threads: 1), budget: 0)
        .write(from: .test)
      let features = try PackedFolder(path: packed).dataset().features
      #expect(features.fields.contains { $0.categories.table != nil })
      func written(atOnce: Int) throws -> [[UInt8]] {
        let writer = PackWriter(to: "\(folder)/\(atOnce)", threads: 1)
        _ = try writer.prepare()
        var stage = try writer.stage()
        try NameFiles.write(features, in: &stage, atOnce: atOnce)
        var files: [[UInt8]] = []
        for file in stage.files {
          files.append(Array(try Data(contentsOf: URL(fileURLWithPath: stage.path(of: file)))))
        }
        return files
      }
      let whole = try written(atOnce: 1 << 20)
      #expect(whole.count == 2 && whole.allSatisfy { $0.count > 1000 })
      for atOnce in [1, 2, 7, 200] { #expect(try written(atOnce: atOnce) == whole, "\(atOnce)") }
    }
  }

  @Test("numbers are counted alike however few are sorted at once", arguments: 1...20)
  func countedNumbers(seed: UInt64) {
    let random = RandomSource(seed: seed, .test)
    let numbers = (0..<200).map { row -> Double in
      let drawn = random.index(below: 9, UInt64(row), 1)
      return drawn == 0 ? .nan : drawn == 1 ? -0.0 : drawn == 2 ? 0 : Double(drawn - 5)
    }
    func counted(atOnce: Int) -> [String] {
      var found = CountedNumbers(atOnce: atOnce)
      for number in numbers { found.add(number) }
      return found.all.map { "\($0.value) \($0.count)" }
    }
    let whole = counted(atOnce: 1000)
    #expect(whole.count == 7)
    for atOnce in [1, 2, 7, 199, 200] { #expect(counted(atOnce: atOnce) == whole, "seed \(seed)") }
  }

  /// Ids of which most are rare, some missing, and some no UTF-8.
  static func loader(
    rows: Int, _ minimumCount: Int, in folder: String
  ) throws -> DatasetLoader {
    let random = RandomSource(seed: 7, .test)
    var bytes = Array("id,other,click,part\n".utf8)
    for row in 0..<rows {
      func draw(_ which: Int) -> Double { random.uniform(UInt64(row * 4 + which)) }
      let id = Int(draw(0) * draw(1) * 6000)
      switch id % 50 {
      case 0: bytes += []
      case 1: bytes += [0x61, 0xFE + UInt8(id / 50 % 2), UInt8(0x61 + id / 100 % 20)]
      case 2: bytes += Array("\u{FFFD}\(id)".utf8)
      case 3: bytes += Array("é\(id)".utf8)
      default: bytes += Array("i\(id)".utf8)
      }
      let part = ["x", "x", "x", "v", "t"][row % 5]
      bytes += Array(",o\(Int(draw(2) * 400)),\(row % 3 == 0 ? 1 : 0),\(part)\n".utf8)
    }
    try write(bytes, "\(folder)/t.csv")
    let yaml = """
      name: spilled
      files: {all: t.csv}
      columns:
        id: {type: categorical, minimumCount: \(minimumCount)}
        other: {type: categorical}
      tasks: {click: {column: click}}
      split: {column: part, validation: v, test: t}
      """
    var loader = DatasetLoader(
      try DatasetSchema(yaml: yaml, path: "s.yaml"), from: .folder(folder), threads: 2)
    loader.partBytes = 300
    return loader
  }
}
