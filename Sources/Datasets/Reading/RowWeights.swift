/// How much each row counts in training: numbers of a column, divided by their mean over the training
/// rows that count at all.
///
///     L = Σ_i (w_i / w̄) ℓ_i / n          n: rows of the batch in the sample space with w > 0
///
/// A row of weight 0 is left out of training. Validation and test rows count alike: scores are not
/// weighted.
struct RowWeights {
  private let column: Int
  private let mean: Double

  /// Weights of a log; nil if the schema names no column.
  ///
  /// - Throws: ``ReaderError`` if no training row has a weight above 0.
  init?(_ schema: DatasetSchema, _ log: LogRows) throws(ReaderError) {
    guard let name = schema.weight, let column = log.columns.numbers.firstIndex(of: name) else {
      return nil
    }
    self.column = column
    var (sum, rows) = (0.0, 0.0)
    for part in log.parts.indices {
      for (index, chunk) in log.parts[part].chunks.enumerated() {
        let splits = log.plan.splits[part][index]
        let numbers = chunk.values(of: column)
        for row in 0..<chunk.rows where splits[row] == 0 && numbers[row] > 0 {
          sum += numbers[row]
          rows += 1
        }
      }
    }
    guard rows > 0 else { throw .noWeight(column: name, data: schema.name) }
    mean = sum / rows
  }

  /// Multiplies the sample spaces of a chunk's training rows.
  func fill(_ training: SplitMemory, _ chunk: ChunkRows) {
    guard let spaces = training.spaces else { return }
    for row in 0..<chunk.parsed.rows where chunk.splits[row] == 0 {
      let weight = Float(chunk.parsed.numbers[column][row] / mean)
      for at in (chunk.rows[row] * training.tasks)..<((chunk.rows[row] + 1) * training.tasks) {
        spaces.base[at] *= weight
      }
    }
  }

  /// Weights are numbers from 0 on, in every row.
  ///
  /// - Throws: ``ReaderError`` with the line of the first that is not.
  static func check(_ part: TablePart, _ schema: DatasetSchema) throws(ReaderError) {
    guard let name = schema.weight,
      let column = UsedColumns(schema).numbers.firstIndex(of: name)
    else { return }
    for chunk in part.chunks {
      let numbers = chunk.values(of: column)
      if let row = numbers.firstIndex(where: { !($0 >= 0) || $0.isInfinite }) {
        let found = numbers[row]
        throw .notAWeight(
          path: chunk.path, line: chunk.line(ofRow: row), column: name,
          found: found.isNaN ? nil : found)
      }
    }
  }
}
