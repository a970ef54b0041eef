import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("A log of any length") struct HugeLogTests {
  private static let log = SyntheticLog(preset: .huge, seed: 5, rows: 2_000)
  private static let bytes = log.csv()
  private static let read = ReadLog(bytes)

  /// Runs with the path of a folder that is not there yet, removed afterwards.
  private func withPath(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "huge-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test(
    "the same bytes on any number of threads and in blocks of any size", arguments: [1, 2, 3, 5])
  func threads(count: Int) throws {
    // 200 requests: 29 blocks, the last of four requests, in sets of two to ten.
    let writer = SyntheticLogWriter(
      log: Self.log, pool: WorkerPool(threads: count), blockRequests: 7)
    try withPath { path in
      var heard: [Int] = []
      try Self.log.write(to: path, overwrite: false, by: writer) {
        heard.append($0)
        return true
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path + "/log.csv")) == Data(Self.bytes))
      let truth = try Data(contentsOf: URL(fileURLWithPath: path + "/truth.json"))
      #expect(String(decoding: truth, as: UTF8.self) == Self.log.truthJSON())
      #expect(heard.first == 0 && heard.last == 2_000 && heard == heard.sorted())
      #expect(heard.count > 200 / (7 * 2 * count))
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).count == 3)
    }
  }

  @Test("a log that is kept in its truth is written in blocks, too") func kept() throws {
    let log = SyntheticLog(preset: .tiny, seed: 5)
    let writer = SyntheticLogWriter(log: log, pool: WorkerPool(threads: 3), blockRequests: 9)
    try withPath { path in
      try log.write(to: path, overwrite: false, by: writer) { _ in true }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path + "/log.csv")) == Data(log.csv()))
      let truth = try Data(contentsOf: URL(fileURLWithPath: path + "/truth.json"))
      #expect(String(decoding: truth, as: UTF8.self) == log.truthJSON())
    }
  }

  @Test("ended at any time it leaves nothing, not even the folders that it made", arguments: 0..<4)
  func ended(after turns: Int) throws {
    let writer = SyntheticLogWriter(
      log: Self.log, pool: WorkerPool(threads: 2), blockRequests: 17)
    try withPath { path in
      var turn = 0
      #expect(throws: WritingError.ended(path: path + "/a/b")) {
        try Self.log.write(to: path + "/a/b", overwrite: false, by: writer) { rows in
          turn += 1
          return turn <= turns && rows < 2_000
        }
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  @Test("40 columns, of which each says what its name says") func columns() throws {
    #expect(Self.read.header.count == 40 && Set(Self.read.header).count == 40)
    #expect(Self.read.rows.count == 2_000 && Self.read.rows.allSatisfy { $0.count == 40 })
    #expect(Set(WideColumns.withoutInfluence).isSubset(of: Self.read.header))
    // Ten rows a request have one session; items have the same facts wherever they stand.
    let sessions = try Self.read.column("session")
    #expect(Set(sessions).count == 200 && sessions.allSatisfy { $0.count == 16 })
    #expect((0..<200).allSatisfy { Set(sessions[$0 * 10..<$0 * 10 + 10]).count == 1 })
    for (key, fact) in [
      ("item", "brand"), ("item", "rating"), ("user", "city"), ("user", "tenure"),
    ] {
      let pairs = zip(try Self.read.column(key), try Self.read.column(fact))
      let byKey = Dictionary(grouping: pairs) { $0.0 }
      #expect(byKey.values.allSatisfy { Set($0.map(\.1)).count == 1 })
      #expect(Set(byKey.values.compactMap { $0.first?.1 }).count > 5)
    }
    #expect(
      try Self.read.column("slot").prefix(11).map { String($0) } == (1...10).map { "\($0)" } + ["1"]
    )
    #expect(Set(try Self.read.column("weekday")).count == 7)
  }

  @Test("its schema reads all columns") func schema() throws {
    let schema = try DatasetSchema(yaml: Self.log.schemaYAML(), path: "schema.yaml")
    let files = ["log.csv": Data(Self.bytes)]
    let dataset = try DatasetLoader(schema, from: .memory(files), threads: 1).load()
    #expect(dataset.features.fields.count == 21)
    #expect(Set(dataset.features.dense.map(\.column)).count == 10)
    #expect(dataset.training.count == 1_600 && dataset.test.count == 200)
    let truth = try #require(TruthFile(json: Data(Self.log.truthJSON().utf8)))
    #expect(truth.logChecksum?.hasPrefix("xxh64:") == true)
    let judged = dataset.judged(by: truth, of: Data(Self.bytes))
    #expect(judged.bounds.count == 5 && judged.boundNotice == nil)
    var other = Self.bytes
    other[other.count / 2] ^= 1
    #expect(dataset.judged(by: truth, of: Data(other)).boundNotice != nil)
  }

  @Test("the truth of counts lies within its own errors of that of kept rows") func truth() throws {
    let requests = Self.log.requests
    let (kept, binned) = (KeptFacts(of: requests), BinnedFacts(of: requests))
    for request in 0..<requests.count {
      for facts: any SyntheticFacts in [kept, binned] { facts.add(requests(request)) }
    }
    #expect(kept.rowCount == 2_000 && binned.rowCount == 2_000)
    #expect(kept.groupCounts == binned.groupCounts)
    #expect(kept.potentialPurchases == binned.potentialPurchases)
    #expect(abs(kept.meanSecondsClicked - binned.meanSecondsClicked) < 1e-9)
    #expect(abs(kept.meanWatchVariance - binned.meanWatchVariance) < 1e-8)
    for task in SyntheticTask.allCases where task != .watch {
      #expect(kept.positives(task) == binned.positives(task))
      for part in SyntheticPart.every {
        let (exact, counted) = (kept.bound(task, part), binned.bound(task, part))
        #expect(abs(exact.area - counted.area) <= counted.areaError, "\(task) \(part)")
        #expect(counted.areaError < 0.01)
      }
    }
    for clicked in [false, true] {
      let (exact, counted) = (
        kept.conversion(clicked: clicked), binned.conversion(clicked: clicked)
      )
      #expect(abs(exact.mean - counted.mean) < 1e-9)
      #expect(abs(exact.bound.area - counted.bound.area) <= counted.bound.areaError)
    }
  }

  @Test("a disk without room is found out before anything is written") func room() throws {
    try withPath { path in
      func check(_ bytes: Int) throws {
        let files = try StagedFiles(["log.csv"], in: path, replacing: .all)
        try files.checkRoom(for: bytes)
      }
      #expect {
        try check(1 << 60)
      } throws: { error in
        guard case .noRoom(path, 1 << 60, let free) = error as? WritingError else { return false }
        return free > 0 && free < 1 << 60
      }
      #expect(!FileManager.default.fileExists(atPath: path))
      try check(1)
    }
    let share = Double(Self.log.expectedBytes - (1 << 16)) / Double(Self.bytes.count)
    #expect(share > 1 && share < 1.03)
  }

  @Test("as many rows as are asked for, of a huge log only") func rows() {
    #expect(SyntheticLog.accepts(rows: 20_000_000, of: .huge))
    #expect(SyntheticLog.accepts(rows: 10, of: .huge))
    for rows in [0, -10, 5, 25, 1_000_000_010] {
      #expect(!SyntheticLog.accepts(rows: rows, of: .huge))
    }
    #expect(!SyntheticLog.accepts(rows: 2_000, of: .tiny))
    #expect(SyntheticPreset.huge.impressions == 200_000_000)
    #expect(SyntheticPreset.base.impressions == 2_000_000)
    #expect(SyntheticLog(preset: .huge, seed: 1, rows: 10).csv().split(separator: 10).count == 11)
  }
}
