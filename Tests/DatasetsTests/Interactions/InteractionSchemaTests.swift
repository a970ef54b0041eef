import Foundation
import Testing

@testable import Datasets

/// What a schema says of users and items, and what it may not say.
@Suite struct InteractionSchemaTests {
  private static func text(
    _ interactions: String = "interactions: {user: user, item: item, time: at}",
    tasks: String = "{rank: {kind: ranking}}", split: String = ""
  ) -> String {
    """
    name: log
    files: {all: log.csv}
    columns:
      user: {type: categorical, from: u}
      item: {type: categorical}
      tags: {type: categorical, separator: "|"}
      price: {type: categorical, buckets: 3}
      level: {type: categorical, bins: [1, 2]}
      code: {type: categorical, hash: 9}
      age: {type: numeric}
    \(interactions)
    tasks: \(tasks)
    \(split)
    """
  }

  private static func schema(_ text: String) throws -> DatasetSchema {
    try DatasetSchema(yaml: text, path: "s.yaml")
  }

  @Test func readsUsersItemsAndTimes() throws {
    let schema = try Self.schema(Self.text())
    #expect(schema.interactions == InteractionSchema(user: "user", item: "item", time: "at"))
    #expect(schema.timeUnit == nil)
    #expect(schema.tasks[0].sampled == NegativeSampling(negatives: 4))
    #expect(schema.tasks[0].label == nil)
    #expect(schema.userColumn == UsedColumns.TextColumn(name: "u"))
    let bare = try Self.schema(Self.text("interactions: {user: user, item: item}"))
    #expect(bare.interactions?.time == nil)
    let unit = try Self.schema(
      Self.text("interactions: {user: user, item: item, time: at, unit: number}"))
    #expect(unit.timeUnit == .number)
  }

  @Test func readsNegatives() throws {
    let tasks = "{r: {kind: ranking, sampled: {per: user, negatives: 7, excluding: seen}}}"
    let schema = try Self.schema(Self.text(tasks: tasks))
    #expect(schema.tasks[0].sampled == NegativeSampling(negatives: 7))
    let other = try Self.schema(Self.text(tasks: "{c: {column: y}, d: {column: z}}"))
    #expect(other.tasks.allSatisfy { $0.sampled == nil })
  }

  @Test(arguments: [
    (
      "{lastByUser: {validation: 2, test: 3}}",
      DatasetSchema.Split.lastByUser(validation: 2, test: 3)
    ),
    ("{lastByUser: {}}", .lastByUser(validation: 1, test: 1)),
    (
      "{ratioByUser: {validation: 0.1, test: 0.2, seed: 5}}",
      .ratioByUser(validation: 0.1, test: 0.2, seed: 5)
    ),
    (
      "{ratioByUser: {validation: 0.1, test: 0.2}}",
      .ratioByUser(validation: 0.1, test: 0.2, seed: 1)
    ),
  ])
  func readsSplitsByUser(split: String, expected: DatasetSchema.Split) throws {
    let schema = try Self.schema(Self.text(split: "split: \(split)"))
    #expect(schema.split == expected)
  }

  @Test(arguments: [
    ("{item: item}", SchemaError.missingKey(path: "s.yaml", line: 11, key: "user", place: place)),
    ("{user: user}", .missingKey(path: "s.yaml", line: 11, key: "item", place: place)),
    (
      "{user: u, item: item}",
      .unknownColumn(path: "s.yaml", line: 11, column: "u", known: ["user", "item"])
    ),
    ("{user: user, item: tags}", wrong("item", "'tags'")),
    ("{user: code, item: item}", wrong("user", "'code'")),
    ("{user: price, item: item}", wrong("user", "'price'")),
    ("{user: level, item: item}", wrong("user", "'level'")),
    ("{user: user, item: age}", wrong("item", "'age'")),
    ("{user: item, item: item}", .duplicate(path: "s.yaml", line: 11, name: "item")),
    (
      "{user: user, item: item, unit: seconds}",
      .missingKey(path: "s.yaml", line: 11, key: "time", place: place)
    ),
    (
      "{user: user, item: item, when: at}",
      .unknownKey(
        path: "s.yaml", line: 11, key: "when", place: place,
        known: ["user", "item", "time", "unit"])
    ),
  ])
  func refusesBadInteractions(interactions: String, error: SchemaError) {
    #expect(throws: error) { try Self.schema(Self.text("interactions: \(interactions)")) }
  }

  /// Two users whose numbers differ would be one.
  @Test func refusesUsersThatAreDivided() {
    let text = Self.text().replacing(
      "user: {type: categorical, from: u}", with: "user: {type: categorical, divide: 2}")
    #expect(throws: wrong("user", "'user'")) { try Self.schema(text) }
  }

