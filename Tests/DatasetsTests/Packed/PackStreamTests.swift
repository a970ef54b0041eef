import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Packing in a stream") struct PackStreamTests {
  @Test("gives the files of packing through memory", arguments: PackedFixture.all)
  func equalFiles(fixture: PackedFixture) throws {
    for (rows, bytes, threads) in [(250, 64, 1), (3000, 20_000, 2)] {
      for budget in [Int.max, 0] {
        try withFolder { folder in
          let loader = try fixture.loader(
            rows: rows, in: folder, partBytes: bytes, threads: threads)
          try expectEqual(loader, in: folder, budget: budget)
        }
      }
    }
  }

  @Test("gives the same files where rows leave memory and are read back in pieces")
  func leavingMemory() throws {
    for fixture in PackedFixture.all {
      for (rows, readBackBytes) in [(300, 1), (5000, 1), (5000, 20_000)] {
        try withFolder { folder in
          let loader = try fixture.loader(
            rows: rows, in: folder, partBytes: 20_000, threads: 2)
          try expectEqual(loader, in: folder, mostInMemory: 0, readBackBytes: readBackBytes)
        }
      }
    }
  }

  @Test("gives the files of packing through memory, whatever the split", arguments: Self.splits)
  func bySplit(split: String) throws {
    try withFolder { folder in
      let fixture = PackedFixture(
        description: "split",
        columns: "user: {type: categorical, minimumCount: 2}, price: {type: numeric}",
        rest: "split: \(split)")
      try expectEqual(
        try fixture.loader(rows: 700, in: folder, partBytes: 500, threads: 2), in: folder)
    }
  }

  private static let splits = [
    "{column: part, validation: v, test: t}", "{ratio: {validation: 0.1, test: 0.4, seed: 9}}",
    "{time: {column: price, validationFrom: 20, testFrom: 30}}",
  ]

  @Test("says in words what cannot be packed so")
  func obstacles() throws {
    func obstacle(_ rest: String) throws -> String? {
      let fixture = PackedFixture(
        description: "d", columns: "user: {type: categorical}, tags: {type: categorical}",
        rest: rest)
      return PackStream.obstacle(to: try DatasetSchema(yaml: fixture.yaml, path: "s.yaml"))
    }
    #expect(try obstacle("split: {ratio: {validation: 0.1, test: 0.1, seed: 3}}") == nil)
    let byUser = try obstacle(
      "interactions: {user: user, item: tags}\nsplit: {ratioByUser: {validation: 0.1, test: 0.1, seed: 3}}"
    )
    #expect(byUser?.contains("by user") == true, "\(byUser ?? "nil")")
  }

  @Test("leaves nothing behind that was ended, and what was packed before as it was")
  func ended() throws {
    try withFolder { folder in
      let loader = try PackedFixture.all[0].loader(
        rows: 600, in: folder, partBytes: 300, threads: 1)
      let out = "\(folder)/out"
      // Each time some steps later, until it is not ended any more.
      var limit = 0
      while let error = refusal(loader, out, endedAfter: limit) {
        #expect(!FileManager.default.fileExists(atPath: out), "\(limit): \(error)")
        #expect(isEnd(error), "\(limit): \(error)")
        limit += max(5, limit / 6)
      }
      #expect(limit > 40)
      let before = try packedFiles(out)
      #expect(refusal(loader, out, endedAfter: 0) != nil)
      #expect(try packedFiles(out) == before)
      let names = try FileManager.default.contentsOfDirectory(atPath: out).sorted()
      #expect(names.count == 3 && names[0] == ".lock", "\(names)")
    }
  }

  @Test("asks in each phase whether to end, once a column and chunk at least") func questions()
    throws
  {
    try withFolder { folder in
      let loader = try PackedFixture.all[0].loader(
        rows: 600, in: folder, partBytes: 300, threads: 1)
      let spool = try SpoolWriter(in: folder)
      let chunks = try loader.assembler(spool: spool) { _, _ in }.log.parts[0].chunks.count
      var phase = "reading"
      var asked: [String: Int] = [:]
      let writer = PackWriter(
        to: "\(folder)/out", threads: 1,
        progress: { _, what in
          if what == "making vocabularies and moments" || what == "packing rows" { phase = what }
        },
        isEnded: {
          asked[phase, default: 0] += 1
          return false
        })
      try PackStream(loader, with: writer).write(from: .test)
      #expect(chunks > 20)
      // One as it is parsed, one for its text column.
      #expect(asked["reading", default: 0] >= 2 * chunks, "\(asked), \(chunks)")
      #expect(
        asked["making vocabularies and moments", default: 0] >= chunks, "\(asked), \(chunks)")
      #expect(asked["packing rows", default: 0] >= chunks, "\(asked), \(chunks)")
    }
  }

  /// Packs until `limit` questions whether to end were answered with no.
  private func refusal(
    _ loader: DatasetLoader, _ folder: String, endedAfter limit: Int
  ) -> PackError? {
    var asked = 0
    let writer = PackWriter(
      to: folder, threads: 1,
      isEnded: {
        asked += 1
        return asked > limit
      })
    do throws(PackError) {
      try PackStream(loader, with: writer).write(from: .test)
      return nil
    } catch {
      return error
    }
  }

  private func isEnd(_ error: PackError) -> Bool {
    switch error {
    case .writing(.ended), .reading(.file(.ended)): true
    default: false
    }
  }

  @Test(
    "refuses wrong rows with their line, and leaves nothing behind",
    arguments: [("u1,x,,1,t,1", 0), ("u1,3,,7,t,1", 0), ("u1,-3,,1,t,1", 3)])
  func wrongRows(row: String, fixture: Int) throws {
    try withFolder { folder in
      let out = "\(folder)/out"
      let loader = try PackedFixture.all[fixture].loader(
        rows: 600, in: folder, partBytes: 300, threads: 2, adding: row + "\n")
      let streamed = refusal(loader, out, endedAfter: .max)
      let loaded = #expect(throws: ReaderError.self) { try loader.load() }
      #expect(!FileManager.default.fileExists(atPath: out))
      #expect(streamed?.description == loaded?.description)
      #expect(streamed?.description.contains(":602") == true, "\(streamed?.description ?? "")")
    }
  }

  @Test(
    "names the block that is not what was written, before it counts",
    arguments: [0, 1], [1, 8 << 20])
  func readBack(block: Int, readBackBytes: Int) throws {
    try withFolder { folder in
      let loader = try PackedFixture.all[0].loader(
        rows: 4000, in: folder, partBytes: 20_000, threads: 1)
      let out = "\(folder)/out"
      var isDamaged = false
      let writer = PackWriter(
        to: out, threads: 1,
        progress: { _, what in
          guard what == "packing rows", !isDamaged else { return }
          isDamaged = flip(at: block * 1024 * 4 + 5, of: "training.ids.i32", in: out)
        })
      let error = #expect(throws: PackError.self) {
        var stream = PackStream(loader, with: writer)
        stream.readBackBytes = readBackBytes
        try stream.write(from: .test)
      }
      #expect(isDamaged && !FileManager.default.fileExists(atPath: out))
      guard case .torn(let file, block, let items) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(file.hasSuffix("/training.ids.i32") && items.lowerBound == block * 1024)
    }
  }

  /// Changes a byte of a file that is being written; whether it has that byte already.
  private func flip(at offset: Int, of name: String, in folder: String) -> Bool {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for own in found where own.hasPrefix(StagingFolder.prefix) {
      guard let file = FileHandle(forUpdatingAtPath: "\(folder)/\(own)/\(name)") else { continue }
      do {
        try file.seek(toOffset: UInt64(offset))
        guard let byte = try file.read(upToCount: 1)?.first else { continue }
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: [byte ^ 1])
        return true
      } catch {
        continue
      }
    }
    return false
  }
}

