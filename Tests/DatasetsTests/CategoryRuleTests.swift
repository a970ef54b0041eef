import Foundation
import Tensors
import Testing

@testable import Datasets

/// Lists, hashes and buckets as inputs, and weights of rows.
@Suite struct CategoryRuleTests {
  private static let csv = """
    day,tags,price,click,w
    1,a|b|c,1,1,2
    1,b,2,0,0
    1,|a||b|,3,1,4
    1,,4,0,1
    1,c|c|a,?,1,1
    2,zz|b,9,1,7
    3,q,0.5,0,7

    """

  private func load(_ columns: String, extra: String = "", csv: String = csv, partBytes: Int = 30)
    throws -> Dataset
  {
    try Table(
      csv: csv,
      schema: """
        name: t
        files: {all: t.csv}
        missing: ["", "?"]
        columns: {\(columns)}
        tasks: {click: {column: click}}
        \(extra)
        split: {column: day, validation: 2, test: 3}
        """, partBytes: partBytes
    ).load()
  }

  private func values(_ data: Dataset, _ examples: Examples) -> [[String]] {
    (0..<examples.count).map { row in
      examples.ids(ofRow: row, field: 0).map { data.features.fields[0].name(of: Int($0)) }
    }
  }

  /// Values are counted one by one: a and b three times each, c three times (twice in one row).
  @Test(arguments: [30, 1 << 20]) func readsLists(partBytes: Int) throws {
    let data = try load(
      "tags: {type: categorical, separator: \"|\", minimumCount: 1}", partBytes: partBytes)
    let field = data.features.fields[0]
    #expect(field.categories == ["", "a", "b", "c", ""])
    #expect(field.list == ListShape(.mean, longest: 3) && field.vocabulary == 5)
    #expect(
      values(data, data.training) == [
        ["a", "b", "c"], ["b"], ["a", "b"], ["(empty)"], ["c", "c", "a"],
      ])
    #expect(values(data, data.validation) == [["(rare or unseen)", "b"]])
    #expect(values(data, data.test) == [["(rare or unseen)"]])
    #expect(data.inputs(ofRow: 0, in: data.training)[0].value == "a | b | c")
  }

  /// A text is the list of its words, lower-cased; marks are words too, blanks and case are none.
  @Test(arguments: [30, 1 << 20]) func readsTokens(partBytes: Int) throws {
    let csv = """
      day,tags,click
      1,Good sound. Good price!,1
      1,sound  GOOD,0
      1,,1
      2,bad sound,1
      3,Good,0

      """
    let data = try load(
      "tags: {type: categorical, tokens: words, minimumCount: 1, maximumCount: 5}", csv: csv,
      partBytes: partBytes)
    let field = data.features.fields[0]
    #expect(field.categories == ["", "good", "sound", "", ".", "price"])
    #expect(field.list == ListShape(.mean, longest: 5))
    #expect(
      values(data, data.training) == [
        ["good", "sound", ".", "good", "price"], ["sound", "good"], ["(empty)"],
      ])
    #expect(values(data, data.validation) == [["(rare or unseen)", "sound"]])
    #expect(data.notices.contains { $0.contains("1 values beyond the first 5") })
    #expect(!data.notices.contains { $0.contains("separator") }, "\(data.notices)")
    let letters = try load(
      "tags: {type: categorical, tokens: characters, minimumCount: 1, pooling: sum}",
      csv: csv.replacing("Good sound. Good price!", with: "Ab a"))
    #expect(values(letters, letters.training)[0] == ["a", "b", "a"])
    #expect(letters.features.fields[0].list?.pooling == .sum)
  }

  @Test func minimumCountIsOfValues() throws {
    let csv = Self.csv.replacing("c|c|a", with: "c|a")
    let data = try load(
      "tags: {type: categorical, separator: \"|\", minimumCount: 3, pooling: sum}", csv: csv)
    #expect(data.features.fields[0].categories == ["", "a", "b"])
    #expect(data.features.fields[0].list?.pooling == .sum)
  }

  @Test func saysThatASeparatorStandsNowhere() throws {
    let idle = try load("tags: {type: categorical, separator: \";\", minimumCount: 1}")
    #expect(
      idle.notices.contains(
        "tags: the separator ';' stands in no training row's value, so each is a list of one"))
    let list = try load("tags: {type: categorical, separator: \"|\", minimumCount: 1}")
    #expect(!list.notices.contains { $0.contains("separator") }, "\(list.notices)")
  }

  @Test func dropsBeyondTheMaximumAndSaysSo() throws {
    let data = try load(
      "tags: {type: categorical, separator: \"|\", minimumCount: 1, maximumCount: 2}")
    #expect(values(data, data.training)[0] == ["a", "b"])
    #expect(values(data, data.training)[4] == ["c", "c"])
    #expect(data.features.fields[0].list?.longest == 2)
    #expect(
      data.notices.contains(
        "tags: 2 values beyond the first 2 of a list are left out, in 2 of 7 different lists"),
      "\(data.notices)")
  }

  @Test func listsArePartOfTheFingerprint() throws {
    let rule = "tags: {type: categorical, minimumCount: 1"
    let prints = try [
      rule + "}", rule + ", separator: \"|\"}", rule + ", separator: \"|\", pooling: sum}",
      rule + ", separator: \"|\", maximumCount: 2}",
    ].map { try load($0).fingerprint }
    #expect(Set(prints).count == 4)
  }

  @Test func hashesTexts() throws {
    let data = try load("tags: {type: categorical, hash: 4}")
    let field = data.features.fields[0]
    #expect((field.vocabulary, field.isHashed, field.list) == (5, true, nil))
    let expected = ["a|b|c", "b", "|a||b|", "", "c|c|a"].map { CategoryIds.hash($0, rows: 4) }
    #expect(data.training.ids.array == expected)
    #expect(data.validation.ids.array == [CategoryIds.hash("zz|b", rows: 4)])
    #expect(expected.allSatisfy { (1...4).contains($0) })
    #expect(field.name(of: 3) == "hash row 3")
    // Rows 2, 1, 4, 1, 4 of the training texts, 3 of validation's, 1 of the test's.
    #expect(data.training.ids.array == [2, 1, 4, 1, 4] && data.validation.ids.array == [3])
    #expect(
      data.notices.prefix(2) == [
        "tags: 7 values are hashed into 4 rows; 5 of them share a row with another",
        "tags: 1 of 7 values have a row that no training row moves: it stays as it was drawn",
      ])
    let both = try load("tags: {type: categorical, hash: 1000, separator: \"|\"}")
    #expect(both.training.ids(ofRow: 1, field: 0) == [CategoryIds.hash("b", rows: 1000)])
    #expect(both.features.fields[0].list?.longest == 3)
    #expect(both.notices.contains { $0.contains("2 of 6 values have a row that no training row") })
  }

  /// The hash is part of what a model is: it must never change (rows by another program).
  @Test(arguments: [("a", 76_584), ("u1", 33_344), ("user 7", 19_637), ("", 9_009), ("ä", 62_667)])
  func theHashNeverChanges(text: String, row: Int32) {
    #expect(CategoryIds.hash(text, rows: 100_000) == row)
  }

  /// Of two lists 3 + 1 values are left out.
  @Test func valuesAndListsAreCountedApart() throws {
    let data = try load(
      "tags: {type: categorical, separator: \"|\", minimumCount: 1, maximumCount: 2}",
      csv: Self.csv.replacing("a|b|c", with: "a|b|c|d|e"))
    #expect(
      data.notices.contains(
        "tags: 4 values beyond the first 2 of a list are left out, in 2 of 7 different lists"),
      "\(data.notices)")
  }

  @Test func theLongestListMayBeAny() {
    #expect(FieldLists.Table([[1, 2, 3], [4], []]).longest == 3)
    #expect(FieldLists.Table([[1], [], [2, 3, 4, 5]]).longest == 4)
    #expect(FieldLists.Table([]).longest == 0)
  }

  /// Prices 1, 2, 3, 4 and a missing one train: two halves, and a category of what is missing.
  @Test func bucketsHoldEquallyManyRows() throws {
    let data = try load("p: {type: categorical, from: price, buckets: 2}")
    #expect(data.features.fields[0].categories == ["", "<3", ">=3", ""])
    #expect(data.training.ids.array == [1, 1, 2, 2, 3])
    #expect(data.validation.ids.array == [2] && data.test.ids.array == [1])
  }

  @Test(
    arguments: [
      ([1, 1, 1, 1, 5], 2, [5.0]), ([1, 2, 3, 4, 5, 6], 3, [3, 5]), ([7], 4, []),
      ([3, 1, 2], 10, [2, 3]), ([], 2, []),
    ] as [([Double], Int, [Double])]) func bounds(
      numbers: [Double], buckets: Int, expected: [Double]
    )
  {
    let found = NumberBuckets(numbers.map { ($0, 1) }, buckets: buckets)
    #expect(found.bounds == expected && !found.hasMissing)
    #expect(found.categories.count == expected.count + 2)
    #expect(found.id(of: -1e300) == 1 && found.id(of: 1e300) == Int32(expected.count + 1))
    #expect(found.id(of: .nan) == 0)
    for (index, bound) in expected.enumerated() { #expect(found.id(of: bound) == Int32(index + 2)) }
  }

  /// Weights 2, 0, 4, 1, 1 of the training rows: those above 0 have mean 2.
  @Test func weighsTrainingRows() throws {
    let data = try load("tags: {type: categorical}", extra: "weight: w")
    #expect(data.training.spaces?.array == [1, 0, 2, 0.5, 0.5])
    #expect(data.validation.spaces == nil && data.test.spaces == nil)
    #expect(data.fingerprint != (try load("tags: {type: categorical}").fingerprint))
  }

  @Test(arguments: [
    ("4,0,1\n", "4,0,-1\n", "t.csv:5", "-1.0"), ("4,0,1\n", "4,0,?\n", "t.csv:5", "missing"),
  ])
  func refusesWhatIsNoWeight(_ old: String, _ new: String, _ place: String, _ found: String) throws
  {
    let error = #expect(throws: ReaderError.self) {
      try load(
        "tags: {type: categorical}", extra: "weight: w", csv: Self.csv.replacing(old, with: new))
    }
    let text = "\(try #require(error))"
    #expect(text.hasPrefix(place) && text.contains(found) && text.contains("column 'w'"), "\(text)")
  }

  @Test func refusesNoWeightAtAll() throws {
    let csv = "day,tags,click,w\n1,a,1,0\n1,b,0,0\n2,a,1,1\n3,a,1,1\n"
    #expect(throws: ReaderError.noWeight(column: "w", data: "t")) {
      try load("tags: {type: categorical}", extra: "weight: w", csv: csv)
    }
  }

  @Test(arguments: [
    ("separator: \"|\", bins: [1]", "separator"), ("hash: 5, minimumCount: 2", "minimumCount"),
    ("hash: 5, divide: 2", "hash"), ("buckets: 4, bins: [1, 2]", "buckets"),
    ("buckets: 1", "a whole number of buckets from 2 to 65536"), ("pooling: mean", "separator"),
    ("maximumCount: 3", "separator"), ("separator: \"|\", pooling: max", "mean or sum"),
    ("separator: \"\"", "separator"), ("tokens: letters", "words or characters"),
    ("tokens: words, separator: \",\"", "tokens"), ("tokens: words, bins: [1]", "tokens"),
    ("hash: 0", "hash"),
  ])
  func refusesWhatDoesNotGoTogether(_ keys: String, _ word: String) throws {
    let error = #expect(throws: SchemaError.self) {
      try load("tags: {type: categorical, \(keys)}")
    }
    let text = "\(try #require(error))"
    #expect(text.contains(word) && text.contains("s.yaml:"), "\(text)")
  }
}
