import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Packed folders") struct PackedFolderTests {
  @Test("are the data set that was packed", arguments: PackedFixture.all)
  func areTheSame(fixture: PackedFixture) throws {
    try withFolder { folder in
      let data = try fixture.load()
      try data.pack(to: folder)
      let opened = try PackedFolder(path: folder)
      #expect(opened.counts == [data.training.count, data.validation.count, data.test.count])
      try opened.verify(threads: 1)
      try opened.checkContents(threads: 1)
      let packed = try opened.dataset()
      #expect(packed.contents == data.contents)
      #expect(packed.fingerprint == data.fingerprint)
      #expect(packed.countedFingerprint == data.fingerprint)
      #expect(packed.savedEncoding == data.savedEncoding)
      let written = (try packed.savedEncoding?.json(), try data.savedEncoding?.json())
      #expect(written.0 == written.1)
      #expect(packed.savedEncoding?.schema.yaml == fixture.yaml)
      #expect(packed.facts == data.facts)
      #expect(packed.inputs == data.inputs && packed.spellings == data.spellings)
      #expect(packed.joins == data.joins && packed.group == data.group)
      #expect(packed.training.groups?.array == data.training.groups?.array)
      #expect(packed.trainingLabelMean(task: 0) == data.trainingLabelMean(task: 0))
      #expect(packed.labelPairs == data.labelPairs)
      for row in [0, data.test.count - 1] {
        #expect(
          packed.inputs(ofRow: row, in: packed.test) == data.inputs(ofRow: row, in: data.test))
      }
    }
  }

  @Test("keep what is known only as long as the tasks are all there") func keptTasks() throws {
    try withFolder { folder in
      let data = try PackedFixture.all[4].load()
      try data.pack(to: folder)
      let some = try PackedFolder(path: folder).dataset().keeping(kinds: [.binary])
      let expected = data.keeping(kinds: [.binary])
      #expect(some.known == nil && some.fingerprint == expected.fingerprint)
      let rows = try #require(some.training.packed)
      #expect(rows.tasks == 1 && rows.count == expected.training.count)
      let memory = rows.memory(rows: rows.count + 2)
      try rows.read(block: 0, into: memory, at: 2)
      #expect(Array(memory.labels.array[2...]) == expected.training.labels.array)
      #expect(Array(memory.ids.array[(2 * rows.fields)...]) == expected.training.ids.array)
      let spaces = try #require(expected.training.spaces)
      #expect(memory.spaces.map { Array($0.array[2...]) } == spaces.array)
      // The other task alone.
      let watch = try #require(
        try PackedFolder(path: folder).dataset().keeping(kinds: [.regression]).training.packed)
      let own = watch.memory(rows: watch.count)
      try watch.read(block: 0, into: own, at: 0)
      #expect(own.labels.array == data.keeping(kinds: [.regression]).training.labels.array)
    }
  }

  @Test("give their rows block by block, any part of them") func blocks() throws {
    try withFolder { folder in
      let data = try PackedFixture.all[4].load(rows: 5000)
      try data.pack(to: folder)
      let rows = try #require(try PackedFolder(path: folder).dataset().training.packed)
      #expect(rows.count == data.training.count && rows.blocks == (rows.count + 1023) / 1024)
      #expect(rows.rowBytes == 4 * (rows.fields + rows.dense + 2 * rows.tasks))
      let memory = rows.memory(rows: rows.count)
      for block in (0..<rows.blocks).reversed() {
        try rows.read(block: block, into: memory, at: rows.rows(ofBlock: block).lowerBound)
      }
      #expect(memory.ids.array == data.training.ids.array)
      #expect(memory.labels.array == data.training.labels.array)
      #expect(memory.spaces?.array == data.training.spaces?.array)
      // The last block, behind other rows.
      let last = rows.rows(ofBlock: rows.blocks - 1)
      let some = rows.memory(rows: last.count + 3)
      try rows.read(block: rows.blocks - 1, into: some, at: 3)
      #expect(some.ids.array[0..<(3 * rows.fields)].allSatisfy { $0 == 0 })
      #expect(
        Array(some.ids.array[(3 * rows.fields)...])
          == Array(data.training.ids.array[(last.lowerBound * rows.fields)...]))
    }
  }

  @Test("are replaced whole; who has the old rows open keeps them") func replaced() throws {
    try withFolder { folder in
      let (first, second) = (try PackedFixture.all[0].load(), try PackedFixture.all[1].load())
      try first.pack(to: folder)
      let old = try PackedFolder(path: folder)
      let rows = try old.dataset()
      try second.pack(to: folder)
      #expect(rows.contents == first.contents)
      #expect(try PackedFolder(path: folder).dataset().contents == second.contents)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names.count == 3 && names[0] == ".lock" && names[1] == "pack.json", "\(names)")
    }
  }

  @Test("are whole whoever of several writers is last") func severalWriters() throws {
    try withFolder { folder in
      let all = try PackedFixture.all.prefix(4).map { try $0.load() }
      let pool = WorkerPool(threads: 4)
      let map = ParallelMap<String>(count: 12) { index in
        do {
          try all[index % 4].pack(to: folder)
          _ = try PackedFolder.dataset(in: folder, threads: 1) { _, _ in }
          return ""
        } catch {
          return "\(error)"
        }
      }
      map.run(on: pool)
      #expect(map.results.filter { !$0.isEmpty } == [])
      let found = try PackedFolder(path: folder)
      try found.verify(threads: 1)
      let data = try found.dataset()
      #expect(all.contains { $0.contents == data.contents })
      let folders = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(folders.count == 3, "\(folders)")
    }
  }

  @Test("are asked about at each opening, and say a file that has changed") func asked() throws {
    try withFolder { folder in
      let (first, second) = (try PackedFixture.all[0].load(), try PackedFixture.all[1].load())
      let out = "\(folder)/packed"
      try first.pack(to: out)
      // Whoever checks loses the rows to others, which are asked about in their turn.
      let file = "\(try PackedFolder(path: out).header.rows)/test.labels.f32"
      let bytes = try #require(try packedFiles(out)[file])
      try write(bytes, "\(out)/\(file)")
      var names: [String] = []
      var isReplaced = false
      let error = #expect(throws: PackError.self) {
        try PackedFolder.dataset(
          in: out, threads: 1,
          accepting: { found in
            names.append(found.name)
            return found.name == first.name ? nil : "the schema is another one"
          },
          progress: { _, _ in
            if !isReplaced {
              isReplaced = true
              try? second.pack(to: out)
            }
          })
      }
      #expect(names == [first.name, second.name])
      #expect(error == .refused(folder: out, reason: "the schema is another one"))
      #expect(error?.description.contains("the schema is another one") == true)
      // A source.
      let source = "\(folder)/t.csv"
      try write([1], source)
      try PackWriter(to: out, threads: 1).write(
        first, from: .init(program: "0", schema: "s", sources: [PackSource(path: source)]))
      #expect(try PackedFolder.dataset(in: out, threads: 1) { _, _ in }.readingNotices.isEmpty)
      try write([1, 2], source)
      let said = try PackedFolder.dataset(in: out, threads: 1) { _, _ in }.readingNotices
      #expect(said.count == 1 && said[0].contains("t.csv has another size or time"), "\(said)")
      var wants = RowStream.Wants()
      wants.split = .test
      let stream = try PackedStream(
        try #require(first.savedEncoding), in: out, wants: wants, threads: 1)
      #expect(stream.notices == said)
    }
  }

  @Test("are refused by name for what they do not keep") func refused() throws {
    try withFolder { folder in
      let made = SyntheticLog(preset: .tiny, seed: 1)
      let schema = try DatasetSchema(yaml: made.schemaYAML(), path: "s")
      var data = try DatasetLoader(
        schema, from: .memory(["log.csv": Data(made.csv())]), threads: 1
      ).load()
      data.interactions = Interactions(data.training, data.features, user: 0, item: 1, times: [])
      #expect(
        throws: PackError.unpackable(data: data.name, what: "interactions of users and items")
      ) { try data.pack(to: folder + "/a") }
      #expect(!FileManager.default.fileExists(atPath: folder + "/a"))
      data.interactions = nil
      data.encoding = nil
      #expect(throws: PackError.self) { try data.pack(to: folder + "/a") }
    }
  }

  @Test("leave somebody's own folder alone") func notOurs() throws {
    try withFolder { folder in
      try write([1], folder + "/mine.txt")
      let data = try PackedFixture.all[0].load()
      #expect(throws: PackError.notOurs(folder: folder)) { try data.pack(to: folder) }
      #expect(throws: PackError.writing(.notAFolder(path: folder + "/mine.txt"))) {
        try data.pack(to: folder + "/mine.txt")
      }
      #expect(throws: PackError.missing(folder: folder)) { try PackedFolder(path: folder) }
    }
  }

  @Test("name their columns in their files") func names() throws {
    try withFolder { folder in
      try PackedFixture.all[0].load().pack(to: folder)
      let names = try packedFiles(folder).keys.map { $0.split(separator: "/").last ?? "" }.sorted()
      let rows = ["test", "training", "validation"].flatMap { split in
        ["dense.f32", "ids.i32", "labels.f32"].map { "\(split).\($0)" }
      }
      let others = [
        "blocks.xxh", "encoding.json", "facts.json", "names.i64", "names.utf8", "pack.json",
      ]
      #expect(names.map(String.init) == (others + rows).sorted())
    }
  }
}

