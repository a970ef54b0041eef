import Datasets
import Foundation
import Runs
import Testing

@testable import mtl_tui

/// A guessed schema as text, and facts as JSON.
@Suite struct InferredSchemaTextTests {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  @Test func everyGuessSaysWhy() throws {
    try inFolder { folder in
      let rows = (0..<60).map { "u\($0 % 7);\(18 + $0 % 30);\($0 % 2 == 0 ? "True" : "False")" }
      try write("user;age;click\n" + rows.joined(separator: "\n") + "\n", to: "\(folder)/log.csv")
      let schema = try SchemaInference(["\(folder)/log.csv"]).run()
      #expect(
        schema.yaml(in: folder) == """
          # A first guess by `mtl-tui data infer` from 60 rows; the comments say why. Read it through,
          # then look at what it makes of the data: mtl-tui data describe THIS_FILE
          # one label only: multi-task models need two to share anything
          name: log
          files: {all: log.csv}
          delimiter: ";"  # the first 61 rows have 3 fields each
          columns:
            user: {type: categorical}  # 7 different values; the name says that it is no number
            age: {type: numeric}  # from 18 to 47
          tasks:
            click: {column: click, equals: "True"}  # two values, and the name of an outcome: 'False' \
          30, 'True' 30
          split: {ratio: {validation: 0.1, test: 0.1, seed: 1}}  # by a hash: no column is a time

          """)
    }
  }

  /// A user and an item are suggested, not taken; without the marks the schema names them.
  @Test func suggestsInteractions() throws {
    try inFolder { folder in
      let rows = (0..<200).map {
        "u\($0 % 23),\"f: \($0 % 31)\",\(881_250_949 + 1_000 * $0),\($0 % 2)"
      }
      let header = "user_id,item,at,click\n"
      try write(header + rows.joined(separator: "\n") + "\n", to: "\(folder)/log.csv")
      let text = try SchemaInference(["\(folder)/log.csv"]).run().yaml(in: folder)
      let line = "interactions: {user: user_id, item: item, time: at}"
      #expect(text.hasSuffix("# \(line)\n"), "\(text)")
      #expect(try DatasetSchema(yaml: text, path: "s.yaml").interactions == nil)
      let taken = try DatasetSchema(
        yaml: text.replacing("# \(line)", with: line), path: "s.yaml")
      #expect(taken.interactions?.user == "user_id" && taken.interactions?.time == "at")
      let data = try DatasetLoader(taken, from: .folder(folder), threads: 1).load()
      #expect(data.interactions?.users.count == 23)
    }
  }

  /// Whatever the first rows look like, quotes further down are quotes: `"b"` is `b`.
  @Test func quotesBehindTheFirstRowsAreQuotes() throws {
    try inFolder { folder in
      let rows = (0..<400).map { row in
        let city = "c\(row % 5)"
        return "\(row < 350 ? city : "\"\(city)\""),\(row % 2)"
      }
      try write("city,click\n" + rows.joined(separator: "\n") + "\n", to: "\(folder)/log.csv")
      let text = try SchemaInference(["\(folder)/log.csv"]).run().yaml(in: folder)
      let data = try DatasetLoader(
        try DatasetSchema(yaml: text, path: "s.yaml"), from: .folder(folder), threads: 1
      ).load()
      #expect(data.inputs.map(\.distinct) == [5])
    }
  }

  @Test(arguments: ["-", "/dev/stdin"]) func refusesWhatCanBeReadOnceOnly(path: String) throws {
    let error = #expect(throws: Failure.self) { try SchemaWriting.checkCanBeReadTwice([path]) }
    #expect(try #require(error).message.contains("to a file first"))
    try SchemaWriting.checkCanBeReadTwice(["/dev/null", "nowhere.csv"])
  }

  /// Names and texts from data never leave their place in the YAML.
  @Test func aSchemaOfOddNamesIsRead() throws {
    try inFolder { folder in
      let rows = (0..<60).map {
        "\"u, \($0 % 7)\",\($0 % 5 == 0 ? "" : "#\($0 % 3)"),\($0 % 2 == 0 ? "no" : "yes")"
      }
      let path = "\(folder)/my log: 1.csv"
      try write("\"user: #1\",{b},is_clicked\n" + rows.joined(separator: "\n") + "\n", to: path)
      let text = try SchemaInference([path]).run().yaml(in: folder)
      let schema = try DatasetSchema(yaml: text, path: "s.yaml")
      #expect(schema.columns.map(\.name) == ["user: #1", "{b}"])
      #expect(schema.tasks.compactMap(\.label?.rule) == [.equals("yes")])
      let data = try DatasetLoader(schema, from: .folder(folder), threads: 1).load()
      #expect(data.training.count + data.validation.count + data.test.count == 60)
    }
  }

  /// Times of day have colons and blanks, which YAML wants in quotes.
  @Test func aSplitByTimesOfDayIsRead() throws {
    try inFolder { folder in
      let rows = (0..<100).map {
        "2019-11-0\($0 / 20 + 1) \(10 + $0 % 10):00:0\($0 % 20 / 10) UTC,u\($0 % 7),\($0 % 2)"
      }
      let path = "\(folder)/log.csv"
      try write("event_time,user,click\n" + rows.joined(separator: "\n") + "\n", to: path)
      let text = try SchemaInference([path]).run().yaml(in: folder)
      #expect(text.contains(#"validationFrom: "2019-11-05 10:00:00 UTC""#), "\(text)")
      let schema = try DatasetSchema(yaml: text, path: "s.yaml")
      let data = try DatasetLoader(schema, from: .folder(folder), threads: 1).load()
      #expect(data.training.count == 80)
      #expect(data.validation.count == 10)
      #expect(data.test.count == 10)
    }
  }

  @Test(arguments: [
    ("/a/b/log.csv", "/a/b", "log.csv"), ("/a/b/c/log.csv", "/a/b", "c/log.csv"),
    ("/a/log.csv", "/a/b", "/a/log.csv"), ("/a/bc/log.csv", "/a/b", "/a/bc/log.csv"),
    ("/a/b/../b/log.csv", "/a/b", "log.csv"),
  ])
  func pathsStartAtTheSchema(path: String, folder: String, expected: String) {
    #expect(relative(path, to: folder) == expected)
  }

  @Test func factsAsJSON() throws {
    let facts = DataFacts(
      tasks: [
        DataFacts.TaskFacts(
          task: "a\"b", kind: .binary,
          training: DataFacts.LabelFacts(rows: 3, positives: 1, mean: 1 / 3.0, deviation: 0.5),
          validation: DataFacts.LabelFacts(), test: DataFacts.LabelFacts(rows: 1, positives: 1)),
        DataFacts.TaskFacts(
          task: "w", kind: .regression,
          training: DataFacts.LabelFacts(rows: 2, positives: 0, mean: 12_345_678, deviation: 1e-7),
          validation: DataFacts.LabelFacts(), test: DataFacts.LabelFacts()),
      ], notices: ["n"], roles: ["r"])
    #expect(
      facts.json
        == #"{"tasks":[{"task":"a\"b","kind":"binary","training":{"rows":3,"positives":1,"#
        + #""rate":0.333333},"validation":{"rows":0,"positives":0,"rate":null},"test":{"rows":1,"#
        + #""positives":1,"rate":1}},{"task":"w","kind":"regression","training":{"rows":2,"#
        + #""mean":12345700,"deviation":1e-07},"validation":{"rows":0,"mean":null,"#
        + #""deviation":null},"test":{"rows":0,"mean":null,"deviation":null}}],"notices":["n"],"#
        + #""roles":["r"]}"#)
    #expect(
      facts.sentences == [
        "a\"b: 33.3333 % of 3 rows train (1 positive), no row validates, 100 % of 1 row test (1 positive)",
        "w: mean 12345700, deviation 1e-07 in 2 rows train, no row validates, no row tests", "r",
        "n",
      ])
  }

  @Test(arguments: [
    (0.264_285_71, "0.264286"), (2000, "2000"), (1_234_567.8, "1234570"),
    (-0.000_123_456_78, "-0.000123457"),
    (0, "0"), (0.1 + 0.2, "0.3"), (99.999_999, "100"), (1e20, "1e+20"), (5e-324, "5e-324"),
    (4.690549999999999e31, "4.69055e+31"), (-2.879_470_000_1e-29, "-2.87947e-29"),
    (1e30, "1e+30"), (9.999_999_9e40, "1e+41"), (.nan, "nan"), (-.infinity, "-inf"),
  ])
  func hasSixDigits(value: Double, text: String) { #expect(significant(value) == text) }
}
