public import Runs
import Tensors

extension Dataset {
  /// The data set with the tasks of some kinds alone, in their order; rows and inputs stay.
  ///
  /// O(N · T): labels and sample spaces are copied where a task is left out.
  public func keeping(kinds: Set<LabelKind>) -> Dataset {
    let kept = tasks.indices.filter { kinds.contains(tasks[$0].kind) }
    guard kept.count < tasks.count else { return self }
    func part(_ examples: Examples) -> Examples { examples.keeping(kept, of: tasks.count) }
    var dataset = Dataset(
      name: name, features: features, tasks: kept.map { tasks[$0] }, training: part(training),
      validation: part(validation), test: part(test), joins: joins)
    dataset.bounds = bounds
    dataset.boundNotice = boundNotice
    dataset.group = group
    dataset.notices = notices
    dataset.readingNotices = readingNotices
    dataset.inputs = inputs
    dataset.spellings = spellings
    dataset.interactions = interactions
    dataset.text = text
    dataset.opinions = opinions
    dataset.encoding = encoding?.keeping(kept)
    return dataset
  }
}

extension Examples {
  /// The rows with the labels of some tasks alone.
  fileprivate func keeping(_ kept: [Int], of tasks: Int) -> Examples {
    func columns(_ all: Storage<Float>) -> Storage<Float> {
      let some = Storage<Float>(count: count * kept.count, filling: 0)
      for row in 0..<count {
        for (place, task) in kept.enumerated() {
          some.base[row * kept.count + place] = all.base[row * tasks + task]
        }
      }
      return some
    }
    return Examples(
      count: count, ids: ids, dense: dense, labels: columns(labels), spaces: spaces.map(columns),
      lists: lists, groups: groups, firstText: firstText,
      packed: packed.map { PackedRows($0, keeping: kept) })
  }
}

extension DatasetEncoding {
  /// What makes the labels of some tasks alone.
  fileprivate func keeping(_ kept: [Int]) -> Self {
    var schema = schema
    schema.tasks = kept.map { self.schema.tasks[$0] }
    var some = DatasetEncoding(
      schema, features: features, tasks: kept.map { tasks[$0] }, buckets: buckets,
      rawNames: rawNames)
    some.folder = folder
    some.trainingRows = trainingRows
    return some
  }
}
