extension LogRows {
  /// Where a row of the log stands.
  func location(part: Int, index: Int, row: Int) -> RowLocation {
    let chunk = parts[part].chunks[index]
    return RowLocation(chunk.path, chunk.line(ofRow: row))
  }
}
