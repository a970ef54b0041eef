internal import CCurses

/// How many columns the terminal behind a descriptor has just now; nil if it does not say, or if
/// there is none.
public func terminalColumns(of descriptor: Int32) -> Int? {
  var rows: Int32 = 0
  var columns: Int32 = 0
  guard cc_terminal_size(descriptor, &rows, &columns) else { return nil }
  return Int(columns)
}
