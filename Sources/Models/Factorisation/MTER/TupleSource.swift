import Datasets
import Graph
import Tensors

/// What MTER is told of a row that it answers: whether user and item are known, what the row's own
/// tuples say, which only its error reads, and an item to compare with.
final class TupleSource: RowSource {
  let capacity: Int
  let drawnCount = TupleRow.count
  private let fields: InteractionFields
  private let hasUnknown: Bool
  private let said: SaidFeatures
  private let sampler: NegativeSampler?
  private let drawn: Storage<Int32>

  /// A source at a site; without data nothing is said.
  init(_ model: MTER, at site: SourceSite) {
    fields = model.fields
    hasUnknown = model.hasUnknown
    capacity = site.batchRows
    said = SaidFeatures(site.dataset, for: model)
    sampler = site.dataset?.interactions.map {
      NegativeSampler(
        $0, count: 1, for: .answering, seed: site.seed, batchRows: site.batchRows)
    }
    drawn = Storage(count: capacity * drawnCount, filling: 0)
  }

  func rows(at step: Int, beside batch: Batch) -> Batch {
    precondition(batch.rows <= capacity, "mter: \(batch.rows) rows, room for \(capacity)")
    var rows = batch
    (rows.drawn, rows.drawnCount) = (UnsafePointer(drawn.base), drawnCount)
    guard let ids = batch.ids else { return rows }
    let others = sampler?.rows(at: step, beside: batch).drawn
    for row in 0..<batch.rows {
      let own = ids + (batch.index.map { Int($0[row]) } ?? row) * batch.fields
      let (user, item) = (own[fields.user], own[fields.item])
      let at = drawn.base + row * drawnCount
      at[TupleRow.other] = others?[row] ?? item
      let isKnown = !hasUnknown || (user != 0 && item != 0)
      at[TupleRow.isKnown] = isKnown && fields.areNamed(user: user, item: item) ? 1 : 0
      said.write(user: user, item: item, to: at)
    }
    return rows
  }
}

/// By user and item, the features that their tuples name and what is said of them.
private struct SaidFeatures {
  /// Where the features of a pair lie, and how many there are.
  private let places: [UInt64: (first: Int, count: Int)]
  private let features: [Int32]
  private let values: [Int32]

  init(_ dataset: Dataset?, for model: MTER) {
    var sums: [UInt64: [Int32: Int]] = [:]
    for split in [RowSplit.training, .validation, .test] {
      for tuple in dataset?.opinions?[split] ?? [] where tuple.feature >= 0 {
        sums[Self.key(tuple.user, tuple.item), default: [:]][tuple.feature, default: 0] +=
          Int(tuple.sentiment)
      }
    }
    let unit = Double(model.tupleUnit)
    let greatest = dataset.map { model.greatestRating(of: $0.training) } ?? 5
    var places: [UInt64: (first: Int, count: Int)] = [:]
    var (features, values): ([Int32], [Int32]) = ([], [])
    for (pair, own) in sums {
      places[pair] = (features.count, min(own.count, TupleRow.most))
      for (feature, sum) in own.sorted(by: { $0.key < $1.key }).prefix(TupleRow.most) {
        let value = MTERTensors.quality(sum, greatestRating: greatest)
        features.append(feature)
        // From 1 on, so that it is no feature's 0; of more rows than there can be, the greatest.
        values.append(Int32(min(max(1, (value / unit).rounded()), Double(Int32.max))))
      }
    }
    (self.places, self.features, self.values) = (places, features, values)
  }

  private static func key(_ user: Int32, _ item: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: user)) << 32 | UInt64(UInt32(bitPattern: item))
  }

  /// Writes the features of a pair and what is said of them into a row's columns.
  func write(user: Int32, item: Int32, to row: UnsafeMutablePointer<Int32>) {
    let place = places[Self.key(user, item)] ?? (0, 0)
    for slot in 0..<TupleRow.most {
      let isThere = slot < place.count
      row[TupleRow.features.lowerBound + slot] = isThere ? features[place.first + slot] : 0
      row[TupleRow.values.lowerBound + slot] = isThere ? values[place.first + slot] : 0
    }
  }
}
