import Foundation
import Tensors
import Testing

@testable import Datasets

/// Texts of files as tokens, and what is wrong with schemas and tables of them.
@Suite struct TextReadingTests {
  private static let columns = """
    name: t
    files: {all: t.csv}
    columns:
      user: {type: categorical, minimumCount: 1}
      item: {type: categorical, minimumCount: 1}
      review: {type: text, from: body, minimumCount: 2, maximumTokens: 4, missing: ["", NA]}
    """
  private static let rest = """
    tasks: {words: {kind: text}}
    split: {column: split, validation: v, test: t}
    """
  private static let csv = """
    user,item,body,split
    a,1,"Good sound, good price.",x
    b,2,NA,x
    a,2,"Don't buy; no sound
    at all",x
    c,1,,v
    b,1,Good buy,t

    """

  /// Reads the table by a schema whose middle lines are given.
  private func load(
    _ more: String = "", csv: String = Self.csv, beside: [String: String] = [:],
    partBytes: Int = 1 << 20
  ) throws -> Dataset {
    let yaml = [Self.columns, more, Self.rest].filter { !$0.isEmpty }.joined(separator: "\n")
    let schema = try DatasetSchema(yaml: yaml, path: "s.yaml")
    var files = ["t.csv": Data(csv.utf8)]
    for (name, text) in beside { files[name] = Data(text.utf8) }
    var loader = DatasetLoader(schema, from: .memory(files), threads: 2)
    loader.partBytes = partBytes
    return try loader.loadTwice()
  }

  private func tokens(_ data: Dataset) throws -> [[String]] {
    let text = try #require(data.text)
    return (0..<text.corpus.count).map { text.vocabulary.tokens(of: text.corpus[$0]) }
  }

