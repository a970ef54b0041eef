import Tensors

/// Turns parsed columns into rows: vocabularies and moments from the training rows, ids, numbers,
/// labels.
struct DatasetAssembler {
  private let schema: DatasetSchema
  private let columns: UsedColumns
  private let parts: [TablePart]
  private let pool: WorkerPool
  private let plan: SplitPlan

  init(_ schema: DatasetSchema, columns: UsedColumns, parts: [TablePart], pool: WorkerPool) {
    self.schema = schema
    self.columns = columns
    self.parts = parts
    self.pool = pool
    plan = SplitPlan(schema.split, parts: parts, columns: columns)
  }

  func assemble() throws(ReaderError) -> Dataset {
    for (split, count) in zip(LabelColumns.splitNames, plan.counts) where count == 0 {
      throw .noRows(split: split, data: schema.name)
    }
    let vocabularies = makeVocabularies()
    let dense = DenseColumns(schema, columns: columns, parts: parts, plan: plan)
    let labels = LabelColumns(schema, columns: columns)
    let splits = plan.counts.map {
      SplitMemory(
        rows: $0, fields: vocabularies.count, dense: dense.features.count,
        tasks: schema.tasks.count, hasSpaces: labels.hasSpaces)
    }
    let places = parts.indices.flatMap { part in
      parts[part].chunks.indices.map { (part, $0) }
    }
    ParallelMap<Void>(count: places.count) { place in
      fill(splits, part: places[place].0, chunk: places[place].1, vocabularies, dense, labels)
    }.run(on: pool)
    try labels.check(splits)
    return Dataset(
      name: schema.name,
      features: FeatureSchema(
        fields: vocabularies.map { CategoricalField(name: $0.name, categories: $0.1.categories) },
        dense: dense.features),
      tasks: schema.tasks.map { TaskDefinition(name: $0.name, kind: $0.kind) },
      training: splits[0].examples, validation: splits[1].examples, test: splits[2].examples)
  }

  private func makeVocabularies() -> [(name: String, Vocabulary)] {
    let wanted = schema.columns.compactMap { column -> (String, Int, Int)? in
      guard case .categorical(let minimum) = column.role,
        let place = columns.texts.firstIndex(of: column.name)
      else { return nil }
      return (column.name, place, minimum)
    }
    let map = ParallelMap<(name: String, Vocabulary)>(count: wanted.count) { one in
      let (name, place, minimum) = wanted[one]
      return (
        name,
        Vocabulary(
          parts, column: place, counts: trainingCounts(of: place), minimumCount: minimum)
      )
    }
    map.run(on: pool)
    return map.results
  }

  private func trainingCounts(of column: Int) -> [[[Int32]]] {
    parts.indices.map { part in
      parts[part].chunks.indices.map { place in
        let chunk = parts[part].chunks[place]
        var counts = [Int32](repeating: 0, count: chunk.interners[column].count)
        let splits = plan.splits[part][place]
        for row in 0..<chunk.rows where splits[row] == 0 {
          counts[Int(chunk.texts[column][row])] += 1
        }
        return counts
      }
    }
  }

  private func fill(
    _ splits: [SplitMemory], part: Int, chunk place: Int,
    _ vocabularies: [(name: String, Vocabulary)], _ dense: DenseColumns, _ labels: LabelColumns
  ) {
    let chunk = parts[part].chunks[place]
    let own = plan.splits[part][place]
    var next = plan.starts[part][place]
    let rows = own.map { split -> Int in
      defer { next[Int(split)] += 1 }
      return next[Int(split)]
    }
    for (field, (name, vocabulary)) in vocabularies.enumerated() {
      guard let column = columns.texts.firstIndex(of: name) else { continue }
      let ids = vocabulary.ids[part][place]
      let texts = chunk.texts[column]
      for row in 0..<chunk.rows {
        splits[Int(own[row])].ids.base[rows[row] * vocabularies.count + field] =
          ids[Int(texts[row])]
      }
    }
    for (feature, column) in dense.sources.enumerated() {
      let form = dense.features[feature].form
      let numbers = chunk.numbers[column]
      for row in 0..<chunk.rows {
        splits[Int(own[row])].dense.base[rows[row] * dense.features.count + feature] =
          form.apply(numbers[row])
      }
    }
    labels.fill(splits, chunk, part: part, place: place, splits: own, rows: rows)
  }
}

/// The memory of one split while it is filled.
struct SplitMemory {
  let ids: Storage<Int32>
  let dense: Storage<Float>
  let labels: Storage<Float>
  let spaces: Storage<Float>?
  let rows: Int
  let tasks: Int

  init(rows: Int, fields: Int, dense: Int, tasks: Int, hasSpaces: Bool) {
    self.rows = rows
    self.tasks = tasks
    ids = Storage(count: rows * fields, filling: 0)
    self.dense = Storage(count: rows * dense, filling: 0)
    labels = Storage(count: rows * tasks, filling: 0)
    spaces = hasSpaces ? Storage(count: rows * tasks, filling: 1) : nil
  }

  var examples: Examples {
    Examples(count: rows, ids: ids, dense: dense, labels: labels, spaces: spaces)
  }
}
