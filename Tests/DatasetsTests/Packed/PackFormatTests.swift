import Foundation
import Runs
import Tensors
import Testing

@testable import Datasets

@Suite("The form of packed folders") struct PackFormatTests {
  private static let schema = """
    name: golden
    files: {all: t.csv}
    columns:
      user: {type: categorical}
      tags: {type: categorical, separator: "|"}
      shop: {type: categorical, hash: 7}
      age: {type: categorical, buckets: 3}
      price: {type: numeric, indicator: true}
    tasks:
      click: {column: click}
      buy: {column: buy, space: {column: click, equals: "1"}}
    weight: worth
    split: {column: part, validation: v, test: t}
    """

  private static let rows = """
    user,tags,shop,price,age,click,buy,part,worth
    ann,a|b,s1,3.5,20,1,1,x,1
    bob,,s2,0,31,0,0,x,2
    ann,b,s3,12.25,,1,0,v,1
    Zoë,c|a|b,s1,7,44,0,0,x,0.5
    bob,a,s4,-1,20,1,1,t,1
    ,b,s2,3.5,52,1,0,x,3
    eve,a|b,,9,20,0,0,x,1
    ann,c,s1,1,18,1,1,x,1
    bob,a|b,s5,2,27,1,0,v,1
    eve,b,s2,4,33,0,0,t,1

    """

  /// By file, the checksum of its only block, as format 1 has them.
  private static let golden = [
    "training.ids.i32": "b27453e6ac4fcbdf", "training.dense.f32": "4f625bd0050e6ea5",
    "training.labels.f32": "4fc2fec9bff8e887", "training.spaces.f32": "c743fa4aedb2914e",
    "validation.ids.i32": "7d0d713e16715e41", "validation.dense.f32": "43ff2b10f68743a8",
    "validation.labels.f32": "20b92b880b322d7f", "validation.spaces.f32": "02ae366918a9faee",
    "test.ids.i32": "fab9ff041932e11b", "test.dense.f32": "ff8fec2eaf15b170",
    "test.labels.f32": "55dacc641f99ecfa", "test.spaces.f32": "cbcc3230234f99a5",
    "lists.1.starts.i32": "a67bee250ea78a51", "lists.1.ids.i32": "0e3bb1bea67f8f70",
    "names.i64": "61ec531470457d10", "names.utf8": "d71e67ea6e7da2f1",
  ]

  @Test("has a number that rises when reading makes other numbers of the same files")
  func format() throws {
    try withFolder { folder in
      let data = try DatasetLoader(
        DatasetSchema(yaml: Self.schema, path: "s.yaml"),
        from: .memory(["t.csv": Data(Self.rows.utf8)]), threads: 1
      ).load()
      try data.pack(to: folder)
      let header = try PackedFolder(path: folder).header
      let path = "\(folder)/\(header.rows)/\(PackHeader.indexName)"
      let index = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      var found: [String: String] = [:]
      for file in header.files where !file.name.hasSuffix(".json") {
        #expect(file.blocks == 1)
        let at = 8 * header.firstBlock(of: file)
        let sum = index[at..<at + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        found[file.name] = hexadecimal(sum)
      }
      #expect(
        found == Self.golden && PackHeader.format == 1,
        "caches that older programs made would be taken: raise PackHeader.format, then say so here")
    }
  }

  @Test("keeps what is known of a bound, groups and notices") func known() throws {
    try withFolder { folder in
      var data = try PackedFixture.all[3].load()
      data.bounds = ["click": 0.8125]
      data.boundNotice = "the truth is another log's"
      data.notices.append("a notice of reading")
      try data.pack(to: folder)
      let packed = try PackedFolder.dataset(in: folder, threads: 1) { _, _ in }
      #expect(packed.bounds == ["click": 0.8125])
      #expect(packed.boundNotice == "the truth is another log's")
      #expect(packed.notices == data.notices && packed.group == "user")
    }
  }

  @Test("tells which file was changed, is gone or has come") func sources() throws {
    try withFolder { folder in
      let paths = ["a.csv", "b.csv"].map { "\(folder)/\($0)" }
      for path in paths { try write([1], path) }
      let (a, b) = (PackSource(path: paths[0]), PackSource(path: paths[1]))
      let out = "\(folder)/packed"
      try PackWriter(to: out, threads: 1).write(
        PackedFixture.all[0].load(), from: .init(program: "0", schema: "s", sources: [a]))
      let packed = try PackedFolder(path: out)
      #expect(packed.change(to: [a]) == nil)
      #expect(packed.change(to: [a, b])?.hasSuffix("/b.csv is read besides") == true)
      #expect(packed.change(to: [b])?.hasSuffix("/a.csv is no longer read") == true)
      var longer = a
      longer.size += 1
      #expect(
        packed.change(to: [longer])?.hasSuffix("/a.csv has another size or time than it had")
          == true)
    }
  }

  @Test("is not for files that can be read only once") func standardInput() throws {
    let schema = try DatasetSchema(
      yaml: Self.schema.replacingOccurrences(of: "{all: t.csv}", with: "{all: \"-\"}"),
      path: "s.yaml")
    #expect(try schema.sources(in: "") == nil)
  }
}
