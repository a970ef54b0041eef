import Datasets
import Foundation
import Runs

extension ComparisonTable {
  /// One table and its notes, for a paper or an issue.
  var markdown: String {
    var head = ["model"]
    for task in tasks {
      head.append("\(printable(task.name)) \(task.score.uppercased())")
      if hasRowIntervals { head.append("95 % by test rows") }
      if reference != nil { head.append("gain") }
      if hasTests { head.append("p") }
      if task.shareOfBound(0.5) != nil { head.append("of bound") }
    }
    var table = TextTable(head + ["kept step", "parameters", "seconds", "runs"])
    for row in rows {
      if let reason = row.reason {
        table.add([row.title], remark: reason)
      } else {
        let cells = zip(tasks, row.cells).flatMap { markdownCells(row, $0, $1) }
        table.add([row.title] + cells + row.costsInWords)
      }
    }
    if tasks.contains(where: { $0.bound != nil }) {
      table.add(["Bayes bound"] + tasks.flatMap(markdownBound))
    }
    return "\(table.markdown)\n\n" + notes.map { "- \($0)" }.joined(separator: "\n")
  }

  private func markdownCells(
    _ row: ComparisonRow, _ task: ComparedTask, _ cell: ComparisonCell
  ) -> [String] {
    var cells = [cell.meanInWords]
    if hasRowIntervals { cells.append(cell.intervalInWords) }
    if reference != nil { cells.append(cell.signedGain) }
    if hasTests {
      cells.append(cell.pInWords(of: row, task))
    }
    if task.shareOfBound(0.5) != nil {
      let share = task.shareOfBound(cell.mean) ?? .nan
      cells.append(share.isFinite ? String(format: "%.1f %%", 100 * share) : "–")
    }
    return cells
  }

  private func markdownBound(_ task: ComparedTask) -> [String] {
    let others = [hasRowIntervals, reference != nil, hasTests].count { $0 }
    return [task.bound.map(fixed) ?? "–"] + Array(repeating: "", count: others)
      + (task.shareOfBound(0.5) == nil ? [] : ["100 %"])
  }
}
