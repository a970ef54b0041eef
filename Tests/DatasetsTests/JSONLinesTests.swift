import Foundation
import Tensors
import Testing

@testable import Datasets

/// A small table of JSON lines, read from memory.
private struct Lines {
  var text = Self.rows
  var bytes: Data?
  var name = "t.jsonl"
  var schema = Table().schema
  var threads = 2
  var partBytes = TableReader.usualPartBytes

  static let rows = """
    {"user": "a", "price": 1, "click": 0, "split": "x"}
    {"user": "b", "price": 2, "click": 1, "split": "x"}
    {"user": "a", "price": 3, "click": 1, "split": "v"}
    {"user": "c", "price": 5, "click": 0, "split": "t"}

    """

  func load() throws -> Dataset {
    let schema = try DatasetSchema(
      yaml: schema.replacing("t.csv", with: name), path: "s.yaml")
    let source = DatasetLoader.Source.memory([name: bytes ?? Data(text.utf8)])
    var loader = DatasetLoader(schema, from: source, threads: threads)
    loader.partBytes = partBytes
    let data = try loader.load()
    try data.expectSameWhenEncodedAgain(schema, from: source, partBytes: partBytes)
    return data
  }
}

/// JSON lines say the same as the table that they spell.
@Suite struct JSONLinesTests {
  @Test(arguments: ["t.jsonl", "t.ndjson", "t.JSON", "t.jsonl.gz"])
  func theNameTellsAndTheRowsAreThoseOfTheTable(name: String) throws {
    let table = try Table(csv: Table.rows).load()
    let isPacked = name.hasSuffix(".gz")
    let lines = Lines(bytes: isPacked ? gzip(Data(Lines.rows.utf8)) : nil, name: name)
    #expect(try lines.load().contents == table.contents)
  }

  @Test func theSchemaTellsWhereTheNameDoesNot() throws {
    let table = try Table(csv: Table.rows).load()
    var lines = Lines(name: "log.txt")
    let error = #expect(throws: ReaderError.self) { try lines.load() }
    #expect(error == .file(.notText(path: "log.txt", kind: .json)))
    #expect("\(error.map { "\($0)" } ?? "")".contains("`lines: json`"))
    lines.schema += "\nlines: json"
    #expect(try lines.load().contents == table.contents)
    let other = Lines(text: Table.rows, schema: Table().schema + "\nlines: fields")
    #expect(try other.load().contents == table.contents)
  }

