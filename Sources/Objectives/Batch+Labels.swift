public import Graph

/// What was observed of rows are the labels of T tasks, and in which sample spaces the rows lie.
extension Batch {
  /// Labels [·, T].
  public var labels: UnsafePointer<Float>? {
    get { observed.values }
    set { observed.values = newValue }
  }

  /// What a row counts [·, T]: 0 outside a task's sample space, inside 1 or the row's weight; nil if
  /// every row counts alike.
  public var spaces: UnsafePointer<Float>? {
    get { observed.weights }
    set { observed.weights = newValue }
  }

  /// T.
  public var tasks: Int { observed.count }

  /// Names a batch whose rows have labels.
  public init(
    rows: Int, ids: UnsafePointer<Int32>?, fields: Int, dense: UnsafePointer<Float>?,
    denseCount: Int, labels: UnsafePointer<Float>?, spaces: UnsafePointer<Float>?, tasks: Int,
    index: UnsafePointer<Int32>?
  ) {
    self.init(
      rows: rows, ids: ids, fields: fields, dense: dense, denseCount: denseCount,
      observed: Observations(labels, weights: spaces, count: tasks), index: index)
  }
}

// MARK: - Rows and sample spaces

extension Batch {
  /// Where a row of the batch lies in the arrays.
  func place(ofRow row: Int) -> Int { index.map { Int($0[row]) } ?? row }

  /// What a stored row counts for a task: 0 outside its sample space.
  func weight(at stored: Int, of task: Int) -> Float { spaces?[stored * tasks + task] ?? 1 }

  /// Whether a stored row lies in a task's sample space.
  func isInSpace(_ stored: Int, of task: Int) -> Bool {
    spaces.map { $0[stored * tasks + task] != 0 } ?? true
  }

  /// Whether a stored row lies in the sample space of any task.
  func isInAnySpace(_ stored: Int) -> Bool {
    spaces.map { all in (0..<tasks).contains { all[stored * tasks + $0] != 0 } } ?? true
  }

  /// Rows that lie in a task's sample space.
  func rowsInSpace(of task: Int) -> Float {
    guard let spaces else { return Float(rows) }
    var count: Float = 0
    for row in 0..<rows where spaces[place(ofRow: row) * tasks + task] != 0 { count += 1 }
    return count
  }

  /// Rows that lie in the sample space of any task.
  var rowsOfAnyTask: Float {
    guard spaces != nil else { return Float(rows) }
    return (0..<rows).reduce(0) { $0 + (isInAnySpace(place(ofRow: $1)) ? 1 : 0) }
  }
}
