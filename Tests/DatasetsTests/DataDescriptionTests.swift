import Foundation
import Testing

@testable import Datasets

/// What is said of data, by hand on a few rows.
@Suite struct DataDescriptionTests {
  private func load(_ csv: String, columns: String, tasks: String) throws -> Dataset {
    let schema = """
      name: d
      files: {all: t.csv}
      columns: {\(columns)}
      tasks: {\(tasks)}
      split: {column: s, validation: v, test: t}
      """
    return try Table(csv: csv, schema: schema).load()
  }

  /// user, price, a, b, split.
  private static let csv = """
    u,p,a,b,s
    x,1,1,1,n
    x,2,1,0,n
    y,3,0,0,n
    y,4,0,0,n
    x,5,1,1,v
    y,6,0,0,v
    z,7,0,1,t
    x,1,1,1,t

    """

  @Test func describesByHand() throws {
    let data = try load(
      Self.csv, columns: "u: {type: categorical, minimumCount: 1}, p: {type: numeric}",
      tasks: "a: {column: a}, b: {column: b}")
    let described = DataDescription(data)
    #expect(described.rows == [4, 2, 2])
    // φ of (1,1), (1,0), (0,0), (0,0): 0.25 / √(0.25 · 0.1875).
    #expect(abs(described.correlations[0][1] - 0.577_350_269) < 1e-6)
    #expect(described.correlations[0][0] > 0.999_999)
    #expect(described.inputs.map(\.name) == ["u", "p"])
    #expect(described.inputs[0].ids == 3)
    #expect(described.inputs[0].unknown == [0, 0.5])
    // x has positives of a in training only: rows x, y, z, x rank 5/6 … of a: 1, 0, 0, 1.
    #expect(described.inputs[0].auc[0] == 1)
    // The price ranks a's training rows 1, 2 below 3, 4.
    #expect(described.inputs[1].auc[0] == 1)
    // b is 1 for the lowest of four.
    #expect(described.inputs[1].auc[1] == 1)
    #expect(
      described.warnings.contains(.givesAway(input: "u", task: "a", auc: 1)))
    #expect(described.warnings.contains(.givesAway(input: "p", task: "a", auc: 1)))
    #expect(described.warnings.contains(.repeated(rows: 1, of: 2)))
    #expect(described.warnings.contains(.unknown(input: "u", split: "test", share: 0.5)))
    #expect(!described.warnings.contains(.unknown(input: "u", split: "validation", share: 0)))
    #expect(
      described.warnings.contains(.oneClass(task: "b", split: "test", value: 1, rows: 2)))
  }

  /// An id that every training row has once would rank those rows perfectly and no other.
  @Test func anIdOfOneRowGivesNothingAway() throws {
    var rows = (0..<40).map { "n\($0),\($0 % 2),n" }
    rows += (0..<20).map { "m\($0),\($0 % 2),\($0 < 10 ? "v" : "t")" }
    let csv = "u,a,s\n" + rows.joined(separator: "\n") + "\n"
    let data = try load(
      csv, columns: "u: {type: categorical, minimumCount: 1}", tasks: "a: {column: a}")
    let described = DataDescription(data)
    #expect(described.inputs[0].auc == [0.5])
    #expect(
      described.warnings == [
        .unknown(input: "u", split: "validation", share: 1),
        .unknown(input: "u", split: "test", share: 1),
      ])
  }

  /// Each of several equal rows counts, however often they stand in the training rows.
  @Test func everyRepeatedRowCounts() throws {
    func rows(_ letters: [String], _ split: String) -> [String] {
      letters.map { "\($0),\($0 == "x" ? 1 : 0),\(split)" }
    }
    let lines =
      rows(["x", "y", "x", "x", "w"], "n") + rows(["x", "v"], "v")
      + rows(["x", "y", "x", "z", "q", "y"], "t") + ["y,1,t"]
    let data = try load(
      "u,a,s\n" + lines.joined(separator: "\n") + "\n",
      columns: "u: {type: categorical, hash: 100000}", tasks: "a: {column: a}")
    #expect(DataDescription(data).warnings.contains(.repeated(rows: 4, of: 7)))
  }

  @Test func anInputThatIsNearTheLabelIsNotTheLabel() throws {
    let rows = (0..<100).map { row -> String in
      let label = row < 50 ? 0 : 1
      let value = row < 4 ? 200 + row : row
      return "\(value),\(label),\(row % 10 == 8 ? "v" : row % 10 == 9 ? "t" : "n")"
    }
    let data = try load(
      "p,a,s\n" + rows.joined(separator: "\n") + "\n", columns: "p: {type: numeric}",
      tasks: "a: {column: a}")
    let described = DataDescription(data)
    // Of 40 training rows of each kind four negatives lie above all positives.
    #expect(abs(described.inputs[0].auc[0] - 0.9) < 1e-12)
    #expect(described.warnings.isEmpty)
  }

  @Test func saysWhichInputsCarryNothing() throws {
    let rows = (0..<12).map {
      "u\($0),,5,\($0 % 3)|\($0 % 2),\($0 % 2),\($0 % 6 == 4 ? "v" : $0 % 6 == 5 ? "t" : "n")"
    }
    let csv = "user,age,price,tags,a,s\n" + rows.joined(separator: "\n") + "\n"
    let data = try load(
      csv,
      columns:
        "user: {type: categorical}, age: {type: numeric}, price: {type: numeric}, tags: {type: categorical}",
      tasks: "a: {column: a}")
    #expect(
      data.notices == [
        "inputs that carry nothing: user has no category with 2 training rows or more; age has no number "
          + "in the training rows; price never varies in the training rows",
        "tags: values such as '0|0' look like lists; name `separator: \"|\"` to read each part as a value",
      ])
    #expect(data.inputs.map(\.missing) == [0, 8, 0, 0])
    #expect(data.inputs.map(\.distinct) == [8, 0, 0, 4])
  }

  @Test func anIndicatorOfWhatIsMissingCarriesSomething() throws {
    let rows = (0..<12).map {
      "\($0 % 2 == 0 ? "5" : ""),\($0 % 3 == 0 ? 1 : 0),\($0 % 6 == 4 ? "v" : $0 % 6 == 5 ? "t" : "n")"
    }
    let csv = "p,a,s\n" + rows.joined(separator: "\n") + "\n"
    let plain = try load(csv, columns: "p: {type: numeric}", tasks: "a: {column: a}")
    #expect(plain.notices == ["inputs that carry nothing: p never varies in the training rows"])
    let marked = try load(
      csv, columns: "p: {type: numeric, indicator: true}", tasks: "a: {column: a}")
    #expect(marked.notices.isEmpty)
  }

  /// Rows, positives, mean and deviation by split, of a regression in the label's own unit.
  @Test func countsLabels() throws {
    let data = try load(
      Self.csv, columns: "u: {type: categorical}",
      tasks:
        "a: {column: a, space: {column: p, atLeast: 2}}, w: {column: p, kind: regression, divide: 2}"
    )
    let facts = data.facts
    #expect(facts.tasks.map(\.task) == ["a", "w"])
    #expect(facts.tasks[0].training.rows == 3)
    #expect(facts.tasks[0].training.positives == 1)
    #expect(facts.tasks[0].validation.rate == 0.5)
    #expect(facts.tasks[0].test.rows == 1)
    #expect(abs(facts.tasks[1].training.mean - 1.25) < 1e-6)
    #expect(abs(facts.tasks[1].training.deviation - 0.559_016_994) < 1e-6)
    #expect(abs(facts.tasks[1].test.mean - 2) < 1e-6)
    #expect(
      facts.tasks.map(\.sentence) == [
        "a: 33.3333 % of 3 rows train (1 positive), 50 % of 2 rows validate (1 positive), 0 % of 1 row "
          + "test (0 positive)",
        "w: mean 1.25, deviation 0.559017 in 4 rows train, mean 2.75, deviation 0.25 in 2 rows validate, "
          + "mean 2, deviation 1.5 in 2 rows test",
      ])
    #expect(facts.notices.contains("a is 0 in all test rows, so it has no AUC there"))
    #expect(
      facts.notices.contains(
        "a counts for 3 of 4 training rows, 2 of 2 validation rows, 1 of 2 test rows"))
  }
}