  @Test(arguments: [
    ("{r: {kind: ranking, sampled: {per: item}}}", wrongTask("sampled.per", "user", "'item'")),
    (
      "{r: {kind: ranking, sampled: {excluding: none}}}",
      wrongTask("sampled.excluding", "seen", "'none'")
    ),
    (
      "{r: {kind: ranking, sampled: {negatives: 0}}}",
      wrongTask("sampled.negatives", "a whole number from 1 to 1000", "'0'")
    ),
    (
      "{r: {kind: ranking, sampled: {negatives: 1.5}}}",
      wrongTask("sampled.negatives", "a whole number from 1 to 1000", "'1.5'")
    ),
    (
      "{r: {kind: ranking, sampled: {negative: 3}}}",
      .unknownKey(
        path: "s.yaml", line: 12, key: "negative", place: "tasks.r.sampled",
        known: ["per", "negatives", "excluding"])
    ),
    (
      "{r: {column: y, sampled: {negatives: 2}}}",
      conflict(
        "tasks.r.sampled", "kind: binary", "draw negatives in a task of `kind: ranking`")
    ),
    (
      "{r: {kind: ranking, column: y}}",
      conflict(
        "tasks.r.column", "kind: ranking",
        "leave column out: a task of `kind: ranking` has no label column")
    ),
    (
      "{r: {kind: ranking, labelMissing: skip}}",
      conflict(
        "tasks.r.labelMissing", "kind: ranking",
        "leave labelMissing out: a task of `kind: ranking` has no label column")
    ),
  ])
  func refusesBadRankings(tasks: String, error: SchemaError) {
    #expect(throws: error) { try Self.schema(Self.text(tasks: tasks)) }
  }

  @Test(arguments: [
    (
      "{lastByUser: {validation: 0}}",
      SchemaError.wrongValue(
        path: "s.yaml", line: 13, key: "split.lastByUser.validation",
        expected: "a whole number from 1", found: "'0'")
    ),
    (
      "{ratioByUser: {validation: 0.5, test: 0.5}}",
      .wrongValue(
        path: "s.yaml", line: 13, key: "split.ratioByUser.test",
        expected: "a share that leaves rows to train on", found: "'0.5'")
    ),
    (
      "{ratioByUser: {validation: 0.5}}",
      .missingKey(path: "s.yaml", line: 13, key: "test", place: "split.ratioByUser")
    ),
    (
      "{lastByUser: {}, ratioByUser: {validation: 0.1, test: 0.1}}",
      .conflict(
        path: "s.yaml", line: 13, key: "split.ratioByUser", with: "split.lastByUser",
        fix: "keep one of column, rowParity, ratio, time, lastByUser and ratioByUser")
    ),
    (
      "{time: {column: day, validationFrom: 2020-01-01, testFrom: 2020-02-01}}",
      .conflict(
        path: "s.yaml", line: 11, key: "interactions.time", with: "split.time.column",
        fix: "name one column of times in both")
    ),
  ])
  func refusesBadSplits(split: String, error: SchemaError) {
    #expect(throws: error) { try Self.schema(Self.text(split: "split: \(split)")) }
  }

  /// Rankings and splits by user need users; the last rows of a user need times; a unit is said once.
  @Test func refusesWhatLacksUsersOrTimes() {
    let none = "# nobody"
    #expect(
      throws: SchemaError.missingKey(path: "s.yaml", line: 12, key: "interactions", place: "")
    ) { try Self.schema(Self.text(none)) }
    #expect(
      throws: SchemaError.missingKey(path: "s.yaml", line: 13, key: "interactions", place: "")
    ) {
      try Self.schema(Self.text(none, tasks: "{a: {column: y}}", split: "split: {lastByUser: {}}"))
    }
    #expect(
      throws: SchemaError.missingKey(path: "s.yaml", line: 11, key: "time", place: "interactions")
    ) {
      try Self.schema(
        Self.text("interactions: {user: user, item: item}", split: "split: {lastByUser: {}}"))
    }
    let split = "split: {time: {column: at, validationFrom: 2020-01-01, testFrom: 2020-02-01}}"
    #expect(
      throws: SchemaError.conflict(
        path: "s.yaml", line: 11, key: "interactions.unit", with: "split.time",
        fix: "say the unit there, as `split.time.unit`")
    ) {
      try Self.schema(
        Self.text("interactions: {user: user, item: item, time: at, unit: date}", split: split))
    }
    #expect(throws: Never.self) { try Self.schema(Self.text(split: split)) }
  }

  /// Separate files are a split already.
  @Test func refusesToSplitFilesByUser() {
    let text = Self.text(split: "split: {lastByUser: {}}")
      .replacing("{all: log.csv}", with: "{training: a.csv, test: b.csv}")
    #expect(
      throws: SchemaError.conflict(
        path: "s.yaml", line: 13, key: "split.lastByUser", with: "files.training",
        fix: "name one file as `all`, or leave the split out")
    ) { try Self.schema(text) }
  }

  /// A column of times is no input by a pattern.
  @Test func keepsTimesFromPatterns() throws {
    let schema = try Self.schema(Self.text())
    #expect(schema.reservedColumns.contains("at"))
    #expect(!schema.reservedColumns.contains(""))
  }
}

private let place = "interactions"

private func wrong(_ key: String, _ found: String) -> SchemaError {
  .wrongValue(
    path: "s.yaml", line: 11, key: "interactions.\(key)",
    expected: "a categorical input without separator, tokens, hash, bins, divide and buckets",
    found: found)
}

private func wrongTask(_ key: String, _ expected: String, _ found: String) -> SchemaError {
  .wrongValue(
    path: "s.yaml", line: 12, key: "tasks.r.\(key)", expected: expected, found: found)
}

private func conflict(_ key: String, _ other: String, _ fix: String) -> SchemaError {
  .conflict(path: "s.yaml", line: 12, key: key, with: other, fix: fix)
}
