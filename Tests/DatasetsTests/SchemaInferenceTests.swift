import Foundation
import Testing

@testable import Datasets

/// What is guessed of files, and why.
@Suite struct SchemaInferenceTests {
  /// Writes files into a folder and guesses their schema.
  private func infer(_ files: [(String, String)], labels: [String] = []) throws -> InferredSchema {
    try withFolder { folder in
      var paths: [String] = []
      for (name, text) in files {
        paths.append("\(folder)/\(name)")
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      return try SchemaInference(paths, labels: labels).run()
    }
  }

  /// A table of so many rows.
  private func rows(
    _ count: Int, _ separator: String = ",", header: [String]? = nil, _ row: (Int) -> [String]
  ) -> String {
    let lines = (header.map { [$0] } ?? []) + (0..<count).map(row)
    return lines.map { $0.joined(separator: separator) + "\n" }.joined()
  }

  private func role(_ schema: InferredSchema, _ name: String) -> InferredSchema.Column.Role? {
    (schema.columns + schema.joins.flatMap(\.columns)).first { $0.name == name }?.role
  }

  @Test(arguments: [
    ("a,b\n1,2\n3,4\n", ",", 2, true), ("1\t2\t3\n4\t5\t6\n", "\t", 3, false),
    ("a;b;c\n1,5;2;x\n2,5;3;y\n", ";", 3, true), ("1::2::3\n4::5::6\n", "::", 3, false),
    ("1|Toy, Story|x\n2|Heat|y\n", "|", 3, false), ("x y\nz u\n", ",", 1, true),
    ("id,text\n1,\"a, b\"\n2,c\n", ",", 2, true), ("2020-01-01,a\n2020-01-02,b\n", ",", 2, false),
    ("name,city\nann,rome\nbob,rome\n", ",", 2, true),
    ("ann,rome\nbob,rome\nann,oslo\n", ",", 2, false),
    ("a,,c\n1,2,3\n", ",", 3, false), ("a,a\n1,2\n", ",", 2, true),
    (",a,b\n0,x,1\n1,y,2\n", ",", 3, true), (",a,b\n,x,y\n", ",", 3, false),
    ("a,a\nb,c\n", ",", 2, false),
  ])
  func tellsHowAFileIsWritten(text: String, delimiter: String, fields: Int, header: Bool) throws {
    let dialect = try #require(Dialect(text, path: "t.txt"))
    #expect(dialect.delimiter == delimiter)
    #expect(dialect.fields == fields)
    #expect(dialect.hasHeader == header)
    #expect(dialect.isEven)
    #expect(dialect.hasQuotes == text.contains("\""))
  }

  @Test(arguments: [
    (["2022-05-04", "2022-05-05 13:05:00"], false, TimeLook.date),
    (["2022/05/04", "2022/06/04T01:02:03.5Z"], false, .date),
    (["2019-11-01 00:00:00 UTC", "2019-11-01 00:00:01 UTC"], false, .date),
    (["20220504", "20220631"], true, .dayNumber),
    (["881250949", "891717742"], true, .unix("seconds")),
    (["1650644192000", "1651234567890"], true, .unix("milliseconds")),
    (["20220504", "20221304"], true, nil), (["17", "18"], true, nil),
    (["2022-05-04", "later"], false, nil), (["2022-05-04x", "2022-05-05x"], false, nil),
    (["881250949", "17"], true, nil),
  ])
  func tellsTimes(texts: [String], isWhole: Bool, expected: TimeLook?) {
    #expect(TimeLook(texts, isWhole: isWhole) == expected)
  }

  @Test(arguments: [
    (["2|6|10", "2|3", "6|3|10", "2"], "|"), (["a;b", "b;a", "a"], ";"),
    (["Action|Comedy", "Action|Drama|War", "Drama", "Comedy", "War"], "|"),
    (["Action|Comedy", "Comedy", "Action|Drama|Comedy"], "|"), (["1,2", "2,1,3", "3"], ","),
  ])
  func tellsLists(texts: [String], separator: String) {
    #expect(ListLook.separator(of: texts)?.separator == separator)
  }

  @Test(arguments: [
    ["a", "b", "c"], ["Toy, The (1995)", "Heat, The (1995)", "Casino, The (1995)"], ["a|b"],
    ["x|1", "y|2", "z|3", "u|4"], [], ["1,5", "-2,5", "1,2", "2"], ["0,5", "5,0", "0,0"],
  ])
  func othersAreNoLists(texts: [String]) { #expect(ListLook.separator(of: texts) == nil) }

  /// A decimal comma makes no list, and is said.
  @Test func leavesOutNumbersWithADecimalComma() throws {
    let log = rows(400, ";", header: ["user", "price", "click"]) { row in
      ["u\(row % 20)", "\(row % 30),\(row % 7)", "\(row % 2)"]
    }
    let schema = try infer([("log.csv", log)])
    let price = try #require(schema.columns.first { $0.name == "price" })
    #expect(price.role == .ignore)
    guard case .decimalComma = price.reason else {
      Issue.record("\(price.reason)")
      return
    }
  }

  @Test func saysThatATableHasNothingToJoin() throws {
    let log = rows(60, header: ["item", "click"]) { ["\($0 % 7 + 1)", "\($0 % 2)"] }
    let items = rows(7, header: ["item", "kind"]) { ["\($0 + 1)", "always"] }
    let schema = try infer([("log.csv", log), ("items.csv", items)])
    #expect(schema.joins.isEmpty && schema.doubts.count == 2)
    guard case .nothingToJoin(let file)? = schema.doubts.first else {
      Issue.record("\(schema.doubts)")
      return
    }
    #expect(file.hasSuffix("items.csv"))
  }

  /// The row numbers that pandas writes have no name.
  @Test func readsTheRowNumbersOfPandas() throws {
    let log = rows(60, header: ["", "user", "age", "click"]) { row in
      ["\(row)", "u\(row % 7)", "\(18 + row % 30)", "\(row % 2)"]
    }
    let schema = try infer([("log.csv", log)])
    #expect(schema.columns.map(\.name) == ["user", "age"])
    #expect(schema.tasks.map(\.name) == ["click"])
  }

  @Test func namesAColumnThatStandsTwice() {
    let log = rows(60, header: ["user", "user", "click"]) { ["u\($0 % 7)", "3", "\($0 % 2)"] }
    let error = #expect(throws: InferenceError.self) { try infer([("log.csv", log)]) }
    guard case .reading(.repeatedColumn(_, let column))? = error, column == "user" else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func readsRatingsWithoutAHeader() throws {
    let ratings = rows(400, "\t") { row in
      ["\(row % 20 + 1)", "\(row * 7 % 40 + 1)", "\(row % 5 + 1)", "\(880_000_000 + row * 1000)"]
    }
    let users = rows(20, "|") {
      ["\($0 + 1)", "\(18 + $0)", $0 % 2 == 0 ? "M" : "F", "x\($0 % 3)", "1\($0)"]
    }
    let schema = try infer([("u.data", ratings), ("u.user", users)])
    #expect(schema.format.delimiter == "\t")
    #expect(schema.format.columnNames == ["user", "item", "rating", "timestamp"])
    #expect(schema.format.known == "MovieLens 100k")
    #expect(role(schema, "user") == .categorical)
    #expect(role(schema, "age") == .numeric(log1p: false))
    #expect(schema.joins.map(\.logKey) == ["user"])
    #expect(schema.joins.map(\.tableKey) == ["user"])
    #expect(schema.joins.map(\.found) == [20])
    #expect(schema.joins.map(\.format.delimiter) == ["|"])
    #expect(schema.tasks.map(\.name) == ["high_rating", "rating"])
    // Of 1 to 5 alike, 60 % are 3 or more and 40 % are 4 or more: the lower bound wins.
    #expect(schema.tasks.map(\.rule) == [.atLeast(3), .regression(log1p: false)])
    #expect(
      schema.split
        == .time(
          column: "timestamp", unit: .unix("seconds"), validationFrom: "880320000",
          testFrom: "880360000", shares: [0.8, 0.1, 0.1]))
  }

  /// Unknown columns get names that say that they are invented.
  @Test func inventsNames() throws {
    let text = rows(100) { ["\($0 * 37 % 11)", "a\($0 % 7)", "\($0 % 2)"] }
    let schema = try infer([("log.csv", text)])
    #expect(schema.format.columnNames == ["column1", "column2", "column3"])
    #expect(schema.format.known == nil)
    #expect(schema.tasks.map(\.column) == ["column3"])
    #expect(schema.split == .ratio(noTime: true))
    #expect(schema.doubts == [.oneTask])
  }

  @Test func knowsCriteosForm() throws {
    let text = rows(200, "\t") { row in
      ["\(row % 4 == 0 ? 1 : 0)"] + (1...13).map { row % $0 == 1 ? "" : "\(row % (10 * $0))" }
        + (1...26).map { row % 5 == 0 ? "" : String(format: "%08x", (row % ($0 + 3)) * 7_654_321) }
    }
    let schema = try infer([("day_0.tsv", text)])
    #expect(schema.format.known == "Criteo's display advertising log")
    #expect(schema.tasks.map(\.column) == ["label"])
    #expect(schema.columns.count == 39)
    #expect(schema.columns.filter { $0.name.hasPrefix("C") }.allSatisfy { $0.role == .categorical })
    #expect(schema.columns.first { $0.name == "C1" }?.missing == 40)
  }

  @Test func namesSayWhichFilesTest() throws {
    let header = ["user_id", "price", "click", "purchase"]
    let part = { (count: Int) in
      self.rows(count, header: header) {
        ["\($0 % 9)", "\(Double($0) + 0.5)", "\($0 % 2)", "\($0 % 3 / 2)"]
      }
    }
    let schema = try infer([("log_test.csv", part(30)), ("log_train.csv", part(90))])
    guard case .separate(let training, let validation, let test) = schema.files else {
      Issue.record("\(schema.files)")
      return
    }
    #expect(training.map { $0.hasSuffix("/log_train.csv") } == [true])
    #expect(validation.isEmpty)
    #expect(test.map { $0.hasSuffix("/log_test.csv") } == [true])
    #expect(schema.split == .halves)
    #expect(schema.tasks.map(\.name) == ["click", "purchase"])
    let three = try infer([
      ("train.csv", part(90)), ("valid.csv", part(30)), ("test.csv", part(30)),
    ])
    #expect(three.split == .files)
    let parts = try infer([("part-0.csv", part(90)), ("part-1.csv", part(30))])
    guard case .all(let list) = parts.files else {
      Issue.record("\(parts.files)")
      return
    }
    #expect(list.count == 2)
    #expect(parts.rows == 120)
  }

  @Test func tellsWhatColumnsAre() throws {
    let header = [
      "user_id", "hour", "age", "price", "views", "tags", "note", "same", "empty", "day", "like",
      "watch_ms",
    ]
    let text = rows(300, header: header) { row in
      [
        "\(1000 + row % 37)", "\(row % 24)", row % 10 == 0 ? "NA" : "\(18 + row % 60)",
        "\(Double(row % 50) / 4)", "\(row % 100 == 7 ? 100_000 : row % 15)",
        ["a|b", "b|c|a", "c"][row % 3], "n\(row)", "x", "",
        "2022-05-\(row / 30 + 10)", row % 4 == 0 ? "yes" : "no", "\(row * 31 % 977)",
      ]
    }
    let schema = try infer([("log.csv", text)])
    #expect(schema.format.missing == ["", "NA"])
    #expect(role(schema, "user_id") == .categorical)
    #expect(role(schema, "hour") == .categorical)
    #expect(role(schema, "age") == .numeric(log1p: false))
    #expect(schema.columns.first { $0.name == "age" }?.missing == 30)
    #expect(role(schema, "price") == .numeric(log1p: false))
    #expect(role(schema, "views") == .numeric(log1p: true))
    #expect(role(schema, "tags") == .list(separator: "|"))
    #expect(role(schema, "note") == .ignore)
    #expect(role(schema, "same") == .ignore)
    #expect(role(schema, "empty") == .ignore)
    #expect(role(schema, "day") == nil, "the split goes by it")
    #expect(schema.tasks.map(\.column) == ["like", "watch_ms"])
    #expect(schema.tasks.map(\.rule) == [.equals("yes"), .regression(log1p: false)])
    #expect(
      schema.split
        == .time(
          column: "day", unit: .date, validationFrom: "2022-05-18", testFrom: "2022-05-19",
          shares: [0.8, 0.1, 0.1]))
  }

  @Test func joinsByLikeNamesAndByLikeKeys() throws {
    let log = rows(200, header: ["uid", "item", "click"]) {
      ["u\($0 % 23)", "\($0 % 31 + 1)", "\($0 % 2)"]
    }
    let users = rows(23, header: ["id", "city"]) { ["u\($0)", "c\($0 % 3)"] }
    let items = rows(31, header: ["item", "city"]) { ["\($0 + 1)", "d\($0 % 4)"] }
    let other = rows(5, header: ["q", "w"]) { ["zz\($0)", "\($0)"] }
    let schema = try infer([
      ("log.csv", log), ("users.csv", users), ("items.csv", items), ("other.csv", other),
    ])
    #expect(schema.joins.map(\.logKey) == ["uid", "item"])
    #expect(schema.joins.map(\.tableKey) == ["id", "item"])
    #expect(schema.joins.flatMap(\.columns).map(\.name) == ["city", "items_city"])
    #expect(schema.joins[1].columns[0].source == "city")
    #expect(schema.doubts.count == 2)
  }

  /// Names tell users and items; nothing else does, and one alone is no pair.
  @Test(arguments: [
    (["user_id", "asin", "click"], "user_id", "asin"),
    (["productId", "reviewerID", "click"], "reviewerID", "productId"),
    (["item", "User", "click"], "User", "item"),
    (["item_id", "item", "customer", "click"], "customer", "item"),
    (["user_id", "shop", "click"], nil, nil), (["session", "item_id", "click"], nil, nil),
    (["user_age", "item_price", "click"], nil, nil),
  ])
  func namesUsersAndItems(header: [String], user: String?, item: String?) throws {
    let text = rows(120, header: header) { row in
      header.indices.map { $0 == header.count - 1 ? "\(row % 2)" : "k\(row % (17 + $0))" }
    }
    let found = try infer([("log.csv", text)]).interactions
    #expect(found?.user == user && found?.item == item && found?.time == nil)
  }

  /// Numbers that may be a user are none where they are a number to the schema; a time is named where the
  /// split goes by it.
  @Test func namesTheTimeOfInteractions() throws {
    let text = rows(200, header: ["uid", "film", "at", "click"]) {
      ["u\($0 % 23)", "f\($0 % 31)", "\(881_250_949 + 1_000 * $0)", "\($0 % 2)"]
    }
    let found = try infer([("log.csv", text)]).interactions
    #expect(found == InteractionSchema(user: "uid", item: "film", time: "at"))
  }

  /// A log of events has a task for each event but the most frequent.
  @Test func readsEvents() throws {
    let events = ["view", "view", "cart", "view", "purchase"]
    let text = rows(200, header: ["user_id", "price", "event_type"]) {
      ["u\($0 % 17)", "\(Double($0 % 40) + 0.5)", events[$0 % 5]]
    }
    let schema = try infer([("log.csv", text)])
    #expect(schema.tasks.map(\.name) == ["cart", "purchase"])
    #expect(schema.tasks.map(\.rule) == [.equals("cart"), .equals("purchase")])
    #expect(schema.tasks.map(\.column) == ["event_type", "event_type"])
    #expect(schema.columns.map(\.name) == ["user_id", "price"])
  }

  /// Ages of few users are all different, numbers of rows count from 0 or 1.
  @Test func tellsNumbersFromNumbering() throws {
    let text = rows(60, header: ["row", "age", "zip", "click"]) {
      ["\($0 + 1)", "\($0 + 18)", "\($0 * 7 + 10_000)", "\($0 % 2)"]
    }
    let schema = try infer([("log.csv", text)])
    #expect(role(schema, "row") == .ignore)
    #expect(role(schema, "age") == .numeric(log1p: false))
    #expect(role(schema, "zip") == .ignore)
  }

  @Test func asksForALabel() throws {
    let text = rows(60, header: ["user", "amount", "kind"]) {
      ["u\($0 % 7)", "\($0 * 3 % 41)", "k\($0 % 3)"]
    }
    let error = #expect(throws: InferenceError.self) { try infer([("log.csv", text)]) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("no column looks like a label"))
    let schema = try infer([("log.csv", text)], labels: ["amount"])
    #expect(schema.tasks.map(\.rule) == [.regression(log1p: false)])
    for name in ["kind", "amonut"] {
      #expect(throws: InferenceError.self) { try infer([("log.csv", text)], labels: [name]) }
    }
    #expect(throws: InferenceError.self) { try infer([("log.csv", "a,b\n1,2\n3\n")]) }
  }
}
