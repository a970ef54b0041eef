import Foundation
import Tensors

/// The dense features of a data set: the log's, then those of joined tables, with mean and deviation
/// of the training rows.
struct DenseColumns {
  /// Where a row's number comes from.
  private enum Source {
    /// A number column of the log.
    case log(column: Int)
    /// A joined table; features by its row.
    case joined(table: Int, [Float])
  }

  private(set) var features: [DenseFeature] = []
  private var sources: [Source] = []

  /// Looks at columns side by side: the sums of each are taken in the order of the rows.
  init(_ log: LogRows, _ schema: DatasetSchema, pool: WorkerPool) {
    let own = schema.columns.compactMap { column in
      log.columns.numbers.firstIndex(of: column.source).map { (column, $0) }
    }
    let forms = ParallelMap<[DenseFeature.Form]>(count: own.count) { number in
      let (column, index) = own[number]
      return column.denseForms { LogNumbers(log: log, column: index).moments($0) }
    }
    forms.run(on: pool)
    for ((column, index), forms) in zip(own, forms.results) {
      for form in forms {
        features.append(DenseFeature(column: column.name, form: form))
        sources.append(.log(column: index))
      }
    }
    for (table, join) in schema.joins.enumerated() {
      for column in join.columns { add(column, of: table, log) }
    }
  }

  private mutating func add(_ column: DatasetSchema.Column, of table: Int, _ log: LogRows) {
    let joined = log.tables[table]
    guard let index = joined.columns.numbers.firstIndex(of: column.source) else { return }
    let numbers = joined.numbers(of: index)
    let known = JoinedNumbers(numbers: numbers, counts: log.trainingCounts[table])
    for form in column.denseForms({ known.moments($0) }) {
      features.append(DenseFeature(column: column.name, form: form))
      sources.append(.joined(table: table, numbers.map { form.apply($0) }))
    }
  }

  /// Fills the dense features of a chunk's rows.
  func fill(_ splits: [SplitMemory], _ chunk: ChunkRows) {
    let targets = RowTargets(splits.map(\.dense), chunk, width: features.count)
    targets.forEachBlock { rows in
      for feature in sources.indices { fill(targets, rows, feature, chunk) }
    }
  }

  private func fill(
    _ targets: RowTargets<Float>, _ rows: Range<Int>, _ feature: Int, _ chunk: ChunkRows
  ) {
    switch sources[feature] {
    case .log(let column):
      chunk.parsed.numbers[column].withUnsafeBufferPointer { fill(targets, rows, feature, $0) }
    case .joined(let table, let values):
      let joined = chunk.joined[table]
      targets.fill(rows, feature) { values[Int(joined[$0])] }
    }
  }

  private func fill(
    _ targets: RowTargets<Float>, _ rows: Range<Int>, _ feature: Int,
    _ numbers: UnsafeBufferPointer<Double>
  ) {
    switch features[feature].form {
    case .value(let mean, let deviation):
      targets.fill(rows, feature) { DenseFeature.Form.scaled(numbers[$0], mean, deviation) }
    case .logarithm(let mean, let deviation):
      targets.fill(rows, feature) {
        DenseFeature.Form.scaled(DenseFeature.Form.signedLogarithm(numbers[$0]), mean, deviation)
      }
    case .indicator: targets.fill(rows, feature) { numbers[$0] > 0 ? 1 : 0 }
    }
  }
}

extension DatasetSchema.Column {
  /// The features that are made of a numeric column; none of others.
  fileprivate func denseForms(
    _ moments: ((Double) -> Double) -> (mean: Double, deviation: Double)
  ) -> [DenseFeature.Form] {
    guard case .numeric(let log1p, let indicator) = role else { return [] }
    let plain = moments { $0 }
    var forms = [DenseFeature.Form.value(mean: plain.mean, deviation: plain.deviation)]
    if log1p {
      let logarithm = moments(DenseFeature.Form.signedLogarithm)
      forms.append(.logarithm(mean: logarithm.mean, deviation: logarithm.deviation))
    }
    return indicator ? forms + [.indicator] : forms
  }
}

/// Numbers of training rows, each as often as a row has it; missing ones are left out.
private protocol TrainingNumbers {
  func forEach(_ body: (_ value: Double, _ count: Double) -> Void)
}

extension TrainingNumbers {
  /// Mean and deviation (population); a column that does not vary has deviation 1.
  func moments(_ form: (Double) -> Double) -> (mean: Double, deviation: Double) {
    var count = 0.0
    var sum = 0.0
    var (least, greatest) = (Double.infinity, -Double.infinity)
    forEach { value, times in
      let value = form(value)
      count += times
      sum += times * value
      least = min(least, value)
      greatest = max(greatest, value)
    }
    guard count > 0 else { return (0, 1) }
    guard least < greatest else { return (least, 1) }
    let mean = sum / count
    var squares = 0.0
    forEach { value, times in
      let distance = form(value) - mean
      squares += times * distance * distance
    }
    return (mean, (squares / count).squareRoot())
  }
}

/// A number column of the log.
private struct LogNumbers: TrainingNumbers {
  let log: LogRows
  let column: Int

  func forEach(_ body: (Double, Double) -> Void) {
    for part in log.parts.indices {
      for index in log.parts[part].chunks.indices {
        let numbers = log.parts[part].chunks[index].values(of: column)
        let splits = log.plan.splits[part][index]
        for row in numbers.indices where splits[row] == 0 && !numbers[row].isNaN {
          body(numbers[row], 1)
        }
      }
    }
  }
}

/// A number column of a joined table, and how many training rows have each of its rows.
private struct JoinedNumbers: TrainingNumbers {
  let numbers: [Double]
  let counts: [Int32]

  func forEach(_ body: (Double, Double) -> Void) {
    for row in numbers.indices where counts[row] > 0 && !numbers[row].isNaN {
      body(numbers[row], Double(counts[row]))
    }
  }
}

extension DenseFeature.Form {
  /// The feature of a column's value; a missing one counts as the mean.
  ///
  /// In double precision; float32 holds the result only.
  func apply(_ value: Double) -> Float {
    switch self {
    case .value(let mean, let deviation): Self.scaled(value, mean, deviation)
    case .logarithm(let mean, let deviation):
      Self.scaled(Self.signedLogarithm(value), mean, deviation)
    case .indicator: value > 0 ? 1 : 0
    }
  }

  /// A number in deviations from the mean; 0 where there is none.
  @inline(__always)
  fileprivate static func scaled(_ value: Double, _ mean: Double, _ deviation: Double) -> Float {
    value.isNaN ? 0 : Float((value - mean) / deviation)
  }

  /// log(1 + v), continued to negative numbers as −log(1 − v).
  static func signedLogarithm(_ value: Double) -> Double {
    value >= 0 ? log1p(value) : -log1p(-value)
  }
}
