import Datasets
import Tensors

/// Where a user and an item meet in the data.
struct PairMeeting {
  let split: RowSplit
  let examples: Examples
  let row: Int
}

/// Rows of a user and items that need not meet in the data.
///
/// A row's other columns are those of the item's newest training row, of a rating that is there those of
/// its own row.
struct PairRows {
  let dataset: Dataset
  let interactions: Interactions

  /// Nil where the data name no user and no item.
  init?(_ dataset: Dataset) {
    guard let interactions = dataset.interactions else { return nil }
    self.dataset = dataset
    self.interactions = interactions
  }

  private var fields: Int { dataset.features.fields.count }

  /// Whether a row says more than who and what.
  var hasMoreColumns: Bool { fields > 2 || !dataset.features.dense.isEmpty }

  /// Where the two meet last: in test rows, validation rows, training rows; nil where they do not.
  func meeting(_ user: Int32, _ item: Int32) -> PairMeeting? {
    for split in [RowSplit.test, .validation] {
      let examples = examples(of: split)
      for row in (0..<examples.count).reversed() where isPair(user, item, examples, row) {
        return PairMeeting(split: split, examples: examples, row: row)
      }
    }
    let row = interactions.rows(ofUser: user).last {
      isPair(user, item, dataset.training, Int($0))
    }
    return row.map { PairMeeting(split: .training, examples: dataset.training, row: Int($0)) }
  }

  private func isPair(_ user: Int32, _ item: Int32, _ examples: Examples, _ row: Int) -> Bool {
    examples.ids[row * fields + interactions.userField] == user
      && examples.ids[row * fields + interactions.itemField] == item
  }

  private func examples(of split: RowSplit) -> Examples {
    switch split {
    case .training: dataset.training
    case .validation: dataset.validation
    case .test: dataset.test
    }
  }

  /// A row for each item, without labels.
  func examples(_ user: Int32, _ items: [Int32]) -> Examples {
    let (width, numbers) = (fields, dataset.features.dense.count)
    let ids = Storage<Int32>(count: items.count * width, filling: 0)
    let dense = Storage<Float>(count: items.count * numbers, filling: 0)
    for (row, item) in items.enumerated() {
      if hasMoreColumns, let like = interactions.rows(ofItem: item).last.map(Int.init) {
        for field in 0..<width {
          ids.base[row * width + field] = dataset.training.ids[like * width + field]
        }
        for number in 0..<numbers {
          dense.base[row * numbers + number] = dataset.training.dense[like * numbers + number]
        }
      }
      ids.base[row * width + interactions.userField] = user
      ids.base[row * width + interactions.itemField] = item
    }
    let cells = items.count * dataset.tasks.count
    return Examples(
      count: items.count, ids: ids, dense: dense, labels: Storage(count: cells, filling: 0),
      spaces: Storage(count: cells, filling: 0), lists: dataset.training.lists)
  }
}
