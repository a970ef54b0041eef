import Datasets
import Foundation
import Graph

extension ModelReading {
  /// ‖a − b‖ over blocks of equal shape.
  func distance(_ a: [Parameter], _ b: [Parameter]) -> Double {
    zip(a, b).reduce(0) { sum, pair in
      let (left, right) = (store.base(of: pair.0), store.base(of: pair.1))
      return (0..<count(of: pair.0)).reduce(sum) { sum, place in
        let difference = Double(left[place]) - Double(right[place])
        return sum + difference * difference
      }
    }.squareRoot()
  }

  /// ‖a‖ over blocks.
  func norm(_ blocks: [Parameter]) -> Double {
    blocks.reduce(0) { sum, block in
      let base = store.base(of: block)
      return (0..<count(of: block)).reduce(sum) { $0 + Double(base[$1]) * Double(base[$1]) }
    }.squareRoot()
  }

  private func count(of block: Parameter) -> Int {
    switch store.specifications[block.index].kind {
    case .dense(let count), .given(let count), .average(let count, _): count
    case .table(let vocabulary, let width): vocabulary * width
    }
  }

  /// The mean loss of a task over the labelled rows; 0 without any.
  func loss(of task: Int) -> Double {
    guard let logits = watched(.logit(tasks[task].name))?.values else { return 0 }
    var (sum, rows) = (0.0, 0.0)
    for row in 0..<batch.rows {
      guard let label = label(row: row, task: task) else { continue }
      sum += tasks[task].answer.loss(of: Double(logits[row]), label: Double(label))
      rows += 1
    }
    return sum / max(1, rows)
  }
}
