import Foundation
import Runs
import Store
import Testing

@testable import mtl_tui

@Suite("runs compare") struct RunComparisonTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("runs-\(UUID().uuidString)").path

  /// A run that ended with these AUCs of two tasks.
  private func run(
    _ model: String, seed: UInt64, yaml: String, click: Double, like: Double,
    started: Double = 1_800_000_000, isScored: Bool = true
  ) throws -> SettledRun {
    let writer = RunWriter(
      RunCard(
        command: "train", model: model, data: "sample", seed: seed, configuration: "00",
        started: started, program: "test"),
      documents: [.configuration: Array("seed: \(seed)\n\(yaml)".utf8)],
      in: RunCollection(path: folder))
    let tasks = [("click", click), ("like", like)].map { name, auc in
      TaskScores(task: name, scores: [Score(name: "auc", value: auc, higherIsBetter: true)])
    }
    let summary = RunSummary(
      reason: .epochs, step: 10, bestStep: 10,
      test: isScored
        ? Evaluation(step: 10, epoch: 1, split: .test, tasks: tasks, score: 0, isBest: true) : nil,
      examplesPerSecond: 1, seconds: 2, parameterCount: 3, fingerprint: "00")
    writer.end(step: 10, reason: "epochs", summary: try ValueCoding.encoded(summary))
    writer.close()
    return try SettledRun(writer.folder)
  }

  @Test("what differs, groups by all but the seed, and the paired test against the first")
  func comparison() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let small = "model:\n  name: mmoe\n  experts: 4\n"
    let large = "model:\n  name: mmoe\n  experts: 8\nbatch: 64\n"
    let runs = try [
      run("mmoe", seed: 1, yaml: small, click: 0.70, like: 0.60),
      run("mmoe", seed: 2, yaml: large, click: 0.74, like: 0.61),
      run("mmoe", seed: 2, yaml: small, click: 0.71, like: 0.62),
      run("mmoe", seed: 1, yaml: large, click: 0.72, like: 0.60),
      run("mmoe", seed: 3, yaml: large, click: 0.90, like: 0.90),
    ]
    let comparison = RunComparison(runs)
    #expect(comparison.differing == ["batch", "model.experts", "seed"])
    #expect(comparison.groups.map { $0.map(\.entry.card.seed) } == [[1, 2], [2, 1, 3]])
    let table = try #require(comparison.table)
    #expect(table.rows.map(\.model) == ["mmoe (1)", "mmoe (2)"])
    #expect(table.reference == "mmoe (1)")
    #expect(table.rows[0].cells[0].test == nil)
    // Seeds 1 and 2: differences of 0.02 and 0.03, so t = 0.025 / (0.00707 / √2) = 5 with one degree.
    let test = try #require(table.rows[1].cells[0].test)
    #expect(test.pairs == 2)
    #expect(abs(test.meanDifference - 0.025) < 1e-12)
    #expect(abs(test.t - 5) < 1e-9)
    #expect(abs(test.p - 0.12566591637800262) < 1e-9)
    #expect(abs(try #require(table.rows[1].cells[1].gain) - -0.005) < 1e-12)
    for line in ["model.experts", "mmoe (2)", "run 5  \(runs[4].entry.id)"] {
      #expect(comparison.text.contains(line), "\(line)")
    }
  }

  @Test("a run that was done twice is one pair: the newest that was scored, and it is said")
  func doubled() throws {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let (small, large) = ("model.experts: 4\n", "model.experts: 8\n")
    let runs = try [
      run("mmoe", seed: 1, yaml: small, click: 0.70, like: 0.6, started: 1_800_000_100),
      run("mmoe", seed: 1, yaml: small, click: 0.60, like: 0.6),
      run("mmoe", seed: 2, yaml: small, click: 0.71, like: 0.6),
      run(
        "mmoe", seed: 2, yaml: small, click: 0.1, like: 0.1, started: 1_800_000_200,
        isScored: false),
      run("mmoe", seed: 1, yaml: large, click: 0.65, like: 0.6),
      run("mmoe", seed: 1, yaml: large, click: 0.72, like: 0.6, started: 1_800_000_100),
      run("mmoe", seed: 2, yaml: large, click: 0.74, like: 0.6),
    ]
    let comparison = RunComparison(runs)
    let kept = [0, 2, 5, 6].map { runs[$0].entry.id }
    #expect(comparison.groups.flatMap { $0.map(\.entry.id) } == kept)
    #expect(
      comparison.doubled.map { [$0.leftOut, $0.counted] }
        == [[1, 0], [3, 2], [4, 5]].map { $0.map { runs[$0].entry.id } })
    let table = try #require(comparison.table)
    let test = try #require(table.rows[1].cells[0].test)
    #expect(test.pairs == 2 && abs(test.meanDifference - 0.025) < 1e-12)
    let words = "\(runs[1].entry.id) is left out: \(runs[0].entry.id) has its settings and its seed"
    #expect(comparison.text.contains(words))
    #expect(comparison.json.contains(#""leftOut":["\#(runs[1].entry.id)","#))
  }

  @Test("of three runs of a seed both earlier ones are left out for the newest") func threefold()
    throws
  {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let runs = try (0..<3).map { number in
      try run(
        "mmoe", seed: 1, yaml: "model.experts: 4\n", click: 0.6, like: 0.6,
        started: 1_800_000_000 + Double(100 * number))
    }
    let ids = runs.map(\.entry.id)
    let doubled = RunComparison(runs).doubled.map { [$0.leftOut, $0.counted] }
    #expect(doubled == [[ids[0], ids[2]], [ids[1], ids[2]]])
  }

  @Test("threads, pace and where the same rows lie make no other setting") func sameSettings()
    throws
  {
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let here = "data: a.yaml\npath: /a\ndata.hash: 0f\nthreads: 1\npace: 0\npaused: false\n"
    let there = "data: b.yaml\ndata.hash: 0f\nthreads: 2\npace: 9\npaused: true\n"
    let other = there.replacingOccurrences(of: "0f", with: "1f")
    let unknown = ["data: a.yaml\n", "data: b.yaml\n"]
    let runs = try ([here, there, other] + unknown).enumerated().map { index, yaml in
      try run("mmoe", seed: UInt64(index), yaml: yaml, click: 0.7, like: 0.6)
    }
    let comparison = RunComparison(runs)
    #expect(comparison.groups.map { $0.map(\.entry.card.seed) } == [[0, 1], [2], [3], [4]])
    #expect(comparison.text.contains("threads (changes no bit)"))
  }

  @Test("runs without an end are said") func withoutEnd() {
    #expect(CompareRunsCommand.words(leavingOut: []) == nil)
    #expect(
      CompareRunsCommand.words(leavingOut: ["a", "b"])
        == "note: 2 runs with the tag have no end (going on, interrupted or diverged) and no part in "
        + "this: a, b")
  }

  @Test(
    "a folder of runs has a name",
    arguments: [
      ["train", "--out", ""], ["replay", "last", "--out", ""], ["attach", "last", "--out", ""],
      ["runs", "list", "--in", ""], ["runs", "show", "last", "--in", ""],
    ])
  func noFolder(words: [String]) {
    let error = #expect(throws: (any Error).self) { try MtlTui.parseAsRoot(words) }
    #expect(error.map { MtlTui.message(for: $0) }?.contains("needs a folder.") == true)
  }

  @Test("settings of nested and listed keys are paths")
  func settings() throws {
    let settings = try RunSettings(yaml: "a: 1\nb:\n  c: [x, 'y']\n  d: {}\n")
    #expect(settings.values == ["a": "1", "b.c.0": "x", "b.c.1": "y"])
    let other = try RunSettings(yaml: "a: 1\nb:\n  c: [x]\ne: 2\n")
    #expect(RunSettings.differing([settings, other]) == ["b.c.1", "e"])
    #expect(RunSettings.differing([settings]).isEmpty)
  }

  @Test("days", arguments: ["2026-02-29", "2026-1", "26-01-01", "2026-13-01", "yesterday", ""])
  func noDays(text: String) { #expect(Day(argument: text) == nil) }

  @Test("a day begins at midnight, local time")
  func day() throws {
    let start = try #require(Day(argument: "2028-02-29")).start
    let parts = Calendar(identifier: .gregorian).dateComponents(
      in: .current, from: Date(timeIntervalSince1970: start))
    #expect(
      [parts.year, parts.month, parts.day, parts.hour, parts.minute] == [2028, 2, 29, 0, 0])
  }

  @Test("tags", arguments: ["", "two words", "a,b", "-x", "\u{1B}[2J", "it's"])
  func noTags(word: String) { #expect(!TagCommand.isTag(word)) }
}
