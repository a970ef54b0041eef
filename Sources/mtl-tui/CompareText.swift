import Datasets
import Foundation
import Runs

// The table for people. Cells are made once and laid out twice: as text and as Markdown.

extension ComparisonTable {
  /// Means and deviations, then gains and tests, then what both rest on.
  var text: String { text(scores: []) }

  /// The same with a table for each further score, in their order.
  func text(scores: [String]) -> String {
    var parts = ["\(printable(data)): test rows, \(seedsInWords)", scoreTable.text]
    if hasRowIntervals { parts.append(intervalTable.text) }
    if reference != nil || hasTests { parts.append(gainTable.text) }
    if tasks.contains(where: { $0.bound != nil }) { parts.append(boundTable.text) }
    parts += scores.map { summaryTable(of: $0).text }
    return (parts + [notes.joined(separator: "\n")]).joined(separator: "\n\n")
  }

  /// `seeds 1–5`.
  private var seedsInWords: String {
    guard let first = seeds.first, let last = seeds.last else { return "no seeds" }
    return first == last ? "seed \(first)" : "seeds \(first)–\(last)"
  }

  private func heads(_ words: (ComparedTask) -> String) -> [String] {
    tasks.map { "\(printable($0.name)) \(words($0))" }
  }

  /// A row a model: mean ± deviation of each task, parameters, seconds, runs.
  private var scoreTable: TextTable {
    var table = TextTable(["model"] + heads { $0.score.uppercased() })
    table.head += ["kept step", "parameters", "seconds", "runs"]
    for row in rows {
      guard row.reason == nil else {
        table.add([row.title], remark: row.reason ?? "")
        continue
      }
      table.add([row.title] + row.cells.map(\.meanInWords) + row.costsInWords)
    }
    let bounds = tasks.map(\.bound)
    if bounds.contains(where: { $0 != nil }) {
      table.add(["Bayes bound"] + bounds.map { $0.map(fixed) ?? "–" })
    }
    return table
  }

  /// Whether the error of the test rows is known for some score.
  var hasRowIntervals: Bool {
    rows.contains { $0.cells.contains { $0.rowInterval != nil } }
  }

  /// A row a model: where other test rows would put each mean score.
  private var intervalTable: TextTable {
    var table = TextTable(["95 % by test rows"] + heads { $0.score.uppercased() })
    for row in rows where row.reason == nil {
      table.add([row.title] + row.cells.map(\.intervalInWords))
    }
    return table
  }

  /// A row a model: gain over the reference and p of each task.
  private var gainTable: TextTable {
    let what = reference == nil ? "p" : hasTests ? "gain (p)" : "gain"
    var table = TextTable([what] + tasks.map { printable($0.name) })
    for row in rows where row.reason == nil {
      table.add(
        [row.title]
          + zip(tasks, row.cells).map { task, cell in
            cell.gainInWords(
              p: cell.pInWords(of: row, task), hasGains: reference != nil, hasTests: hasTests)
          })
    }
    return table
  }

  /// A row a model: mean ± deviation of a score, in the tasks that have it.
  private func summaryTable(of score: String) -> TextTable {
    var table = TextTable([score] + tasks.map { printable($0.name) })
    for row in rows where row.reason == nil {
      table.add(
        [row.title]
          + row.cells.map { cell in
            cell.summaries.first { $0.name == score }?.meanInWords ?? "–"
          })
    }
    return table
  }

  /// The names of all scores of the table, in the order in which tasks list them.
  var scoreNames: [String] {
    var names: [String] = []
    for summary in rows.flatMap({ $0.cells.flatMap(\.summaries) })
    where !names.contains(summary.name) {
      names.append(summary.name)
    }
    return names
  }

  /// A row a model: AUC from chance to the bound, in percent.
  private var boundTable: TextTable {
    let known = tasks.indices.filter { tasks[$0].shareOfBound(0.5) != nil }
    var table = TextTable(["share of bound"] + known.map { printable(tasks[$0].name) })
    for row in rows where row.reason == nil {
      table.add(
        [row.title]
          + known.map { place in
            let share = tasks[place].shareOfBound(row.cells[place].mean) ?? .nan
            return share.isFinite ? String(format: "%.1f %%", 100 * share) : "–"
          })
    }
    return table
  }
}

// MARK: - What the numbers mean
extension ComparisonTable {
  /// Seeds from which a test can find anything but the largest differences.
  static let tellingPairs = 5