@Suite("Packed rows for a model that is used") struct PackedStreamTests {
  private func wants(_ split: RowSplit?, group: String? = nil) -> RowStream.Wants {
    var wants = RowStream.Wants()
    (wants.labels, wants.split, wants.group) = (true, split, group)
    return wants
  }

  @Test("are those of the split, sample spaces without weights", arguments: [0, 1, 3, 4])
  func rows(kind: Int) throws {
    try withFolder { folder in
      let data = try PackedFixture.all[kind].load(rows: 9000)
      try data.pack(to: folder)
      let encoding = try #require(data.savedEncoding)
      for (split, own) in zip(RowSplit.allCases, [data.training, data.validation, data.test]) {
        let stream = try PackedStream(
          encoding, in: folder, wants: wants(split, group: data.group), threads: 1)
        var seen: [SeenRow] = []
        var groups: [Int32] = []
        while let block = try stream.nextBlock() {
          #expect(block.firstRow == seen.count)
          seen += SeenRow.rows(block.examples, of: data.features, tasks: data.tasks.count)
          groups += block.examples.groups?.array ?? []
          #expect(block.examples.spaces?.array.allSatisfy { $0 == 0 || $0 == 1 } != false)
          #expect(stream.rows == seen.count)
        }
        #expect(seen == SeenRow.rows(own, of: data.features, tasks: data.tasks.count))
        #expect(groups == own.groups?.array ?? [])
        #expect(stream.share == 1 && stream.segmentNames.isEmpty)
      }
    }
  }

