public import Datasets
public import Runs

extension RunConfiguration {
  /// The configuration with what its rows are, now that they have been read.
  ///
  /// - Throws: ``RowsError`` if it was made for other rows.
  public func knowing(_ dataset: Dataset) throws(RowsError) -> RunConfiguration {
    try knowing(dataset, shuffling: Dataset.mostShuffledBytes)
  }

  /// The same with another bound of the bytes that are shuffled together.
  func knowing(_ dataset: Dataset, shuffling bytes: Int) throws(RowsError) -> RunConfiguration {
    let found = hexadecimal(dataset.fingerprint)
    if let expected = data.hash, expected != found {
      throw RowsError(data: data, expected: expected, found: found)
    }
    var knowing = self
    knowing.data.hash = found
    // Whoever names the rows knows what their window is.
    if data.hash == nil, window == nil { knowing.window = dataset.usualWindow(above: bytes) }
    // One window of all rows is what `all` means: the same run has the same hash.
    if let window = knowing.window, window >= dataset.training.count { knowing.window = nil }
    return knowing
  }
}

extension Dataset {
  /// Rows that take more bytes than this are shuffled within windows, unless somebody says otherwise.
  static let mostShuffledBytes = 1 << 30
  /// Rows of such a window at most; fewer where three windows, which is how many are in memory, would
  /// take more bytes than are shuffled together.
  static let mostUsualWindowRows = 1 << 20

  /// Bytes of the training rows in memory.
  var trainingBytes: Int {
    let numbers =
      [training.ids.count, training.dense.count, training.labels.count]
      + [training.spaces?.count, training.groups?.count].compactMap(\.self)
    return 4 * numbers.reduce(0, +)
  }

  /// The window that training rows are shuffled within where nobody says; nil: all are one.
  ///
  /// It follows from the rows alone, so that a run is the same on every machine and wherever its rows
  /// lie. A window has a block of each part of the data. Rows that lie sorted by a label are shuffled all
  /// at once, see ``SortedLabels``.
  func usualWindow(above bytes: Int = mostShuffledBytes) -> Int? {
    guard trainingBytes > bytes, sortedTask() == nil else { return nil }
    let (block, count) = (WindowOrder.usualBlockRows, max(1, training.count))
    let blocks = bytes / 3 * count / max(1, trainingBytes) / block
    return min(Self.mostUsualWindowRows, max(1, blocks) * block)
  }

  /// What a person should know of how rows are shuffled where nobody has named a window; nil: nothing.
  func notice(ofUsualWindow rows: Int?, above bytes: Int) -> String? {
    guard trainingBytes > bytes else { return nil }
    let size = "the training rows take \(trainingBytes >> 20) MiB"
    if let rows {
      return
        "\(size): they are shuffled within windows of \(rows) rows, of blocks from all parts of the "
        + "data; --window all shuffles all at once"
    }
    return sortedTask().map { task in
      "\(size) and lie sorted by \(printable(task.name)) (\(Int((100 * task.share).rounded())) % of its "
        + "variance is between blocks of \(WindowOrder.usualBlockRows) rows): they are shuffled all at "
        + "once, which is slow where they do not fit in memory; --window N shuffles within windows"
    }
  }
}

/// The rows are not those any more that a configuration was made for.
public struct RowsError: Error, Hashable, Sendable {
  /// Where they were looked for.
  public let data: DataSelection
  /// ``Runs/DataSelection/hash`` of the configuration.
  public let expected: String
  /// That of the rows as they are.
  public let found: String
}

extension RowsError: CustomStringConvertible {
  /// Where, what, what was found, and what to do.
  public var description: String {
    """
    \(printable(data.name))\(data.folder.map { " in \(printable($0))" } ?? ""): these are not the \
    rows that the configuration was made for.
      found: rows of data.hash \(found)
      expected: \(printable(expected))
      fix:   bring the files back as they were, or leave data.hash out, which makes it another run
    """
  }
}
