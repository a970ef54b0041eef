public import Datasets
public import Runs

extension RunConfiguration {
  /// The configuration with what its rows are, now that they have been read.
  ///
  /// - Throws: ``RowsError`` if it was made for other rows.
  public func knowing(_ dataset: Dataset) throws(RowsError) -> RunConfiguration {
    let found = hexadecimal(dataset.fingerprint)
    if let expected = data.hash, expected != found {
      throw RowsError(data: data, expected: expected, found: found)
    }
    var knowing = self
    knowing.data.hash = found
    // One window of all rows is what `all` means: the same run has the same hash.
    if let window, window >= dataset.training.count { knowing.window = nil }
    return knowing
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