/// Packs what a loader reads both ways, and compares every file.
func expectEqual(
  _ loader: DatasetLoader, in folder: String, budget: Int = .max, mostInMemory: Int = .max,
  readBackBytes: Int = 8 << 20
) throws {
  let (memory, stream) = ("\(folder)/memory", "\(folder)/stream")
  try PackWriter(to: memory, threads: 1).write(try loader.load(), from: .test)
  var packing = PackStream(loader, with: PackWriter(to: stream, threads: 2), budget: budget)
  (packing.mostInMemory, packing.readBackBytes) = (mostInMemory, readBackBytes)
  try packing.write(from: .test)
  let (expected, found) = (try namedFiles(memory), try namedFiles(stream))
  #expect(expected.keys.sorted() == found.keys.sorted())
  for (name, bytes) in expected { #expect(found[name] == bytes, "\(name)") }
  try PackedFolder(path: stream).verify(threads: 1)
  try PackedFolder(path: stream).checkContents(threads: 1)
}

/// The files of a packed folder by their names, the drawn name of their folder left out.
private func namedFiles(_ folder: String) throws -> [String: [UInt8]] {
  let rows = try PackedFolder(path: folder).header.rows
  var files: [String: [UInt8]] = [:]
  for (path, bytes) in try packedFiles(folder) where path != PackHeader.fileName {
    files[String(path.dropFirst(rows.count))] = bytes
  }
  var header = try PackedFolder(path: folder).header
  header.rows = ""
  files["header"] = try PackJSON.bytes(of: header, "header")
  return files
}
