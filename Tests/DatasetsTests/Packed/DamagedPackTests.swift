import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Damaged packed folders") struct DamagedPackTests {
  /// What a program does before it trains.
  private func open(_ folder: String) throws {
    let packed = try PackedFolder(path: folder)
    try packed.verifyIfTouched(threads: 1) { _, _ in }
    _ = try packed.dataset()
  }

  /// Runs `body` with a packed folder and its files; puts back what it damages.
  private func damaging(
    _ fixture: PackedFixture, rows: Int = 300,
    _ body: (_ folder: String, _ files: [String: [UInt8]]) throws -> Void
  ) throws {
    try withFolder { folder in
      try fixture.load(rows: rows).pack(to: folder)
      try open(folder)
      try body(folder, try packedFiles(folder))
    }
  }

  /// Expects an error that names a file once its bytes are others.
  private func expectError(
    _ bytes: [UInt8], _ name: String, _ folder: String, _ note: String,
    block: Int? = nil
  ) throws {
    let path = "\(folder)/\(name)"
    let before = try Data(contentsOf: URL(fileURLWithPath: path))
    defer { try? before.write(to: URL(fileURLWithPath: path)) }
    try write(bytes, path)
    do {
      try open(folder)
      Issue.record("\(note): nothing was found")
    } catch let error as PackError {
      #expect(error.description.contains(name), "\(note): \(error)")
      if let block { #expect(error.description.contains("block \(block) is"), "\(note): \(error)") }
    }
  }

  @Test("every byte of the description flipped is an error that names it") func header() throws {
    try damaging(PackedFixture.all[1], rows: 60) { folder, files in
      let name = PackHeader.fileName
      let bytes = try #require(files[name])
      for at in bytes.indices {
        var other = bytes
        other[at] ^= UInt8(1 << (at % 8))
        try expectError(other, name, folder, "byte \(at) of \(name)")
      }
    }
  }

  @Test("every byte of the checksums flipped is an error that names them") func index() throws {
    try damaging(PackedFixture.all[1], rows: 60) { folder, files in
      let name = try #require(files.keys.first { $0.hasSuffix(PackHeader.indexName) })
      let bytes = try #require(files[name])
      for at in bytes.indices {
        var other = bytes
        other[at] ^= UInt8(1 << (at % 8))
        try expectError(other, name, folder, "byte \(at) of \(name)")
      }
    }
  }

  @Test("the description and the checksums cut before any byte are an error that names them")
  func cutAnywhere() throws {
    try damaging(PackedFixture.all[1], rows: 60) { folder, files in
      let index = try #require(files.keys.first { $0.hasSuffix(PackHeader.indexName) })
      for name in [PackHeader.fileName, index] {
        let bytes = try #require(files[name])
        for count in bytes.indices {
          try expectError(
            Array(bytes[..<count]), name, folder, "\(name) of \(bytes.count) bytes cut at \(count)")
        }
      }
    }
  }

  @Test("every file cut at 0, 1, half or before its last byte is an error that names it")
  func cut() throws {
    try damaging(PackedFixture.all[1]) { folder, files in
      for (name, bytes) in files where !bytes.isEmpty {
        for count in Set([0, 1, bytes.count / 2, bytes.count - 1]) where count < bytes.count {
          try expectError(
            Array(bytes[..<count]), name, folder, "\(name) of \(bytes.count) bytes cut at \(count)")
        }
        try expectError(bytes + [0], name, folder, "\(name) and a byte more")
      }
    }
  }

  @Test("a missing file is an error that names it") func missing() throws {
    try damaging(PackedFixture.all[1]) { folder, files in
      for (name, bytes) in files where name != PackHeader.fileName {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        let error = #expect(throws: PackError.self) { try open(folder) }
        #expect(error?.description.contains(name) == true)
        try write(bytes, "\(folder)/\(name)")
      }
    }
  }

  @Test("1,000 random flips in checked blocks: the message names file and block") func flips()
    throws
  {
    let seed = UInt64.random(in: 0 ... .max)
    let random = RandomSource(seed: seed, .test)
    try damaging(PackedFixture.all[4], rows: 4000) { folder, files in
      let packed = try PackedFolder(path: folder)
      let rows = packed.header.files.filter { $0.bytes > 0 }
      for draw in 0..<1000 {
        let file = rows[Int(random.uniform(UInt64(draw * 3)) * Double(rows.count))]
        let at = Int(random.uniform(UInt64(draw * 3 + 1)) * Double(file.bytes))
        let name = "\(packed.header.rows)/\(file.name)"
        var bytes = try #require(files[name])
        bytes[at] ^= UInt8(1 << Int(random.uniform(UInt64(draw * 3 + 2)) * 8))
        try write(bytes, "\(folder)/\(name)")
        let block = at / (file.blockItems * file.itemBytes)
        do {
          try packed.verify(threads: 1)
          Issue.record("seed \(seed): byte \(at) of \(name) was not found")
        } catch let error as PackError {
          #expect(
            error
              == .torn(file: "\(folder)/\(name)", block: block, items: file.items(ofBlock: block)),
            "seed \(seed): byte \(at) of \(name)")
        }
        try write(try #require(files[name]), "\(folder)/\(name)")
      }
    }
  }

  @Test("a model that is used gets no damaged rows, names or lists: file and block are said")
  func used() throws {
    for (index, fixture) in PackedFixture.all.prefix(2).enumerated() {
      try damaging(fixture) { folder, files in
        let data = try fixture.load()
        let encoding = try #require(data.savedEncoding)
        var wants = RowStream.Wants()
        wants.split = .test
        let parts = [PackFacts.fileName, PackedFile.encoding, "test.ids.i32"]
        let own = [
          [PackedFile.nameStarts, PackedFile.nameBytes],
          [PackedFile.listStarts(0), PackedFile.listIds(0)],
        ][index]
        for part in parts + own {
          let name = try #require(files.keys.first { $0.hasSuffix("/\(part)") }, "\(part)")
          var bytes = try #require(files[name])
          bytes[min(7, bytes.count - 1)] ^= 0x7F
          try write(bytes, "\(folder)/\(name)")
          let error = #expect(throws: RowReadingError.self) {
            try PackedStream(encoding, in: folder, wants: wants, threads: 1)
          }
          #expect(
            error?.description.contains("\(name): block 0 is damaged") == true,
            "\(String(describing: error))")
          try write(try #require(files[name]), "\(folder)/\(name)")
        }
      }
    }
  }

  @Test("a block that is read is checked, the last short one too") func reading() throws {
    try damaging(PackedFixture.all[4], rows: 4000) { folder, files in
      let packed = try PackedFolder(path: folder)
      let rows = try #require(try packed.dataset().training.packed)
      let last = rows.blocks - 1
      #expect(rows.rows(ofBlock: last).count < 1024)
      let name = "\(packed.header.rows)/training.labels.f32"
      var bytes = try #require(files[name])
      bytes[bytes.count - 1] ^= 1
      // In place, as a disk would: the rows are open.
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(folder)/\(name)"))
      try handle.seek(toOffset: UInt64(bytes.count - 1))
      try handle.write(contentsOf: [bytes[bytes.count - 1]])
      try handle.close()
      let memory = rows.memory(rows: 1024)
      try rows.read(block: last - 1, into: memory, at: 0)
      #expect(
        throws: PackError.torn(
          file: "\(folder)/\(name)", block: last, items: rows.rows(ofBlock: last))
      ) { try rows.read(block: last, into: memory, at: 0) }
    }
  }

  @Test("a description that is sealed and wrong is an error") func forged() throws {
    try damaging(PackedFixture.all[0]) { folder, _ in
      let path = "\(folder)/\(PackHeader.fileName)"
      let header = try PackedFolder(path: folder).header
      func expectRefused(_ change: (inout PackHeader) -> Void) throws {
        var other = header
        change(&other)
        try write(try other.sealed(), path)
        #expect(throws: PackError.self) { try open(folder) }
      }
      try expectRefused { $0.format += 1 }
      try expectRefused { $0.rows = "../\($0.rows)" }
      try expectRefused { $0.counts[0] += 1 }
      try expectRefused { $0.counts[1] = -1 }
      try expectRefused { $0.counts[2] = .max }
      try expectRefused { $0.files[1].blockItems = .max }
      try expectRefused { $0.files[1].itemBytes = 0 }
      try expectRefused { $0.fields += 1 }
      try expectRefused { $0.files[0].items = .max }
      try expectRefused { $0.files.removeFirst() }
      try expectRefused { $0.files.append($0.files[0]) }
      try expectRefused { $0.files.swapAt(0, 1) }
      try write(try header.sealed(), path)
      try open(folder)
    }
  }

  @Test("files are checked once, and again when anybody touches one") func stamp() throws {
    try damaging(PackedFixture.all[0]) { folder, files in
      let packed = try PackedFolder(path: folder)
      var checked = 0
      try packed.verifyIfTouched(threads: 1) { _, _ in checked += 1 }
      #expect(checked == 0)
      let name = "\(packed.header.rows)/training.ids.i32"
      try write(try #require(files[name]), "\(folder)/\(name)")
      try packed.verifyIfTouched(threads: 1) { _, _ in checked += 1 }
      #expect(checked > 0)
      checked = 0
      try packed.verifyIfTouched(threads: 1) { _, _ in checked += 1 }
      #expect(checked == 0)
    }
  }
}
