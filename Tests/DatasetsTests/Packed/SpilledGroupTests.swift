import Foundation
import Tensors
import Testing

@testable import Datasets

@Suite("Groups and hashes that do not fit in memory") struct SpilledGroupTests {
  /// Sessions of some rows each in any order, of which some are missing and some are no UTF-8, and ids.
  private func loader(_ columns: String, group: String, in folder: String) throws -> DatasetLoader {
    let random = RandomSource(seed: 11, .test)
    var bytes = Array("session,id,click,part\n".utf8)
    for row in 0..<2500 {
      func draw(_ which: Int) -> Double { random.uniform(UInt64(row * 4 + which)) }
      let session = Int(draw(0) * 900)
      switch session % 40 {
      case 0: bytes += Array("NA".utf8)
      case 1: bytes += [0x73, 0xFE + UInt8(session / 40 % 2), UInt8(0x61 + session / 80 % 20)]
      default: bytes += Array("s\(session)".utf8)
      }
      let part = ["x", "v", "x", "t", "x"][row % 5]
      bytes += Array(",i\(Int(draw(1) * draw(2) * 4000)),\(row % 3 == 0 ? 1 : 0),\(part)\n".utf8)
    }
    try write(bytes, "\(folder)/t.csv")
    let schema = try DatasetSchema(
      yaml: """
        name: spilled
        files: {all: t.csv}
        missing: ["", NA]
        columns: {\(columns)}
        tasks: {click: {column: click}}
        split: {column: part, validation: v, test: t}
        """, path: "s.yaml"
    ).grouped(by: group)
    var loader = DatasetLoader(schema, from: .folder(folder), threads: 2)
    loader.partBytes = 300
    return loader
  }

  private static let columns = [
    "id: {type: categorical}", "session: {type: categorical, minimumCount: 2}",
    "id: {type: categorical, hash: 700}, session: {type: categorical, hash: 90}",
  ]

  @Test("are those in memory, to the byte", arguments: columns, ["session", "id"])
  func equal(columns: String, group: String) throws {
    try withFolder { folder in
      let loader = try loader(columns, group: group, in: folder)
      try expectEqual(loader, in: folder, budget: 4 << 10)
      // Both columns leave memory where they are anything.
      let names = ["session", "id"].filter { columns.contains("\($0):") || $0 == group }
      let used = names.filter { loader.schema.mayLeaveMemory(UsedColumns.TextColumn(name: $0)) }
      #expect(used == names)
      let data = try PackedFolder(path: "\(folder)/stream").dataset()
      let groups = try #require(data.training.groups).array
      #expect(Set(groups).count > 500 && groups.contains(-1) == (group == "session"))
      #expect(data.notices.contains { $0.contains("hashed into") } == columns.contains("hash"))
    }
  }

  @Test("groups go by their first row in all splits, whatever their bytes") func order() throws {
    try withFolder { folder in
      try write(
        Array("g,click,part\nz,1,t\na,0,x\nNA,1,x\nz,0,v\nb,1,x\na,1,v\nc,0,t\nz,0,x\n".utf8),
        "\(folder)/t.csv")
      let schema = try DatasetSchema(
        yaml: """
          name: order
          files: {all: t.csv}
          missing: ["", NA]
          columns: {click: {type: ignore}, part: {type: categorical}, n: {type: ignore}}
          tasks: {click: {column: click}}
          split: {column: part, validation: v, test: t}
          """, path: "s.yaml"
      ).grouped(by: "g")
      var loader = DatasetLoader(schema, from: .folder(folder), threads: 1)
      loader.partBytes = 12
      let packed = "\(folder)/packed"
      try PackStream(loader, with: PackWriter(to: packed, threads: 1), budget: 0)
        .write(from: .test)
      let data = try PackedFolder(path: packed).dataset()
      let groups = [data.training, data.validation, data.test].map { $0.groups?.array }
      #expect(groups == [[1, -1, 2, 0], [0, 1], [0, 3]])
    }
  }
}
