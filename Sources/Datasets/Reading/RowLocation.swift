extension LogRows {
  /// Where a row of the log stands.
  func location(part: Int, place: Int, row: Int) -> RowLocation {
    let before = parts[part].chunks[..<place].reduce(0) { $0 + $1.rows }
    return RowLocation(parts[part].path, before + row + 2)
  }
}
