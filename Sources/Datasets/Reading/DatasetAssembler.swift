import Tensors

/// Turns parsed columns into rows: vocabularies and moments from the training rows, ids, numbers,
/// labels.
struct DatasetAssembler {
  let schema: DatasetSchema
  let log: LogRows
  let beside: BesideTables
  /// Where the files are; empty in memory.
  var folder = ""
  let pool: WorkerPool

  init(_ schema: DatasetSchema, _ log: LogRows, _ beside: BesideTables, pool: WorkerPool) {
    self.schema = schema
    self.log = log
    self.beside = beside
    self.pool = pool
  }

  /// Everything in memory.
  func assemble() throws(ReaderError) -> Dataset {
    var columns = try columns()
    let words = try words(columns.fields, &columns.features)
    let (ranking, spaces) = (
      RankingSpace(columns.features, schema.tasks), WordSpaces(schema.tasks)
    )
    let splits = memory(columns, hasSpaces: ranking != nil || spaces != nil)
    forEachChunk { [columns] chunk in columns.fill(splits, chunk) }
    let unranked = ranking?.fill(splits) ?? []
    spaces?.fill(splits, words.text, words.opinions, columns.features)
    var dataset = try dataset(
      columns, splits.map(\.examples), LabelCounts.of(splits[0]), unranked: unranked)
    dataset.notices += words.notices
    dataset.interactions = interactions(dataset)
    (dataset.text, dataset.opinions) = (words.text, words.opinions)
    return dataset
  }

  /// What the columns of the rows are made into, from a look at all training rows.
  func columns() throws(ReaderError) -> AssembledColumns {
    let labels = LabelColumns(schema, log)
    let notices = try LabelInspection(schema, log, labels).run(on: pool)
    try checkSplits()
    let fields = FieldColumns(log, schema, pool: pool)
    let dense = DenseColumns(log, schema, pool: pool)
    let (groups, weights) = (GroupColumn(log, schema), try RowWeights(schema, log))
    let nameless = NamelessRows(log, schema, fields)
    return AssembledColumns(
      features: features(fields, dense, nameless), fields: fields, dense: dense, labels: labels,
      groups: groups, weights: weights, nameless: nameless, notices: notices)
  }

  /// The data set of rows that were filled in.
  func dataset(
    _ columns: AssembledColumns, _ splits: [Examples], _ counts: [LabelCounts],
    unranked: [String] = []
  ) throws(ReaderError) -> Dataset {
    try columns.labels.check(counts)
    var dataset = Dataset(
      name: schema.name, features: columns.features,
      tasks: zip(schema.tasks, columns.labels.scales).map { TaskDefinition($0, scale: $1) },
      training: splits[0], validation: splits[1], test: splits[2], joins: joins)
    dataset.inputs = InputInspection(schema, log).run(on: pool)
    dataset.notices = [
      schema.notices, log.plan.notices, columns.notices, columns.fields.notices,
      columns.labels.notices(counts), columns.nameless.notices, unranked, dataset.inputs.notices,
    ].flatMap(\.self)
    dataset.group = schema.group
    dataset.spellings = columns.fields.spellings(schema)
    dataset.encoding = encoding(columns.fields, dataset)
    return dataset
  }

  /// What the columns are, with the fields that are user and item.
  private func features(
    _ fields: FieldColumns, _ dense: DenseColumns, _ nameless: NamelessRows
  ) -> FeatureSchema {
    var features = FeatureSchema(
      fields: fields.fields.map(\.field), dense: dense.features)
    if let names = schema.interactions,
      let user = features.fields.firstIndex(where: { $0.name == names.user }),
      let item = features.fields.firstIndex(where: { $0.name == names.item })
    {
      var own = InteractionFields(user: user, item: item)
      nameless.mark(&own)
      features.interactions = own
    }
    return features
  }

  /// Memory for the rows of each split; those that train may be weighted.
  private func memory(_ columns: AssembledColumns, hasSpaces: Bool) -> [SplitMemory] {
    let firsts = log.plan.counts.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    return log.plan.counts.enumerated().map { split, rows in
      var memory = columns.memory(rows: rows, ofSplit: split, hasSpaces: hasSpaces)
      if schema.text != nil { memory.firstText = firsts[split] }
      return memory
    }
  }

