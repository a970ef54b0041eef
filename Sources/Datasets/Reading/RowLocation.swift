extension LogRows {
  /// Where a row of the log stands.
  func location(part: Int, place: Int, row: Int) -> RowLocation {
    let chunk = parts[part].chunks[place]
    return RowLocation(chunk.path, chunk.line(ofRow: row))
  }
}