  /// Labels and sample spaces of all rows, as a model that is used is given them.
  private func judged(_ rows: any EncodedRows) throws -> [[Float]] {
    var judged: [[Float]] = []
    while let block = try rows.nextBlock() {
      let (labels, tasks) = (block.examples.labels.array, block.examples.labels.count)
      let spaces = block.examples.spaces?.array ?? Array(repeating: 1, count: tasks)
      for row in 0..<block.examples.count {
        let at = row * (tasks / block.examples.count)..<(row + 1) * (tasks / block.examples.count)
        judged.append(Array(labels[at]) + Array(spaces[at]))
      }
    }
    return judged
  }

  @Test("are those of the files, or refused where a weight of 0 hides them", arguments: [3, 7])
  func weights(kind: Int) throws {
    try withFolder { folder in
      let fixture = PackedFixture.all[kind]
      let data = try fixture.load()
      try data.pack(to: folder)
      let encoding = try #require(data.savedEncoding)
      let files = RowStream.Files.schema(
        encoding.schema, .memory(["t.csv": Data(PackedFixture.csv(rows: 300).utf8)]))
      for split in RowSplit.allCases {
        let wants = wants(split)
        let own = try judged(RowStream(encoding, files, wants: wants, threads: 1))
        #expect(own.count == data[split].count)
        guard kind == 7 && split == .training else {
          let packed = try PackedStream(encoding, in: folder, wants: wants, threads: 1)
          #expect(try judged(packed) == own, "\(split)")
          continue
        }
        let error = #expect(throws: RowReadingError.self) {
          try PackedStream(encoding, in: folder, wants: wants, threads: 1)
        }
        #expect(error?.description.contains("a weight of 0") == true)
        var answers = wants
        answers.labels = false
        let rows = try PackedStream(encoding, in: folder, wants: answers, threads: 1)
        #expect(try judged(rows).count == own.count)
      }
    }
  }

  @Test("are refused in words for another model, split or group") func refused() throws {
    try withFolder { folder in
      let data = try PackedFixture.all[0].load()
      try data.pack(to: folder)
      let encoding = try #require(data.savedEncoding)
      func expectRefused(_ encoding: DatasetEncoding, _ wants: RowStream.Wants, _ word: String) {
        let error = #expect(throws: RowReadingError.self) {
          try PackedStream(encoding, in: folder, wants: wants, threads: 1)
        }
        #expect(error?.description.contains(word) == true, "\(String(describing: error))")
      }
      expectRefused(encoding, wants(nil), "--split")
      expectRefused(encoding, wants(.test, group: "user"), "not grouped")
      let other = try #require(try PackedFixture.all[1].load().savedEncoding)
      expectRefused(other, wants(.test), "other ids")
      var segments = wants(.test)
      segments.segment = "user"
      expectRefused(encoding, segments, "--by")
    }
  }
}
