import Foundation
import Tensors
import Testing

@testable import Datasets

/// Numbers that cannot be, in files whose checksums fit.
@Suite("Forged packed folders") struct ForgedPackTests {
  /// Puts other bytes into a file, with checksums and a description that fit.
  private func forge(
    _ name: String, in folder: String, _ change: (inout [UInt8]) throws -> Void
  ) throws {
    var header = try PackedFolder(path: folder).header
    let rows = "\(folder)/\(header.rows)"
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(rows)/\(name)")))
    try change(&bytes)
    try write(bytes, "\(rows)/\(name)")
    let index = try #require(header.files.firstIndex { $0.name == name })
    if header.files[index].itemBytes == 1 { header.files[index].items = bytes.count }
    let file = header.files[index]
    var sums = Array(try Data(contentsOf: URL(fileURLWithPath: "\(rows)/\(PackHeader.indexName)")))
    for block in 0..<file.blocks {
      let sum = Array(bytes[file.bytes(ofBlock: block)]).withUnsafeBytes { xxh64($0) }
      let at = 8 * (header.firstBlock(of: file) + block)
      sums.replaceSubrange(at..<at + 8, with: withUnsafeBytes(of: sum.littleEndian) { Array($0) })
    }
    header.index = sums.withUnsafeBytes { xxh64($0) }
    try write(sums, "\(rows)/\(PackHeader.indexName)")
    try write(try header.sealed(), "\(folder)/\(PackHeader.fileName)")
  }

  /// Expects that a folder of lists and hashes is refused once a file is forged.
  private func expectRefused(
    _ name: String, _ word: String, _ change: (inout [UInt8]) throws -> Void
  ) throws {
    try withFolder { folder in
      try PackedFixture.all[1].load(rows: 60).pack(to: folder)
      try forge(name, in: folder, change)
      let error = #expect(throws: PackError.self, "\(name), \(word)") {
        try PackedFolder.dataset(in: folder, threads: 1) { _, _ in }
      }
      #expect(error?.description.contains(word) == true, "\(name): \(String(describing: error))")
    }
  }

  private func put(_ value: some FixedWidthInteger, at index: Int) -> (inout [UInt8]) -> Void {
    { bytes in
      let size = MemoryLayout.size(ofValue: value)
      let at = index < 0 ? bytes.count + index * size : index * size
      bytes.replaceSubrange(
        at..<at + size, with: withUnsafeBytes(of: value.littleEndian) { Array($0) })
    }
  }

  private func change(_ text: String, to other: String) -> (inout [UInt8]) throws -> Void {
    { bytes in
      let before = String(decoding: bytes, as: UTF8.self)
      let found = try #require(before.range(of: text, options: .regularExpression), "\(text)")
      bytes = Array(before.replacingCharacters(in: found, with: other).utf8)
    }
  }

  @Test("that nobody changed are taken") func untouched() throws {
    try withFolder { folder in
      try PackedFixture.all[1].load(rows: 60).pack(to: folder)
      try forge("training.ids.i32", in: folder) { _ in }
      _ = try PackedFolder.dataset(in: folder, threads: 1) { _, _ in }
    }
  }

  @Test("are refused for ids that a field does not have") func ids() throws {
    // Two fields: lists, and 12 ids of hashes.
    try expectRefused("training.ids.i32", "12 in row 0 and field 1", put(Int32(12), at: 1))
    try expectRefused("validation.ids.i32", "-1 in row 0 and field 1", put(Int32(-1), at: 1))
    try expectRefused("test.ids.i32", "12 in row", put(Int32(12), at: -1))
    let data = try PackedFixture.all[1].load(rows: 60)
    let lists = try #require(data.training.lists?.tables[0]).starts.count - 1
    try expectRefused("test.ids.i32", "\(lists) in row 1 and field 0", put(Int32(lists), at: 2))
  }

  @Test("are refused for lists that do not lie among their ids") func lists() throws {
    let (starts, ids) = ("lists.0.starts.i32", "lists.0.ids.i32")
    try expectRefused(starts, "a start of -4", put(Int32(-4), at: 0))
    try expectRefused(starts, "a start of", put(Int32.max, at: 1))
    try expectRefused(starts, "a start of", put(Int32(100_000), at: -1))
    try expectRefused(ids, "the id 77 of 'tags'", put(Int32(77), at: 0))
    try expectRefused(ids, "the id -1 of 'tags'", put(Int32(-1), at: -1))
    try expectRefused(
      "facts.json", "where the longest has 1", change(#""longest":\d+"#, to: #""longest":1"#))
    try expectRefused(
      "facts.json", "lists of another form", change(#""listFields":\[0\]"#, to: #""listFields":[]"#)
    )
  }

  @Test("are refused for names that do not lie among their bytes") func names() throws {
    try expectRefused("names.i64", "a start of -1", put(Int64(-1), at: 0))
    try expectRefused("names.i64", "a start of", put(Int64.max, at: 1))
    try expectRefused("names.i64", "a start of", put(Int64(1) << 40, at: -1))
    let counts = #""nameCounts":\[\d+"#
    try expectRefused(
      "facts.json", "fewer names", change(counts, to: #""nameCounts":[\#(Int.max)"#))
    try expectRefused("facts.json", "more names", change(counts, to: #""nameCounts":[1"#))
    try expectRefused(
      "facts.json", "names of the 4000 ids", change(#""vocabulary":\d+"#, to: #""vocabulary":4000"#)
    )
  }
}
