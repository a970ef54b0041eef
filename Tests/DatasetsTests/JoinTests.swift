import Foundation
import Testing

@testable import Datasets

/// A log with a table of users and one of items, small enough to join by hand.
struct JoinedLog {
  var log = """
    user,item,time,click
    u1,i1,20220501,1
    u2,i2,20220501,0
    u1,i3,20220502,0
    u9,i1,20220503,1
    u1,i1,20220504,1
    u8,i2,20220505,0
    u2,i9,20220506,1
    ,i1,20220507,0

    """
  var users = """
    id,city,age
    u2,Rome,40
    u3,Oslo,90
    u1,"Paris, France",20
    ,Nowhere,77
    u8,Oslo,

    """
  var items = """
    item,tag,length
    i1,"1,2",1500
    i2,,3000
    i3,7,

    """
  var usersPath = "users.csv"
  var key = "{log: user, table: id}"
  var split = "{time: {column: time, validationFrom: 20220504, testFrom: 2022-05-06}}"
  var partBytes = TableReader.usualPartBytes
  var threads = 2

  var schema: String {
    """
    name: joined
    files: {all: log.csv}
    columns: {user: {type: categorical, minimumCount: 1}}
    join:
      - file: users.csv
        key: \(key)
        quoted: true
        columns:
          city: {type: categorical, minimumCount: 1}
          age: {type: numeric, indicator: true}
      - file: items.csv
        key: item
        quoted: true
        columns:
          tag: {type: categorical, minimumCount: 1}
          size: {type: categorical, from: length, bins: [1500, 2000], minimumCount: 1}
          seconds: {type: categorical, from: length, divide: 1000, minimumCount: 1}
    tasks: {click: {column: click}}
    split: \(split)
    """
  }

  func load() throws -> Dataset {
    var loader = DatasetLoader(
      try DatasetSchema(yaml: schema, path: "s.yaml"),
      from: .memory([
        "log.csv": Data(log.utf8), usersPath: Data(users.utf8), "items.csv": gzip(Data(items.utf8)),
      ]), threads: threads)
    loader.partBytes = partBytes
    return try loader.loadTwice()
  }
}

@Suite struct JoinTests {
  /// The categories of a field's rows.
  private func names(_ field: String, _ data: Dataset, _ examples: Examples) -> [String] {
    guard let place = data.features.fields.firstIndex(where: { $0.name == field }) else {
      return []
    }
    return (0..<examples.count).map { row in
      let id = Int(examples.ids[row * data.features.fields.count + place])
      return id == 0 ? "unseen" : data.features.fields[place].categories[id]
    }
  }

  @Test func splitsByTime() throws {
    let data = try JoinedLog().load()
    #expect([data.training, data.validation, data.test].map(\.count) == [4, 2, 2])
    #expect(data.training.labels.array == [1, 0, 0, 1])
    #expect(data.validation.labels.array == [1, 0])
    #expect(data.test.labels.array == [1, 0])
    #expect(data.features.fields.map(\.name) == ["user", "city", "tag", "size", "seconds"])
  }

