import Runs
import Terminal

/// What the data are, a page of the tasks screen: rows and labels by task and split, then what is
/// easily misread, the parts that tasks play, and what the run has said since.
struct FactsPage {
  let run: RunState
  /// Lines that are scrolled away.
  var scroll = 0

  func draw(in body: Rect, on canvas: inout Canvas) {
    let name = run.description?.data ?? ""
    let title = [
      Span("data facts  \(name)", .title), Span("   d goes back to the tasks", .dim),
    ]
    let inner = canvas.frame(body, title: title, isFocused: true)
    let lines = self.lines(columns: inner.size.columns - 2)
    let list = ListWindow(count: lines.count, from: scroll, rows: inner.size.rows)
    for (row, place) in list.places.enumerated() {
      canvas.write(
        lines[place], row: inner.row + row, column: inner.column + 1,
        limit: inner.size.columns - 2)
    }
    list.drawMore(in: body, on: &canvas)
  }

  /// Every line of the page at a width.
  func lines(columns: Int) -> [[Span]] {
    let facts = run.description?.facts ?? DataFacts()
    let table =
      facts.tasks.isEmpty
      ? [[Span("Nothing is known of the labels of these data.", .dim)]]
      : FactTable(tasks: facts.tasks, columns: columns).lines
    return table + section("notices", facts.notices, .warning, columns)
      + section("roles", facts.roles, .plain, columns)
      + section("said in this run", run.notices, .warning, columns)
  }

  private func section(
    _ title: String, _ sentences: [String], _ role: Role, _ columns: Int
  ) -> [[Span]] {
    guard !sentences.isEmpty else { return [] }
    let lines = sentences.flatMap { sentence in
      wrapped(sentence, columns: columns - 2, lines: 6).enumerated().map { row, line in
        [Span(row == 0 ? "· " : "  ", .dim), Span(line, role)]
      }
    }
    return [[], [Span(title, style: Style(.title, bold: true))]] + lines
  }
}

/// Labels by task and split.
///
///     task      split         rows  positives  rate or mean  deviation
///     ● click   training    32,000      9,920        31.00%
///               validation   4,000      1,240        31.00%
///     ■ watch   training     8,110                  12.4000     3.1000
struct FactTable {
  let tasks: [DataFacts.TaskFacts]
  let columns: Int

  /// Columns where there is little room are narrower, and called by shorter names.
  private var isNarrow: Bool { columns < 70 }

  private var numbers: [(title: String, columns: Int)] {
    isNarrow
      ? [("rows", 9), ("positives", 10), ("rate/mean", 10), ("deviation", 10)]
      : [("rows", 12), ("positives", 12), ("rate or mean", 14), ("deviation", 11)]
  }

  private var splitColumns: Int { isNarrow ? 6 : 11 }

  private var nameColumns: Int {
    let widest = tasks.map { columnsTaken(by: $0.task) }.max() ?? 0
    let others = numbers.reduce(3 + splitColumns) { $0 + $1.columns }
    return max(4, min(widest, columns - others))
  }

  /// The header, and a line a task and split.
  var lines: [[Span]] {
    let header =
      "  " + padded("task", to: nameColumns + 1) + padded("split", to: splitColumns)
      + numbers.map { rightAligned($0.title, to: $0.columns) }.joined()
    return [[Span(header, .dim)]] + tasks.enumerated().flatMap(lines)
  }

  private func lines(of index: Int, _ task: DataFacts.TaskFacts) -> [[Span]] {
    let splits = [
      (isNarrow ? "train" : "training", task.training),
      (isNarrow ? "valid" : "validation", task.validation), ("test", task.test),
    ]
    return splits.enumerated().map { row, split in
      let head = row == 0 ? fit(task.task, into: nameColumns) : ""
      return [
        Span(row == 0 ? "\(seriesGlyph(index)) " : "  ", .series(index)),
        Span(padded(head, to: nameColumns + 1)), Span(padded(split.0, to: splitColumns), .dim),
        Span(cells(split.1, task.kind), split.1.isWorthALook(task.kind) ? .warning : .plain),
      ]
    }
  }

  private func cells(_ facts: DataFacts.LabelFacts, _ kind: LabelKind) -> String {
    let hasClasses = kind.hasClasses
    let hasDeviation = !hasClasses && kind.hasLabelColumn
    let texts = [
      grouped(facts.rows), hasClasses ? grouped(facts.positives) : "",
      hasClasses ? rateText(facts.mean) : hasDeviation ? scoreText(facts.mean) : "",
      hasDeviation ? scoreText(facts.deviation) : "",
    ]
    return zip(texts, numbers).map { rightAligned($0, to: $1.columns) }.joined()
  }
}

extension DataFacts.LabelFacts {
  /// Whether nothing can be learned from these rows, or nothing be scored on them: none, or all of
  /// them alike.
  fileprivate func isWorthALook(_ kind: LabelKind) -> Bool {
    kind.hasClasses ? positives == 0 || positives == rows : rows == 0 || deviation == 0
  }
}

/// A share of rows in percent, with as many decimals as a rare label needs: `31.00%`, `0.0412%`.
func rateText(_ share: Double) -> String {
  guard share.isFinite else { return "-" }
  return fixed(share * 100, abs(share) < 0.01 && share != 0 ? 4 : 2) + "%"
}
