import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Names that lie beside a description") struct NamesApartTests {
  /// Packs rows with names that are no UTF-8 among others; the folder's data.
  private func packed(_ folder: String) throws -> Dataset {
    let loader = try SpilledVocabularyTests.loader(rows: 3000, 1, in: folder)
    try PackStream(loader, with: PackWriter(to: "\(folder)/pack", threads: 1), budget: 0)
      .write(from: .test)
    return try PackedFolder(path: "\(folder)/pack").dataset()
  }

  /// Writes what a run keeps into a folder.
  private func keep(_ encoding: DatasetEncoding, in folder: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/encoding.json"
    try encoding.json(namesAbove: 100).write(to: URL(fileURLWithPath: path))
    try #require(encoding.namesApart(above: 100)).keep(in: folder)
    return path
  }

  private func read(_ path: String) throws -> DatasetEncoding {
    try DatasetEncoding(json: Data(contentsOf: URL(fileURLWithPath: path)), path: path)
  }

  @Test("are those within it, of every field, also without the packed folder") func same() throws {
    try withFolder { folder in
      let encoding = try #require(try packed(folder).savedEncoding)
      let path = try keep(encoding, in: "\(folder)/run")
      let (apart, within) = (try Data(contentsOf: URL(fileURLWithPath: path)), try encoding.json())
      #expect(apart.count < within.count / 4)
      // It is a link: the names take no room.
      let facts = try FileManager.default.attributesOfItem(atPath: "\(folder)/run/names.utf8")
      #expect(facts[.referenceCount] as? Int == 2)
      // Which does not count as touching what was packed.
      let packed = try PackedFolder(path: "\(folder)/pack")
      #expect(PackStamp(packed.header, in: packed.path)?.isKnown(in: packed.rows) == true)
      try FileManager.default.removeItem(atPath: "\(folder)/pack")
      let again = try read(path)
      let other = try DatasetEncoding(json: within, path: path)
      #expect(again == encoding && again == other)
      #expect(again.features.fields.allSatisfy { $0.categories.table != nil })
      let counts = again.features.fields.map(\.categories.count)
      #expect(counts.count == 2 && counts[0] > 1000 && counts[1] > 50)
      // What was read keeps its names apart in turn, in a copy where no link can be made.
      let next = try #require(again.namesApart(above: 100))
      try FileManager.default.removeItem(atPath: "\(folder)/run/names.i64")
      try FileManager.default.removeItem(atPath: "\(folder)/run/names.utf8")
      try write([1, 2, 3], "\(folder)/run/names.utf8")
      try next.keep(in: "\(folder)/run")
      #expect(try read(path) == encoding)
    }
  }

  @Test("stay within it where they take no more than the bound") func few() throws {
    try withFolder { folder in
      let encoding = try #require(try packed(folder).savedEncoding)
      let bytes = try #require(encoding.namesApart(above: 0)).bytes
      #expect(encoding.namesApart(above: bytes) == nil)
      #expect(encoding.namesApart(above: bytes - 1) != nil)
      #expect(try encoding.json(namesAbove: bytes) == encoding.json())
      // Of data in memory they always do.
      let read = try SpilledVocabularyTests.loader(rows: 3000, 1, in: folder).load().savedEncoding
      #expect(read?.namesApart(above: 0) == nil)
    }
  }

  @Test("are asked for by a description that says so", arguments: ["i64", "utf8"])
  func damaged(file: String) throws {
    try withFolder { folder in
      let encoding = try #require(try packed(folder).savedEncoding)
      let path = try keep(encoding, in: "\(folder)/run")
      let names = "\(folder)/run/names.\(file)"
      let whole = Array(try Data(contentsOf: URL(fileURLWithPath: names)))
      // The link is another name of the packed file, which is not to be harmed.
      try FileManager.default.removeItem(atPath: names)
      func expectRefusal(_ what: String) {
        #expect {
          try read(path)
        } throws: {
          "\($0)".contains("\(folder)/run/names.") && "\($0)".contains(what)
        }
      }
      expectRefusal("No such file")
      try write(Array(whole.dropLast()), names)
      expectRefusal("\(whole.count - 1) bytes, where \(whole.count) were written")
      for at in [0, whole.count / 2, whole.count - 1] {
        var other = whole
        other[at] ^= 1
        try write(other, names)
        expectRefusal("are others")
      }
      try write(whole, names)
      #expect(try read(path) == encoding)
    }
  }

  @Test("are found by their bytes, as those in memory are") func index() throws {
    try withFolder { folder in
      let data = try packed(folder)
      let encoding = try #require(data.encoding)
      for (number, field) in data.features.fields.enumerated() {
        let raw = encoding.rawNames[number]
        var inMemory = field
        inMemory.categories = CategoryNames(Array(field.categories))
        let table = try #require(field.categories.table)
        let (own, other) = (
          try #require(NameIndex(table, raw)), try #require(CategoryIndex(inMemory, raw))
        )
        let index = try #require(CategoryIndex(field, raw))
        let texts =
          field.categories.map { Array($0.utf8) } + raw.map(\.bytes)
          + [[], [0x61], Array("i1".utf8), Array("nothing that is there".utf8)]
        var found = 0
        for text in texts {
          text.withUnsafeBufferPointer { bytes in
            #expect(index.id(of: bytes) == other.id(of: bytes), "\(text)")
            #expect((own.find(bytes) ?? 0) == other.id(of: bytes), "\(text)")
            found += index.id(of: bytes) == 0 ? 0 : 1
          }
        }
        #expect(found > (number == 0 ? 1000 : 50))
      }
      #expect(encoding.rawNames[0].count > 2)
    }
  }

  @Test("of the same bytes are refused, also where their hashes begin alike") func twice() throws {
    func index(_ texts: [String]) -> NameIndex? {
      var starts: [Int64] = [0]
      for text in texts { starts.append((starts.last ?? 0) + Int64(text.utf8.count)) }
      return NameIndex(
        NameTable(
          starts: Storage(starts), bytes: Storage(texts.flatMap { Array($0.utf8) }), first: 0,
          count: texts.count), [])
    }
    let many = [""] + (0..<3000).map { "n\($0)" }
    #expect(index(many) != nil)
    #expect(index(many + ["n1234"]) == nil)
    #expect(index(["", ""]) != nil && index(["", "", ""]) == nil && index([]) != nil)
    let found = try #require(index(many))
    for (id, text) in many.enumerated().dropFirst() {
      #expect(Array(text.utf8).withUnsafeBufferPointer { found.find($0) } == Int32(id))
    }
  }
}