  /// Sentences under the table.
  var notes: [String] {
    var notes: [String] = []
    if rows.contains(where: { ($0.cells.first?.deviation) != nil }) {
      notes.append(
        "mean ± standard deviation over the seeds (n − 1): how far another seed would go")
    }
    if hasRowIntervals {
      notes.append(
        "95 % by test rows: how far other test rows would go (AUC by DeLong, RMSE by its squares); "
          + "all models are scored "
          + "on the same rows, so a difference of two is surer than either interval")
    }
    if let reference {
      notes.append("gain: over \(reference), larger is better; RMSE counts downwards")
    }
    if hasTests {
      let best = tasks.compactMap { task in
        task.bestBaseline.map { "\(printable(task.name)) \($0)" }
      }
      notes.append(
        "p: two-sided paired t-test by seed against the best baseline (*): "
          + best.joined(separator: ", "))
      notes.append(
        "p speaks of other seeds, not of other test rows, and is corrected for the "
          + "\(shownTests) tests of this table (Holm)")
    }
    for task in tasks where task.hasFewPositives {
      notes.append(
        "few: \(printable(task.name)) has \(task.positives ?? 0) positive test rows, fewer than "
          + "\(ComparedTask.tellingPositives): too few positives to tell")
    }
    if let few = testNote { notes.append(few) }
    for task in tasks {
      guard let around = task.surroundings?.surroundings(numberText) else { continue }
      notes.append("\(printable(task.name)): \(printable(around))")
    }
    if tasks.contains(where: { $0.bound != nil }) {
      notes.append(
        "Bayes bound: what the truth of the made log itself scores (AUC, watch time: expects to "
          + "score); "
          + "share: (AUC − ½) / (bound − ½)")
    }
    for row in rows {
      for task in row.incomparable {
        notes.append(
          "\(row.title): \(printable(task)) is judged together with its click, which is another "
            + "label than the others' where it occurs without; it is compared with nothing")
      }
    }
    for row in rows where row.runsDiverged > 0 {
      notes.append(
        "\(row.title): the loss stopped being a number in \(row.runsDiverged) of "
          + "\(row.runsPlanned) runs, which are left out")
    }
    if !isComplete {
      let done = rows.reduce(0) { $0 + $1.runsFinished + $1.runsDiverged }
      let planned = rows.reduce(0) { $0 + $1.runsPlanned }
      notes.append("not complete: \(done) of \(planned) runs are done")
    }
    return notes
  }

  /// How many p the table shows.
  private var shownTests: Int {
    rows.reduce(0) { sum, row in
      sum + zip(tasks, row.cells).count { !$0.hasFewPositives && $1.test != nil }
    }
  }

  /// What to think of the tests where there are few seeds; nil where there are enough.
  private var testNote: String? {
    switch seeds.count {
    case ..<2: "no test: it needs at least two seeds (--seeds 5)"
    case ..<Self.tellingPairs:
      "with \(seeds.count) seeds a test finds only large differences; take at least "
        + "\(Self.tellingPairs)"
    default: nil
    }
  }
}

extension ComparisonTable {
  /// What a command ends with if some model has no run that could be ended; nil if all have.
  var failure: Failure? {
    let failed = rows.compactMap { row -> String? in
      guard case .failed(let reason) = row.status else { return nil }
      return "\(row.title): \(printable(reason))"
    }
    guard let first = failed.first else { return nil }
    return Failure(
      message: """
        \(failed.count) of \(rows.count) models could not be trained.
          found: \(first)
          fix:   mend that; the same command does only what is missing
        """)
  }
}

extension ComparisonRow {
  /// Why there are no numbers; nil where there are or may come some.
  var reason: String? {
    switch status {
    case .unfit(let reason): "the data do not fit: \(printable(reason))"
    case .failed(let reason): "failed: \(printable(reason))"
    case .waiting, .running, .done: nil
    }
  }

  /// The step, or the least and the greatest, whose parameters were kept and scored.
  var keptStepsInWords: String {
    guard let least = keptSteps.min(), let most = keptSteps.max() else { return "–" }
    return least == most ? "\(least)" : "\(least)–\(most)"
  }

  /// Kept steps, parameters, seconds, runs.
  var costsInWords: [String] {
    [
      keptStepsInWords, parameterCount.map { "\($0)" } ?? "–",
      seconds.map { String(format: "%.1f", $0) } ?? "–", runsInWords,
    ]
  }

  /// `5`, or `3 of 5`.
  var runsInWords: String {
    runsFinished == runsPlanned ? "\(runsPlanned)" : "\(runsFinished) of \(runsPlanned)"
  }
}

extension ComparisonCell.Summary {
  /// `0.9412 ± 0.0012`.
  var meanInWords: String {
    guard mean.isFinite else { return "–" }
    return fixed(mean) + (deviation.map { " ± \(fixed($0, beside: mean))" } ?? "")
  }
}

extension ComparisonCell {
  /// `0.9412 ± 0.0012`.
  var meanInWords: String {
    guard mean.isFinite else { return "–" }
    return fixed(mean) + (deviation.map { " ± \(fixed($0, beside: mean))" } ?? "")
  }

  /// `0.9381–0.9443`.
  var intervalInWords: String {
    guard let interval = rowInterval else { return "–" }
    return fixed(interval.lowerBound, beside: mean) + "–" + fixed(interval.upperBound, beside: mean)
  }

  /// `+0.0031`, with a sign.
  var signedGain: String {
    gain.map { ($0 < 0 ? "" : "+") + fixed($0, beside: mean) } ?? "–"
  }

  /// A star for the best baseline, `few` where positives are too few to tell, else p.
  func pInWords(of row: ComparisonRow, _ task: ComparedTask) -> String {
    if task.bestBaseline == row.model { return "*" }
    return task.hasFewPositives && test != nil ? "few" : test?.pInWords ?? "–"
  }

  /// `+0.0031 (0.012)`.
  func gainInWords(p: String, hasGains: Bool, hasTests: Bool) -> String {
    guard hasGains else { return p }
    return signedGain + (hasTests ? " (\(p))" : "")
  }
}

extension ComparisonCell.Test {
  /// Three decimals of the corrected p, or `<0.001`.
  var pInWords: String { corrected < 0.001 ? "<0.001" : String(format: "%.3f", corrected) }
}