  /// Words of one training text only and those behind the cut are not known; missing texts are empty,
  /// and rows without one are outside of the task.
  @Test func cutsTexts() throws {
    let data = try load()
    let text = try #require(data.text)
    #expect(text.vocabulary.tokens == TextVocabulary.specials + ["good"])
    let unknown = "<unknown>"
    #expect(
      try tokens(data) == [
        ["good", unknown, unknown, "good"], [], [unknown, unknown, unknown, unknown], [],
        ["good", unknown],
      ])
    #expect(text.corpus.isCut.array == [true, false, true, false, false])
    #expect(data.training.spaces?.array == [1, 0, 1])
    #expect(data.validation.spaces?.array == [0] && data.test.spaces?.array == [1])
    #expect(data.validation.firstText == 3 && data.test.firstText == 4)
    #expect(data.features.text == text.features && !text.features.hasConcepts)
    #expect(
      data.notices.contains("review: 2 of 5 texts have more than 4 tokens and are cut there"))
    #expect(data.notices.contains("review: 2 of 5 rows have no text"))
  }

  /// The same whatever the blocks and threads are, and from JSON lines.
  @Test func readsTheSameInAnyPieces() throws {
    let whole = try load()
    let pieces = try load(partBytes: 16)
    let lines = try DatasetLoader(
      DatasetSchema(
        yaml: (Self.columns + "\n" + Self.rest).replacing("t.csv", with: "t.jsonl"), path: "s.yaml"),
      from: .memory([
        "t.jsonl": Data(
          #"""
          {"user": "a", "item": 1, "body": "Good sound, good price.", "split": "x"}
          {"user": "b", "item": 2, "body": null, "split": "x"}
          {"user": "a", "item": 2, "body": "Don\u2019t buy; no sound\nat all", "split": "x"}
          {"user": "c", "item": 1, "split": "v"}
          {"user": "b", "item": 1, "body": "Good buy", "split": "t"}
          """#.utf8)
      ]), threads: 1
    ).loadTwice()
    for other in [pieces, lines] {
      #expect(try tokens(other) == tokens(whole))
      #expect(other.training.spaces?.array == whole.training.spaces?.array)
    }
    #expect(pieces.fingerprint == whole.fingerprint)
  }

  @Test func wordsChangeTheFingerprint() throws {
    let other = try load(csv: Self.csv.replacing("Good buy", with: "Bad buy"))
    #expect(try load().fingerprint != other.fingerprint)
  }

  /// A text that was cut has no end: what stands behind the cut tells whether it was.
  @Test func aCutChangesTheFingerprint() throws {
    let whole = try load(csv: Self.csv.replacing("good price.", with: "good"))
    let cut = try load()
    #expect(try tokens(whole) == tokens(cut))
    #expect(whole.fingerprint != cut.fingerprint)
  }

  /// Without times the file's order tells which texts are the newest, and that is said.
  @Test func saysWhatIsTheNewestWithoutTimes() throws {
    let gathered = "reviews: {of: review, perUser: 1}\n"
    let csv = """
      user,item,body,split,at
      a,1,good good,x,1
      b,2,good nice,x,2
      c,1,nice,v,3
      b,1,good,t,4

      """
    func notes(_ interactions: String) throws -> Bool {
      try load(gathered + interactions, csv: csv).notices.contains {
        $0.contains("the last in the file count as the newest")
      }
    }
    #expect(try notes("interactions: {user: user, item: item}"))
    #expect(try !notes("interactions: {user: user, item: item, time: at}"))
  }

  @Test func conceptsAreKnownWords() throws {
    let table = "word\nGood\nprice\nsound quality\n"
    let data = try load("concepts: {file: c.csv, column: word}", beside: ["c.csv": table])
    let text = try #require(data.text)
    #expect(text.concepts.map { text.vocabulary.tokens[Int($0)] } == ["good"])
    #expect(data.features.text?.hasConcepts == true)
    #expect(
      data.notices.contains(
        "2 of 3 concepts are no single word of the vocabulary and left out"))
    let error = #expect(throws: ReaderError.self) {
      try load("concepts: {file: c.csv, column: word}", beside: ["c.csv": "word\nprice\n"])
    }
    #expect(error == .text(.noConcepts(of: "c.csv", names: 1)))
  }

  private static let opinions = """
    interactions: {user: user, item: item}
    opinions: {file: o.tsv, item: thing}
    """

  private func load(opinions rows: String) throws -> Dataset {
    try load(Self.opinions, beside: ["o.tsv": "user\tthing\tfeature\topinion\tsentiment\n\(rows)"])
  }

  /// Numbers by how often training has them; user b and item 1 meet in the test row alone.
  @Test func opinionsAreMatched() throws {
    let data = try load(
      opinions: "a\t1\tprice\tlow\t-1\nb\t1\tsound\tgood\t1\na\t2\tsound\tgood\t+1\n"
        + "a\t1\tsound\tloud\t1\nz\t1\tsound\tgood\t1\nb\t1\tbox\tgood\t-1\n")
    let opinions = try #require(data.opinions)
    #expect(opinions.features == ["sound", "price"])
    #expect(opinions.opinions == ["good", "loud", "low"])
    func tuple(
      _ user: String, _ item: String, _ numbers: (Int32, Int32, Int32)
    ) throws -> OpinionTuple {
      let users = data.features.fields[0].categories, items = data.features.fields[1].categories
      return OpinionTuple(
        user: Int32(try #require(users.firstIndex(of: user))),
        item: Int32(try #require(items.firstIndex(of: item))), feature: numbers.0,
        opinion: numbers.1, sentiment: numbers.2)
    }
    let training = [
      try tuple("a", "1", (1, 2, -1)), try tuple("a", "2", (0, 0, 1)),
      try tuple("a", "1", (0, 1, 1)),
    ]
    #expect(opinions.training == training)
    #expect(opinions.validation.isEmpty)
    let test = [try tuple("b", "1", (0, 0, 1)), try tuple("b", "1", (-1, 0, -1))]
    #expect(opinions.test == test)
    let notices = data.notices.filter { $0.contains("o.tsv") }
    #expect(
      notices == [
        "o.tsv: 1 of 6 opinions are of a user and an item that no row of the log has together; they "
          + "are left out"
      ])
  }

  /// The advice is that of the reason that most rows have.
  @Test func opinionsThatDoNotTrainSayWhy() {
    let cases: [(LeftOpinions, found: String, fix: String)] = [
      (
        LeftOpinions(strangers: 2, rare: 1, heldOut: 1),
        "2 whose user and item no row of the log has together, 1 of", "name the columns"
      ),
      (
        LeftOpinions(strangers: 1, rare: 2, heldOut: 1),
        "2 of a user or an item with fewer training rows", "`minimumCount: 1`"
      ),
      (
        LeftOpinions(strangers: 1, rare: 1, heldOut: 2),
        "2 of a user and an item that meet in rows that validate or test", "another split"
      ),
    ]
    for (left, found, fix) in cases {
      let error = TextError.noOpinions(path: "o", user: "u", item: "i", rows: 4, left)
      #expect("\(error)".contains("of 4 rows ") && "\(error)".contains(found))
      #expect("\(error)".contains("fix:   ") && "\(error)".contains(fix))
    }
  }

  /// Every user of one row is rare where an id needs two.
  @Test func opinionsOfRareUsersAreCountedAsSuch() throws {
    let rare = Self.columns.replacing(
      "user: {type: categorical, minimumCount: 1}",
      with: "user: {type: categorical, minimumCount: 5}")
    let schema = try DatasetSchema(
      yaml: [rare, Self.opinions, Self.rest].joined(separator: "\n"), path: "s.yaml")
    let table = "user\tthing\tfeature\topinion\tsentiment\na\t1\tprice\tlow\t-1\n"
    let loader = DatasetLoader(
      schema, from: .memory(["t.csv": Data(Self.csv.utf8), "o.tsv": Data(table.utf8)]), threads: 1)
    let error = #expect(throws: ReaderError.self) { try loader.loadTwice() }
    #expect(
      error
        == .text(
          .noOpinions(
            path: "o.tsv", user: "user", item: "thing", rows: 1, LeftOpinions(rare: 1))))
  }

  @Test func opinionsThatAreNone() {
    let cases: [(rows: String, error: TextError)] = [
      (
        "a\t1\tprice\tlow\t-1\na\t1\tprice\tlow\t2\n",
        .opinion(path: "o.tsv", line: 3, column: "sentiment", found: "2.0")
      ),
      ("a\t1\t\tlow\t1\n", .opinion(path: "o.tsv", line: 2, column: "feature", found: nil)),
      (
        "z\t1\tprice\tlow\t1\nb\t1\tprice\tlow\t1\n",
        .noOpinions(
          path: "o.tsv", user: "user", item: "thing", rows: 2,
          LeftOpinions(strangers: 1, heldOut: 1))
      ),
      (
        "a\t1\tprice\tlow\tyes\n",
        .opinion(path: "o.tsv", line: 2, column: "sentiment", found: "yes")
      ),
    ]
    for (rows, expected) in cases {
      let error = #expect(throws: ReaderError.self) { try load(opinions: rows) }
      #expect(error == .text(expected))
      #expect("\(expected)".contains("found:") && "\(expected)".contains("fix:"))
    }
  }

  @Test func noWordIsFrequentEnough() {
    let error = #expect(throws: ReaderError.self) {
      try load(csv: "user,item,body,split\na,1,Good,x\nb,1,bad,v\nb,2,bad,t\n")
    }
    #expect(error == .text(.noWords(column: "body", minimumCount: 2)))
  }
}

/// Schemas of texts that say too little or too much.
@Suite struct TextSchemaTests {
  private func error(_ columns: String, _ rest: String) -> SchemaError? {
    #expect(throws: SchemaError.self, "\(rest)") {
      try DatasetSchema(
        yaml: """
          name: t
          files: {all: t.csv}
          columns: {user: {type: categorical}, item: {type: categorical}\(columns)}
          \(rest)
          """, path: "s.yaml")
    }
  }

  private static let tasks = "tasks: {y: {column: y}}"

  @Test func saysWhatIsMissing() {
    let texts = ", a: {type: text}"
    #expect(
      error("", "tasks: {w: {kind: text}}")
        == .noText(path: "s.yaml", line: 4, need: "tasks.w"))
    #expect(
      error("", "reviews: {of: a, perUser: 1}\n\(Self.tasks)")
        == .noText(path: "s.yaml", line: 4, need: "reviews"))
    #expect(
      error(texts, "reviews: {of: a, perUser: 1}\n\(Self.tasks)")
        == .missingKey(path: "s.yaml", line: 4, key: "interactions", place: ""))
    #expect(
      error(texts, "concepts: {from: opinions}\n\(Self.tasks)")
        == .missingKey(path: "s.yaml", line: 4, key: "opinions", place: ""))
    #expect(
      error(texts, "tasks: {w: {kind: tuples}}")
        == .missingKey(path: "s.yaml", line: 4, key: "opinions", place: ""))
  }

  @Test func saysWhatIsWrong() {
    let texts = ", a: {type: text}"
    #expect(
      error(", a: {type: text}, b: {type: text}", Self.tasks)
        == .conflict(
          path: "s.yaml", line: 3, key: "columns.b", with: "columns.a",
          fix: "keep one column of type text, and give the others the type ignore"))
    #expect(
      error(texts, "tasks: {w: {kind: text, column: user}}")
        == .wrongValue(
          path: "s.yaml", line: 4, key: "tasks.w.column",
          expected: "'a', the column of type text", found: "'user'"))
    #expect(
      error(texts, "reviews: {of: a, perItem: 0}\n\(Self.tasks)")
        == .wrongValue(
          path: "s.yaml", line: 4, key: "reviews",
          expected: "a mapping with perUser or perItem above 0", found: "a mapping"))
    #expect(
      error(
        "", "join: [{file: j.csv, key: user, columns: {a: {type: text}}}]\n\(Self.tasks)")
        == .wrongValue(
          path: "s.yaml", line: 4, key: "join.columns.a.type",
          expected: "categorical, numeric or ignore in a joined table", found: "'text'"))
  }
}
