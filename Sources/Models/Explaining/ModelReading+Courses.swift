import Datasets
import Foundation
import Graph
import Runs

// What several models show alike of their answers and tables.
extension ModelReading {
  /// A row's answer of a task in the label's own unit; nil where the model has none.
  func answer(row: Int, task: Int) -> Double? {
    watched(.logit(tasks[task].name)).map {
      tasks[task].scale.original(Double($0.values[row * $0.width]))
    }
  }

  /// The course of the rating's error beside what always the mean would cost.
  func error(of task: Int) -> ModelTrace {
    var (squares, count) = (0.0, 0.0)
    let scale = tasks[task].scale
    for row in 0..<batch.rows {
      guard let label = label(row: row, task: task),
        let found = answer(row: row, task: task)
      else { continue }
      let error = found - scale.original(Double(label))
      squares += error * error
      count += 1
    }
    return ModelTrace(
      name: "rating_error", title: "rating: root mean squared error",
      note: "On the validation rows that are looked at, in the unit of the rating; beside it what "
        + "always the mean of the training rows would cost: their deviation.",
      series: ["error", "error of the mean"],
      values: [count > 0 ? Float((squares / count).squareRoot()) : .nan, Float(scale.deviation)])
  }

  /// The course of the perplexity of rows' own texts, whose words are drawn columns of the rows.
  func perplexity(of task: Int, words columns: Range<Int>) -> ModelTrace {
    var (loss, words) = (0.0, 0)
    if let said = watched(.logit(tasks[task].name)), let drawn = batch.drawn {
      for row in 0..<batch.rows {
        let count = columns.count { drawn[row * batch.drawnCount + $0] != 0 }
        guard count > 0 else { continue }
        loss += Double(said.values[row * said.width])
        words += count
      }
    }
    return ModelTrace(
      name: "text.perplexity", title: "perplexity",
      note:
        "Of the \(batch.rows) validation rows that are looked at, ends of sentences counted; the "
        + "scores have that of all rows.", isLogarithmic: true,
      series: ["perplexity"], values: [words == 0 ? .nan : Float(exp(loss / Double(words)))])
  }

  /// The course of the share of words that no other was likelier than, as the true words before them are
  /// read; NaN where the softmax is over some words only, of which it is not known.
  func rightWords(of task: Int, isSampled: Bool) -> ModelTrace {
    let newest = sums.indices.contains(task) ? sums[task] : nil
    let share = newest.map { $0.labels > 0 ? Float($0.predictions / $0.labels) : .nan } ?? .nan
    return ModelTrace(
      name: "text.right", title: "words that are right",
      note:
        "Of the newest step's words, ends of sentences counted, the share that no other word was "
        + "likelier than, each behind the true ones before it.",
      series: ["right"], values: [isSampled ? .nan : share])
  }

  /// ‖θ_i‖ of a row of a table.
  func length(ofRow row: Int, of table: Parameter, width: Int) -> Float {
    let base = store.base(of: table) + row * width
    return (0..<width).reduce(Float(0)) { $0 + base[$1] * base[$1] }.squareRoot()
  }

  /// The mean of ‖θ_i‖ over the rows of a table that are no unknown's.
  func meanLength(of table: Parameter, width: Int) -> Float {
    guard case .table(let rows, _) = store.specifications[table.index].kind, rows > 1 else {
      return .nan
    }
    let sum = (1..<rows).reduce(0.0) {
      $0 + Double(length(ofRow: $1, of: table, width: width))
    }
    return Float(sum / Double(rows - 1))
  }
}
