import Datasets
import Runs

extension Evaluation {
  /// Which rows have an answer that is no finite number, in a sentence; nil where none has.
  var brokenAnswers: String? {
    let broken = tasks.filter { $0.brokenRows > 0 }
    guard !broken.isEmpty else { return nil }
    let parts = broken.map { task in
      let first = task.firstBrokenRow.map {
        ", \(task.brokenRows > 1 ? "first " : "")row \($0 + 1)"
      }
      return "\(printable(task.task)) \(task.brokenRows)\(first ?? "")"
    }
    return "answers for \(split.rawValue) rows that are no numbers are left out of the scores: "
      + parts.joined(separator: "; ") + " (rows counted from 1 in the order of the split)"
  }
}
