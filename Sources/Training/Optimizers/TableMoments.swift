import Graph
import Runs
import Tensors

extension Optimizer {
  /// What is kept of a table; empty where the rule has none.
  struct TableMoments {
    let first: Storage<Float>
    let second: Storage<Float>
    let means: Storage<Float>
    /// By row, the owner's step in which it was used last, 0 for none; empty where no rule asks.
    let uses: Storage<Int32>
    /// The table if its rows come into being when they are looked up: what is kept lies beside them then.
    private let growing: GrowingTable?

    /// As they are before the first step.
    init(
      _ rule: OptimizerConfiguration.Rule, rows: Int, width: Int, growing: GrowingTable?
    ) {
      func rowwise<Number: ArchiveNumber>(
        _ isKept: Bool, _ width: Int, _ start: Number
      ) -> Storage<Number> {
        guard isKept else { return Storage(unwritten: 0) }
        return growing?.makeCompanion(width: width, filling: start)
          ?? Storage(count: rows * width, filling: start)
      }
      first = rowwise(rule.hasFirstMoments, width, 0)
      second = rowwise(
        rule.hasSecondMoments, rule.isRowWise ? 1 : width, rule.firstSecondMoment)
      means = rowwise(rule.hasMeans, width, 0)
      uses = rowwise(rule.countsRest, 1, 0)
      self.growing = growing
    }

    /// Makes all of them as they are before the first step; `start` is what second moments begin at.
    func restart(_ start: Float) {
      if let growing {
        growing.restart(first)
        growing.restart(second)
        growing.restart(means)
        return growing.restart(uses)
      }
      first.base.update(repeating: 0, count: first.count)
      second.base.update(repeating: start, count: second.count)
      means.base.update(repeating: 0, count: means.count)
      uses.base.update(repeating: 0, count: uses.count)
    }

    /// Lets the table forget them.
    func letGo() {
      growing?.remove(first)
      growing?.remove(second)
      growing?.remove(means)
      growing?.remove(uses)
    }

    /// Visits all of them, of a table that grows those of the rows that there are.
    func visit(_ archive: inout Archive, withUses: Bool) throws(ArchiveError) {
      try visit("first-moments", first, &archive)
      try visit("second-moments", second, &archive)
      try visit("means", means, &archive)
      if withUses { try visit("uses", uses, &archive) }
    }

    private func visit<Number: ArchiveNumber>(
      _ name: String, _ storage: Storage<Number>, _ archive: inout Archive
    ) throws(ArchiveError) {
      guard let growing else { return try archive.memory(name, storage) }
      let width = storage.count / growing.vocabulary
      try archive.memory(name, first: growing.count * width, of: storage)
    }
  }
}