  @Test func joinsCategories() throws {
    let data = try JoinedLog().load()
    // u9 has no row in the table, and an empty user is nobody, though the table has an empty id.
    #expect(
      names("city", data, data.training) == ["Paris, France", "Rome", "Paris, France", ""])
    // Oslo is in the table, but no training row has it.
    #expect(names("city", data, data.validation) == ["Paris, France", "unseen"])
    #expect(names("city", data, data.test) == ["Rome", ""])
    #expect(names("tag", data, data.training) == ["1,2", "", "7", "1,2"])
    // i9 is missing as the tag of i2 is.
    #expect(names("tag", data, data.test) == ["", "1,2"])
  }

  @Test func countsCategoriesByTrainingRows() throws {
    let fields = try JoinedLog().load().features.fields
    #expect(fields[1].categories == ["", "Paris, France", "", "Rome"])
    #expect(fields[2].categories == ["", "1,2", "", "7"])
  }

  @Test func groupsNumbers() throws {
    let data = try JoinedLog().load()
    #expect(names("size", data, data.training) == ["1500..<2000", ">=2000", "", "1500..<2000"])
    #expect(names("seconds", data, data.training) == ["1", "3", "", "1"])
    #expect(names("size", data, data.test) == ["", "1500..<2000"])
  }

  @Test func joinsNumbers() throws {
    let data = try JoinedLog().load()
    // Training ages are 20, 40, 20 and one missing: mean 80/3, variance 800/9.
    let (mean, deviation) = (80.0 / 3, (800.0 / 9).squareRoot())
    guard case .value(let ownMean, let ownDeviation) = data.features.dense[0].form else {
      Issue.record("\(data.features.dense[0])")
      return
    }
    #expect(abs(ownMean - mean) < 1e-9 && abs(ownDeviation - deviation) < 1e-9)
    let young = Float((20 - ownMean) / ownDeviation)
    let old = Float((40 - ownMean) / ownDeviation)
    #expect(data.training.dense.array == [young, 1, old, 1, young, 1, 0, 0])
    // The age of u8 is missing in its row, the user of the last row has none.
    #expect(data.validation.dense.array == [young, 1, 0, 0])
    #expect(data.test.dense.array == [old, 1, 0, 0])
  }

  @Test func countsRowsWithoutAMatch() throws {
    let data = try JoinedLog().load()
    #expect(
      data.joins == [
        JoinCount(file: "users.csv", rows: 8, unmatched: 2),
        JoinCount(file: "items.csv", rows: 8, unmatched: 1),
      ])
  }

  @Test(arguments: [1, 2, 3], [20, 41, 1000])
  func threadsAndPartsDoNotMatter(threads: Int, partBytes: Int) throws {
    var log = JoinedLog()
    let expected = try log.load().contents
    log.threads = threads
    log.partBytes = partBytes
    #expect(try log.load().contents == expected)
  }

  @Test func aThousandKeysFindTheirRows() throws {
    var log = JoinedLog()
    let users = (0..<1000).map { ($0 * 7919) % 1000 }
    log.users = "id,city,age\n" + users.map { "u\($0),c\($0 % 37),\($0)\n" }.joined()
    let rows = (0..<5000).map { row in
      "u\((row * 31) % 1000),i1,\(20_220_501 + row / 625),\(row % 3 == 0 ? 1 : 0)\n"
    }
    log.log = "user,item,time,click\n" + rows.joined()
    log.partBytes = 5000
    let data = try log.load()
    #expect(data.joins.map(\.unmatched) == [0, 0])
    let (ids, cities) = (
      names("user", data, data.test), names("city", data, data.test)
    )
    #expect(data.test.count == 1875)
    for (user, city) in zip(ids, cities) {
      #expect(city == "c\((Int(user.dropFirst()) ?? -1) % 37)")
    }
  }

  @Test func refusesAKeyThatStandsTwice() {
    var log = JoinedLog()
    log.users += "\nu1,Bonn,3\n"
    for partBytes in [10, 1 << 20] {
      log.partBytes = partBytes
      #expect(
        throws: ReaderError.repeatedKey(
          path: "users.csv", line: 8, column: "id", key: "u1",
          firstPath: "users.csv", firstLine: 4)
      ) { try log.load() }
    }
  }

  @Test func refusesATableThatMatchesNothing() {
    var log = JoinedLog()
    log.users = "id,city,age\n1,Rome,2\n"
    #expect(
      throws: ReaderError.noMatch(
        path: "users.csv", column: "id", key: "1", log: "log.csv", logKey: "u1")
    ) { try log.load() }
  }

  @Test func refusesAMissingTable() {
    var log = JoinedLog()
    log.usersPath = "people.csv"
    #expect(throws: ReaderError.missingFile(path: "users.csv", hint: nil)) { try log.load() }
  }

  @Test func refusesMissingKeys() {
    var log = JoinedLog()
    log.key = "{log: user, table: idd}"
    #expect(
      throws: ReaderError.missingColumn(
        path: "users.csv", column: "idd",
        header: HeaderFacts(count: 3, names: ["id", "city", "age"], cause: .near("id")))
    ) { try log.load() }
    log.key = "{log: usr, table: id}"
    #expect(
      throws: ReaderError.missingColumn(
        path: "log.csv", column: "usr",
        header: HeaderFacts(
          count: 4, names: ["user", "item", "time", "click"], cause: .near("user")))
    ) { try log.load() }
  }

  @Test(arguments: ["20220230", "x", "2022-13-01", ""])
  func refusesABadDate(text: String) {
    var log = JoinedLog()
    log.log.replace("20220502", with: text)
    #expect(
      throws: ReaderError.notATime(path: "log.csv", line: 4, column: "time", found: text)
    ) { try log.load() }
  }

  @Test func aNumberThatIsNoneCannotBeGrouped() {
    var log = JoinedLog()
    log.items.replace("3000", with: "long")
    #expect(
      throws: ReaderError.notANumber(
        path: "items.csv", line: 3, column: "length", found: "long")
    ) { try log.load() }
  }

  @Test(arguments: [
    ("20220508", "20220509", "validation"), ("20220505", "20220508", "test"),
    ("20220101", "20220504", "training"),
  ])
  func refusesAnEmptySplit(validation: String, test: String, empty: String) {
    var log = JoinedLog()
    log.split = "{time: {column: time, validationFrom: \(validation), testFrom: \(test)}}"
    #expect(
      throws: ReaderError.time(
        .noRowsInTime(
          split: empty, data: "joined", column: "time", first: "2022-05-01",
          last: "2022-05-07"))
    ) { try log.load() }
  }

  @Test func millisecondsKeepTheirPrecision() throws {
    var log = JoinedLog()
    let times = (1...8).map { "165159360000\($0)" }
    for (day, time) in zip(["01", "01", "02", "03", "04", "05", "06", "07"], times) {
      guard let range = log.log.range(of: ",202205\(day),") else { continue }
      log.log.replaceSubrange(range, with: ",\(time),")
    }
    log.split = "{time: {column: time, validationFrom: 1651593600003, testFrom: 1651593600005}}"
    let data = try log.load()
    #expect([data.training, data.validation, data.test].map(\.count) == [2, 2, 4])
  }

  @Test func aSchemaMadeInTheProgramIsCheckedToo() throws {
    var schema = try DatasetSchema(yaml: JoinedLog().schema, path: "s.yaml")
    schema.joins[1].columns[0].name = "city"
    #expect(throws: ReaderError.ambiguousColumn(column: "city", path: "items.csv")) {
      try DatasetLoader(schema, from: .memory([:]), threads: 1).load()
    }
  }
}
