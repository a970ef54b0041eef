public import Datasets
public import Graph
import Models
import Tensors

/// Made rows of a workload, with the texts that are drawn beside them.
public struct WorkloadRows: Sendable {
  /// The rows.
  public let examples: Examples
  private let drawn: Storage<Int32>
  private let drawnCount: Int

  /// Rows of a data set, beside which nothing is drawn.
  init(_ examples: Examples) {
    self.examples = examples
    drawn = Storage([])
    drawnCount = 0
  }

  /// Rows of a workload with its texts: uniform words, none of which is missing.
  init(_ examples: Examples, _ texts: TextShape, slots: ReviewSlots, seed: UInt64) {
    self.examples = examples
    drawnCount = slots.count
    let random = RandomSource(seed: seed, .data)
    let specials = TextVocabulary.specials.count
    drawn = Storage(
      (0..<(examples.count * slots.count)).map {
        Int32(specials + random.index(below: texts.vocabulary - specials, 3, UInt64($0)))
      })
  }

  /// Consecutive rows as a batch.
  public func batch(from first: Int, rows: Int) -> Batch {
    var batch = examples.batch(from: first, rows: rows)
    guard drawnCount > 0 else { return batch }
    batch.drawn = UnsafePointer(drawn.base + first * drawnCount)
    batch.drawnCount = drawnCount
    return batch
  }
}

extension Workload {
  /// Rows to take steps on: a few dozen batches at most.
  public func rows(batchSize: Int, batches: Int? = nil, seed: UInt64 = 1) -> WorkloadRows {
    let batches = batches ?? max(4, min(32, 32768 / batchSize))
    let examples = examples(count: batches * batchSize, seed: seed)
    guard let texts else { return WorkloadRows(examples) }
    return WorkloadRows(
      examples, texts, slots: CAML.Configuration().slots(of: texts), seed: seed)
  }
}