  private var joins: [JoinCount] {
    zip(schema.joins, log.unmatched).map { join, unmatched in
      JoinCount(file: join.file, rows: log.plan.counts.reduce(0, +), unmatched: unmatched)
    }
  }

  /// Who met what in the training rows; nil where no columns of the schema say it.
  private func interactions(_ dataset: Dataset) -> Interactions? {
    guard let fields = dataset.features.interactions else { return nil }
    return Interactions(
      dataset.training, dataset.features, user: fields.user, item: fields.item,
      times: log.trainingTimes)
  }

  /// What turned rows of files into these rows.
  private func encoding(_ fields: FieldColumns, _ dataset: Dataset) -> DatasetEncoding {
    var schema = schema
    // Rows that are read later go by the unit that the training rows told.
    schema.timeUnit = log.plan.timeUnit ?? schema.timeUnit
    var encoding = DatasetEncoding(
      schema, features: dataset.features, tasks: dataset.tasks,
      buckets: fields.fields.map { field in
        field.buckets.map { .init(bounds: $0.bounds, hasMissing: $0.hasMissing) }
      }, rawNames: fields.fields.map(\.rawNames))
    encoding.folder = folder
    return encoding
  }

  /// Hands over the rows of the log, chunk by chunk, on all threads.
  private func forEachChunk(_ body: @escaping @Sendable (ChunkRows) -> Void) {
    let places = log.parts.indices.flatMap { part in
      log.parts[part].chunks.indices.map { (part, $0) }
    }
    ParallelMap<Void>(count: places.count) { [log] index in
      body(log.chunk(part: places[index].0, index: places[index].1))
    }.run(on: pool)
  }

  /// Every split needs rows; a split by time says which times there are.
  private func checkSplits() throws(ReaderError) {
    for (split, count) in zip(LabelColumns.splitNames, log.plan.counts) where count == 0 {
      let times = log.parts.flatMap { $0.chunks.flatMap { $0.allTimes } }
      guard case .time(let column, _, _) = schema.split, let least = times.min(),
        let greatest = times.max(), let unit = log.plan.timeUnit
      else { throw .noRows(split: split, data: schema.name, because: log.plan.notices) }
      let (first, last) = (
        TimeReading(nanoseconds: least, unit: unit), TimeReading(nanoseconds: greatest, unit: unit)
      )
      throw .time(
        .noRowsInTime(
          split: split, data: schema.name, column: column, first: "\(first)", last: "\(last)"))
    }
  }
}

extension TaskDefinition {
  fileprivate init(_ task: TaskSchema, scale: LabelScale) {
    self.init(name: task.name, kind: task.kind, weight: task.weight, scale: scale)
    sampled = task.sampled
  }
}

/// The memory of one split while it is filled.
struct SplitMemory {
  let ids: Storage<Int32>
  let dense: Storage<Float>
  let labels: Storage<Float>
  let spaces: Storage<Float>?
  let lists: FieldLists?
  let groups: Storage<Int32>?
  let rows: Int
  let tasks: Int
  /// The number of the first row's text; nil where rows have none.
  var firstText: Int?

  init(
    rows: Int, fields: Int, dense: Int, tasks: Int, hasSpaces: Bool, lists: FieldLists? = nil,
    hasGroups: Bool = false
  ) {
    self.lists = lists
    self.rows = rows
    self.tasks = tasks
    ids = Storage(count: rows * fields, filling: 0)
    self.dense = Storage(count: rows * dense, filling: 0)
    labels = Storage(count: rows * tasks, filling: 0)
    spaces = hasSpaces ? Storage(count: rows * tasks, filling: 1) : nil
    groups = hasGroups ? Storage(count: rows, filling: -1) : nil
  }

  var examples: Examples {
    Examples(
      count: rows, ids: ids, dense: dense, labels: labels, spaces: spaces, lists: lists,
      groups: groups, firstText: firstText)
  }
}
