import Foundation
import Testing

@testable import Datasets

/// The table of keys says what the parser reads, no more and no less.
@Suite struct SchemaKeyTests {
  /// A schema whose sections hold what they need, and one more entry in the section of a key.
  private struct Sketch {
    let section: SchemaKey.Section
    let key: String
    let types: [SchemaKey.ColumnType]
    let value: String

    var yaml: String {
      let isParity = section == .split && key == "rowParity"
      let isSeparate = (section == .files && key != "all") || isParity
      var top = [
        "name": "n",
        "files": mapping(
          .files, isSeparate ? ["training": "a.csv", "test": "b.csv"] : ["all": "l.csv"]),
        "columns": "{a: {type: categorical}, b: \(mapping(.column, ["type": columnType])), "
          + "i: {type: categorical}\(hasText ? ", s: {type: text}" : "")}",
        "join": "[\(join)]", "tasks": "{x: \(task)}",
        "interactions": mapping(.interactions, ["user": "a", "item": "i", "time": "w"]),
      ]
      if hasText {
        top["reviews"] = mapping(.reviews, ["of": "s", "perUser": "1"])
        top["concepts"] = mapping(.concepts, ["file": "c.csv", "column": "x"])
      }
      if section == .opinions { top["opinions"] = mapping(.opinions, ["file": "o.tsv"]) }
      if !isSeparate || isParity { top["split"] = mapping(.split, split(isParity: isParity)) }
      if key == "columnNames", section == .schema { top["header"] = "false" }
      return mapping(.schema, top)
    }

    /// Whether a column of type text is needed besides the one that has the key.
    private var hasText: Bool { section == .reviews || section == .concepts }

    /// The split that has the section or the key.
    private func split(isParity: Bool) -> [String: String] {
      let nested: [(SchemaKey.Section, [String: String])] = [
        (.time, ["column": "t", "validationFrom": "1", "testFrom": "2"]),
        (.ratio, ["validation": "0.1", "test": "0.1"]), (.lastByUser, ["test": "1"]),
        (.ratioByUser, ["validation": "0.1", "test": "0.1"]),
      ]
      for (own, entries) in nested {
        let name = own.rawValue.replacing("split.", with: "")
        if section == own || (section == .split && key == name) {
          return [name: mapping(own, entries)]
        }
      }
      return isParity
        ? ["rowParity": "true"] : ["column": "s", "validation": "v", "test": "t"]
    }

    private var columnType: String { (types.first ?? .categorical).rawValue }

    private var join: String {
      var entries = [
        "file": "j.csv", "columns": "{c: {type: numeric}}",
        "key": mapping(.joinKey, ["log": "a", "table": "k"]),
      ]
      if key == "columnNames", section == .join { entries["header"] = "false" }
      return mapping(.join, entries)
    }

    private var task: String {
      if section == .sampled || key == "sampled" {
        return mapping(
          .task, ["kind": "ranking", "sampled": mapping(.sampled, ["negatives": "2"])])
      }
      let isNumber = ["divide", "cap", "log1p"].contains(key)
      var entries = ["column": "y", "space": mapping(.space, ["column": "z"])]
      if isNumber { entries["kind"] = "regression" }
      return mapping(.task, entries)
    }

    private func mapping(_ place: SchemaKey.Section, _ entries: [String: String]) -> String {
      var entries = entries
      if place == section { entries[key] = value }
      return "{" + entries.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", ")
        + "}"
    }
  }

  /// An unknown key under a name that is no key is refused, so each sketch is sound without it.
  @Test(arguments: SchemaKey.Section.allCases)
  func refusesWhatIsNotInTheTable(section: SchemaKey.Section) throws {
    let first = try #require(SchemaKey.all.first { $0.section == section })
    let sketch = Sketch(section: section, key: "zzz", types: first.types, value: "1")
    let known = SchemaKey.names(in: section)
    let error = #expect(throws: SchemaError.self) {
      try DatasetSchema(yaml: sketch.yaml, path: "s.yaml")
    }
    guard case .unknownKey(_, _, "zzz", _, let said)? = error else {
      Issue.record("\(sketch.yaml): \(String(describing: error))")
      return
    }
    #expect(said == known)
  }

  /// What no key can mean, a list of an empty mapping, is refused where the key is read.
  @Test(arguments: SchemaKey.all) func readsEveryKey(key: SchemaKey) {
    let sketch = Sketch(section: key.section, key: key.name, types: key.types, value: "[{}]")
    let error = #expect(throws: SchemaError.self, "\(key.name) is not read: \(sketch.yaml)") {
      try DatasetSchema(yaml: sketch.yaml, path: "s.yaml")
    }
    if case .unknownKey? = error { Issue.record("\(key.name) is not known: \(sketch.yaml)") }
    let message = error.map { "\($0)" } ?? ""
    #expect(message.contains(key.name), "\(message)")
  }

  @Test func namesNoKeyTwice() {
    let names = SchemaKey.all.map { "\($0.section.rawValue).\($0.name)" }
    #expect(Set(names).count == names.count)
  }

  @Test func theReadmePrintsTheTable() throws {
    let text = try String(contentsOf: ReadmeTests.file, encoding: .utf8)
    #expect(
      text.contains(SchemaKey.markdown), "copy this into the README:\n\(SchemaKey.markdown)")
  }
}
