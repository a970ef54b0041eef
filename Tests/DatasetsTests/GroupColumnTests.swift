import Foundation
import Testing

@testable import Datasets

/// Groups of rows for scores within groups: the exact texts of a column, input or not.
@Suite struct GroupColumnTests {
  private let log = """
    user,item,device,click,day
    u1,i1,a,1,1
    u2,i1,a,0,1
    u1,i2,b,0,1
    u01,i2,a,1,1
    ,i1,b,0,2
    u1,i1,a,1,2
    u3,i1,a,1,3
    u1,i2,b,0,3

    """
  private let items = "id,maker\ni1,x\ni2,\n"

  private func dataset(_ group: String?, partBytes: Int = 40, threads: Int = 2) throws -> Dataset {
    var schema = try DatasetSchema(
      yaml: """
        name: grouped
        files: {all: log.csv}
        columns: {thing: {type: categorical, from: item}}
        join: [{file: items.csv, key: {log: item, table: id}, columns: {maker: {type: categorical}}}]
        tasks: {click: {column: click}}
        split: {time: {column: day, validationFrom: 2, testFrom: 3}}
        """, path: "schema.yaml")
    schema.group = group
    var loader = DatasetLoader(
      schema, from: .memory(["log.csv": Data(log.utf8), "items.csv": Data(items.utf8)]),
      threads: threads)
    loader.partBytes = partBytes
    return try loader.loadTwice()
  }

  private func groups(_ dataset: Dataset) -> [[Int32]] {
    [dataset.training, dataset.validation, dataset.test].map {
      $0.groups?.elements.map { $0 } ?? []
    }
  }

  /// `u01` is not `u1`, one row is a group, no text is none; the same text is the same group in every
  /// split, and in every part of the file.
  @Test(arguments: [10, 40, 4_000]) func aColumnThatIsNoInput(_ partBytes: Int) throws {
    let found = try dataset("user", partBytes: partBytes)
    #expect(groups(found) == [[0, 1, 0, 2], [-1, 0], [3, 0]])
    #expect(found.group == "user" && found.features.fields.map(\.name) == ["thing", "maker"])
  }

  /// By the schema's name for it, and by the header's.
  @Test(arguments: ["thing", "item"]) func anInput(_ name: String) throws {
    #expect(groups(try dataset(name)) == [[0, 0, 1, 1], [0, 0], [0, 1]])
  }

  /// The maker of `i2` is missing.
  @Test func aColumnOfAJoinedTable() throws {
    #expect(groups(try dataset("maker")) == [[0, 0, -1, -1], [0, 0], [0, -1]])
  }

  @Test func withoutGroupsThereAreNone() throws {
    let plain = try dataset(nil)
    #expect(groups(plain) == [[], [], []] && plain.group == nil)
    #expect(plain.fingerprint != (try dataset("user")).fingerprint)
    #expect(try dataset("user").fingerprint != (try dataset("device")).fingerprint)
  }

  @Test func aColumnThatIsNotThere() throws {
    let error = try #require(throws: ReaderError.self) { try dataset("usr") }
    let text = "\(error)"
    #expect(text.hasPrefix("log.csv: no column 'usr' that rows could be grouped by."))
    #expect(text.contains("user, item, device, click, day"), "\(text)")
    #expect(text.contains("did you mean --group user?"), "\(text)")
  }
}