  /// Names of columns, which need `header: false`, make fields of what is called JSON, as README says.
  @Test func aFileWithoutAHeaderHasFieldsWhateverItsName() throws {
    let table = try Table(csv: Table.rows).load()
    let names = "\nheader: false\ncolumnNames: [user, price, click, split]"
    let rows = Table.rows.split(separator: "\n").dropFirst().map { "\($0)\n" }.joined()
    #expect(
      try Lines(text: rows, schema: Table().schema + names).load().contents == table.contents)
  }

  @Test(arguments: ["delimiter: \";\"", "quoted: false", "header: true"])
  func objectsHaveNoFields(key: String) {
    let schema = Table().schema + "\nlines: json\n" + key
    let error = #expect(throws: SchemaError.self) {
      try DatasetSchema(yaml: schema, path: "s.yaml")
    }
    guard case .conflict(_, 7, let name, "lines: json", _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(key.hasPrefix(name))
  }

  /// Escapes, a pair of surrogates, half a pair, numbers as they are written, absent and null, order
  /// of keys, unknown keys of any kind, blank lines, CRLF, a mark at the front.
  @Test func readsEveryKindOfValue() throws {
    let lines = Lines(
      text: "\u{FEFF}"
        + #"""
        {"user":"A\n\"\u00e9\ud83d\ude00\/","price":1.50,"click":true,"split":"x","more":[1,{"a":[]}]}

          { "split" : "x" , "click" : false , "price" : -2e-1 , "user" : 7.0 }
        {"user":null,"click":1,"split":"x","\u0070rice":"4","b":{"user":"no","c":null}}
        {"click":0,"split":"x","price":null,"user":"\ud83d"}
        {"user":"A\n\"é😀/","price":0,"click":1,"split":"v"}
        {"user":true,"price":0,"click":0,"split":"t"}
        """#.replacing("\n", with: "\r\n"))
    let table = Table(
      csv: """
        user,price,click,split
        "A\n""é😀/",1.5,1,x
        7.0,-0.2,0,x
        ,4,1,x
        \u{FFFD},,0,x
        "A\n""é😀/",0,1,v
        true,0,0,t

        """)
    for partBytes in [1, 40, TableReader.usualPartBytes] {
      var lines = lines
      lines.partBytes = partBytes
      #expect(try lines.load().contents == table.load().contents, "parts of \(partBytes) bytes")
    }
  }

  @Test func trimsAndMarksOfMissingValuesAreAsInATable() throws {
    let more = "\ntrim: true\nmissing: [NA, \"?\"]"
    let lines = Lines(
      text: Lines.rows.replacing("\"b\"", with: "\" b\\t\"").replacing(
        "1, \"click\": 0", with: "\"?\", \"click\": 0"
      )
      .replacing("\"user\": \"c\", ", with: ""), schema: Table().schema + more)
    let table = Table(
      csv: Table.rows.replacing("b,2", with: " b ,2").replacing("a,1,0", with: "a,?,0")
        .replacing("c,5", with: "NA,5"), schema: Table().schema + more)
    #expect(try lines.load().contents == table.load().contents)
  }

  @Test(arguments: 1...8)
  func isTheSameForAnyThreadsAndParts(seed: UInt64) throws {
    let random = RandomSource(seed: seed, .test)
    let rows = 30 + random.index(below: 200, 0, 9)
    let users = [#""a""#, #""b\"{""#, #""c\n}""#, "null", "5", #""\\""#]
    let texts = ["a", "\"b\"\"{\"", "\"c\n}\"", "", "5", "\\"]
    var (json, csv) = ("", "user,price,click\n")
    for row in 0..<rows {
      let i = UInt64(row)
      let (user, price) = (random.index(below: users.count, i, 1), random.index(below: 9, i, 2))
      let isAbsent = price == 0
      json += "{\"user\": \(users[user])\(isAbsent ? "" : ", \"price\": \(price)"), "
      json +=
        "\"click\": \(row % 2)}" + ["\n", "\r\n", "\n\n", "\n \t\n"][random.index(below: 4, i, 3)]
      csv += "\(texts[user]),\(isAbsent ? "" : "\(price)"),\(row % 2)\n"
    }
    let schema = Table().schema.replacing(
      "{column: split, validation: v, test: t}",
      with: "{ratio: {validation: 0.2, test: 0.2, seed: 3}}")
    let whole = try Table(csv: csv, schema: schema).load()
    for threads in 1...3 {
      for _ in 0..<3 {
        let part = 1 + random.index(below: 400, UInt64(threads), 10)
        let lines = Lines(text: json, schema: schema, threads: threads, partBytes: part)
        let note = "seed \(seed), \(threads) threads, parts of \(part) bytes"
        #expect(try lines.load().contents == whole.contents, "\(note)")
      }
    }
  }

  /// Keys are known from the rows that begin in the first bytes, whatever the blocks, and the blocks
  /// are read afterwards as they were cut.
  @Test func keysAreThoseOfTheFirstRows() throws {
    let row = #"{"user":"a","click":0,"split":"x","note":"\n"}"# + "\n"
    let length = row.utf8.count
    #expect(TableHeader.keyBytes == 1 << 20)
    for (within, isKnown) in [(20 * length + 1, true), (20 * length, false)] {
      let bytes = Data((String(repeating: row, count: 20) + Lines.rows).utf8)
      for partBytes in [1, 100, 1 << 20] {
        let blocks = RowBlocks(
          MemorySource(bytes), path: "t", fields: FieldScanner(lines: "t"), blockBytes: partBytes)
        let header = try TableHeader(keysOf: blocks, path: "t", within: within)
        let names = ["user", "click", "split", "note"] + (isKnown ? ["price"] : [])
        #expect(header.names == names, "\(within) bytes, parts of \(partBytes)")
        var read = Data()
        var count = 0
        while let block = try blocks.next() {
          read += block
          count += 1
        }
        #expect(read == bytes)
        if partBytes != 100 { #expect(count == (partBytes == 1 ? 24 : 1)) }
      }
    }
    let absent = Lines(text: row + row)
    #expect(
      throws: ReaderError.missingColumn(
        path: "t.jsonl", column: "price",
        header: HeaderFacts(count: 4, names: ["user", "click", "split", "note"], cause: .keys))
    ) { try absent.load() }
  }

  /// A table of objects is joined to a log of fields, whose delimiter is another thing.
  @Test func objectsAreJoinedToFields() throws {
    func load(_ users: String, _ name: String) throws -> Dataset {
      let schema = """
        name: joined
        files: {all: log.csv}
        delimiter: ";"
        columns: {user: {type: categorical, minimumCount: 1}}
        join: [{file: \(name), key: user, columns: {age: {type: numeric}}}]
        tasks: {click: {column: click}}
        split: {column: split, validation: v, test: t}
        """
      let log = Table.rows.replacing(",", with: ";")
      return try DatasetLoader(
        DatasetSchema(yaml: schema, path: "s.yaml"),
        from: .memory(["log.csv": Data(log.utf8), name: Data(users.utf8)]), threads: 2
      ).loadTwice()
    }
    let table = try load("user;age\na;3\nc;9\n", "users.csv")
    let lines = try load("{\"age\":3,\"user\":\"a\"}\n{\"user\":\"c\",\"age\":9}\n", "users.jsonl")
    #expect(lines.contents == table.contents)
  }
}

/// What is wrong with a line is said with the line, and with the key or the character.
@Suite struct JSONLinesErrorTests {
  private static let good = Lines.rows

  @Test(arguments: [
    ("[1, 2]", JSONFault.notAnObject(found: "[1, 2]")),
    ("user,price", .notAnObject(found: "user,price")),
    ("{", .unexpected(found: "", character: 2, expected: "a key in double quotes")),
    (
      #"{"é":1 "b":2}"#,
      .unexpected(found: "\"b\":2}", character: 8, expected: "a comma or a closing brace")
    ),
    (#"{"a":1,}"#, .unexpected(found: "}", character: 8, expected: "a key in double quotes")),
    (#"{'a':1}"#, .unexpected(found: "'a':1}", character: 2, expected: "a key in double quotes")),
    (#"{"a" 1}"#, .unexpected(found: "1}", character: 6, expected: "a colon")),
    (#"{"a":NaN}"#, .unexpected(found: "NaN}", character: 6, expected: "a value")),
    (#"{"a":01}"#, .unexpected(found: "01}", character: 6, expected: "a value")),
    (#"{"a":-}"#, .unexpected(found: "-}", character: 6, expected: "a value")),
    (#"{"a":1.}"#, .unexpected(found: "}", character: 8, expected: "a digit")),
    (#"{"a":1e+}"#, .unexpected(found: "}", character: 9, expected: "a digit")),
    (#"{"a":"b}"#, .unexpected(found: "", character: 9, expected: "a closing quote")),
    (#"{"a":"\x"}"#, .unexpected(found: #"\x"}"#, character: 7, expected: "an escape of JSON")),
    (
      #"{"a":"\u12g4"}"#,
      .unexpected(
        found: #"\u12g4"}"#, character: 7, expected: "four hexadecimal digits behind \\u")
    ),
    (
      "{\"a\":\"\t\"}",
      .unexpected(
        found: "\t\"}", character: 7, expected: "an escape, as \\t, for a control character")
    ),
    (#"{"a":[1,]}"#, .unexpected(found: "]}", character: 9, expected: "a value")),
    (#"{"a":[1}"#, .unexpected(found: "}", character: 8, expected: "a comma or a closing bracket")),
    (#"{"a":1} {}"#, .unexpected(found: "{}", character: 9, expected: "the end of the line")),
    (#"{"price":{"a":1}}"#, .nested(key: "price", isList: false)),
    (#"{"user":["a"]}"#, .nested(key: "user", isList: true)),
    (#"{"user":"a","us\u0065r":"b"}"#, .repeatedKey("user")),
  ])
  func saysWhatIsWrongAndWhere(line: String, fault: JSONFault) {
    for partBytes in [1, 60, TableReader.usualPartBytes] {
      #expect(throws: ReaderError.json(path: "t.jsonl", line: 6, fault)) {
        try Lines(text: Self.good + "\n" + line + "\n", partBytes: partBytes).load()
      }
    }
  }

  /// Deeper than the limit is refused where it is not wanted too; at the limit it is skipped.
  @Test func refusesDeepNesting() throws {
    func line(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    let first = #"{"user":"a","price":1,"click":0,"split":"x","deep":"#
    let limit = JSONLineScanner.depthLimit
    let data = try Lines(text: Self.good + first + line(limit) + "}\n").load()
    #expect(data.training.count == 3)
    let fault = JSONFault.tooDeep(character: first.count + limit + 1)
    #expect(throws: ReaderError.json(path: "t.jsonl", line: 5, fault)) {
      try Lines(text: Self.good + first + line(limit + 1) + "}\n").load()
    }
  }

  /// Keys in Latin-1 that differ in bytes alone would be one name.
  ///
  /// Every column behind them would be another one's.
  @Test(arguments: [0, 1]) func refusesKeysThatAreNotUTF8(rowsBefore: Int) throws {
    let good = Self.good.split(separator: "\n").prefix(rowsBefore).map { "\($0)\n" }.joined()
    var bytes = Data(good.utf8)
    bytes.append(contentsOf: Data(#"{"click":1,"gr"#.utf8))
    bytes.append(contentsOf: [0xF6, 0xDF])
    bytes.append(contentsOf: Data(#"e":1,"gr"#.utf8))
    bytes.append(contentsOf: [0xFC, 0xDF])
    bytes.append(contentsOf: Data(#"e":2,"user":"a","price":3,"split":"x"}"#.utf8))
    let fault = JSONFault.notUTF8(key: "gr\u{FFFD}\u{FFFD}e")
    #expect(throws: ReaderError.json(path: "t.jsonl", line: rowsBefore + 1, fault)) {
      try Lines(bytes: bytes).load()
    }
  }

  /// Behind the first rows, which say the keys, too.
  @Test func refusesALaterKeyThatIsNotUTF8() throws {
    let blanks = String(repeating: " ", count: TableHeader.keyBytes) + "\n"
    var bytes = Data((Self.good + blanks + #"{"user":"a","us"#).utf8)
    bytes.append(0xE9)
    bytes.append(contentsOf: Data(#"r":1}"#.utf8))
    let fault = JSONFault.notUTF8(key: "us\u{FFFD}r")
    #expect(throws: ReaderError.json(path: "t.jsonl", line: 6, fault)) {
      try Lines(bytes: bytes).load()
    }
  }

  @Test func saysWhatIsNoNumberWithItsLine() {
    let text = Self.good.replacing("2, ", with: "\"two\", ")
    #expect(
      throws: ReaderError.notANumber(path: "t.jsonl", line: 2, column: "price", found: "two")
    ) { try Lines(text: text).load() }
  }

  @Test func namesAKeyThatIsNearly() {
    let text = Self.good.replacing("price", with: "prize")
    #expect(
      throws: ReaderError.missingColumn(
        path: "t.jsonl", column: "price",
        header: HeaderFacts(
          count: 4, names: ["user", "prize", "click", "split"], cause: .near("prize")))
    ) { try Lines(text: text).load() }
  }

  @Test(arguments: ["", "\n \n\r\n"]) func refusesAFileWithoutObjects(text: String) {
    #expect(throws: ReaderError.emptyFile(path: "t.jsonl")) { try Lines(text: text).load() }
  }

  @Test func wordsOfTheErrors() {
    let error = ReaderError.json(path: "t.jsonl", line: 3, .nested(key: "a\u{1B}", isList: true))
    #expect(
      "\(error)" == """
        t.jsonl:3: the value of the key 'a\\u{1B}' is no single value.
          found: a list, expected text or number
          fix:   leave the column out of the schema, or write its value under a key of its own, as in `jq`
        """)
    let key = ReaderError.json(path: "t.jsonl", line: 2, .notUTF8(key: "gr\u{FFFD}e"))
    #expect(
      "\(key)" == """
        t.jsonl:2: a key of this line is not UTF-8.
          found: 'gr\u{FFFD}e', expected UTF-8, as JSON is written
          fix:   write the file as UTF-8, as `iconv -f WINDOWS-1252 -t UTF-8 FILE` does
        """)
    let syntax = ReaderError.json(
      path: "t.jsonl", line: 1, .unexpected(found: "", character: 2, expected: "a colon"))
    #expect(
      "\(syntax)" == """
        t.jsonl:1: no JSON at character 2 of this line.
          found: the end of the line, expected a colon
          fix:   write each row as one object in one line, as `jq -c . FILE` does
        """)
  }
}

/// The folder of the reviews of musical instruments, if there is one.
private let reviewFolder = ProcessInfo.processInfo.environment["AMAZON_REVIEWS_DIR"]

/// Real reviews.
@Suite struct AmazonReviewTests {
  @Test(
    .enabled(
      if: reviewFolder != nil,
      "set AMAZON_REVIEWS_DIR to the folder of reviews_Musical_Instruments_5.json.gz"))
  func readsAllRatings() throws {
    let schema = """
      name: reviews
      files: {all: reviews_Musical_Instruments_5.json.gz}
      columns: {reviewerID: {type: categorical}, asin: {type: categorical}}
      tasks: {rating: {column: overall, kind: regression}}
      """
    let folder = try #require(reviewFolder)
    let data = try DatasetLoader(
      DatasetSchema(yaml: schema, path: "s.yaml"), from: .folder(folder, hint: nil), threads: 2
    ).load()
    let ratings = [data.training, data.validation, data.test].flatMap { data.labels($0)[0] }
    #expect(ratings.count == 10_261)
    let counts = (1...5).map { rating in ratings.count { $0.rounded() == Float(rating) } }
    #expect(counts == [217, 250, 772, 2_084, 6_938])
  }
}
