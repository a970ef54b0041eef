import Datasets
import Runs

extension PairRows {
  /// Words of a text that are shown at most.
  private static let shownTokens = 40

  /// What training rows have of a user, those with an item left out: it is what is explained.
  func evidence(ofUser user: Int32, without item: Int32) -> PairEvidence {
    evidence(
      interactions.rows(ofUser: user), other: interactions.itemField, without: item, name(item:))
  }

  /// What training rows have of an item, those with a user left out.
  func evidence(ofItem item: Int32, without user: Int32) -> PairEvidence {
    evidence(
      interactions.rows(ofItem: item), other: interactions.userField, without: user, name(user:))
  }

  private func evidence(
    _ rows: UnsafeBufferPointer<Int32>, other field: Int, without left: Int32,
    _ name: (Int32) -> String
  ) -> PairEvidence {
    let (ids, width) = (dataset.training.ids, dataset.features.fields.count)
    let task = dataset.tasks.firstIndex { $0.kind == .regression }
    var newest: [PairEvidence.Row] = []
    var ratings = RatingCounts()
    var count = 0
    for row in rows.reversed() {
      let other = ids[Int(row) * width + field]
      guard other != left else { continue }
      let rating = task.flatMap { rated(row, $0) }
      if let rating { ratings.add(rating) }
      count += 1
      guard newest.count < PairEvidence.mostRows else { continue }
      newest.append(PairEvidence.Row(name: name(other), rating: rating, text: text(ofRow: row)))
    }
    return PairEvidence(
      rows: newest, count: count, rated: ratings.all, isByTime: interactions.isByTime,
      mean: ratings.mean, counts: ratings.counts)
  }

  /// The label of a training row in its own unit; nil outside the task's sample space.
  private func rated(_ row: Int32, _ task: Int) -> Double? {
    let at = Int(row) * dataset.tasks.count + task
    if let spaces = dataset.training.spaces, spaces[at] <= 0 { return nil }
    return dataset.tasks[task].label(dataset.training.labels[at])
  }

  private func text(ofRow row: Int32) -> String? {
    guard let text = dataset.text, let first = dataset.training.firstText else { return nil }
    let words = text.text(first + Int(row), tokens: Self.shownTokens)
    return words.isEmpty ? nil : words
  }
}

/// How often each rating is there, as long as there are few different ones.
private struct RatingCounts {
  private var rows: [Double: Int] = [:]
  private var sum = 0.0
  /// How many were added.
  private(set) var all = 0

  mutating func add(_ rating: Double) {
    sum += rating
    all += 1
    // Restored labels of the same rating differ in their last bits.
    let rounded = (rating * 1_000).rounded() / 1_000
    if rows[rounded] != nil || rows.count <= PairEvidence.mostCounts {
      rows[rounded, default: 0] += 1
    }
  }

  var mean: Double? { all == 0 ? nil : sum / Double(all) }

  var counts: [PairEvidence.Count] {
    guard rows.count <= PairEvidence.mostCounts else { return [] }
    return rows.sorted { $0.key < $1.key }.map {
      PairEvidence.Count(rating: $0.key, rows: $0.value)
    }
  }
}
