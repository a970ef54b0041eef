import Terminal

/// The text cut to `columns` and filled up with blanks on the right.
func padded(_ text: String, to columns: Int) -> String {
  let width = columnsTaken(by: text)
  guard width <= columns else { return padded(fit(text, into: columns), to: columns) }
  return text + String(repeating: " ", count: columns - width)
}

/// The text cut to `columns` and filled up with blanks on the left.
func rightAligned(_ text: String, to columns: Int) -> String {
  let width = columnsTaken(by: text)
  guard width <= columns else { return fit(text, into: columns) }
  return String(repeating: " ", count: columns - width) + text
}

/// Like `cellWidth(of:)`, but quick for plain ASCII, which nearly every text is.
func columnsTaken(by text: String) -> Int {
  let bytes = text.utf8
  let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  return isPlain ? bytes.count : cellWidth(of: text)
}

/// The text in lines of at most so many columns, broken at blanks; what does not fit is cut.
func wrapped(_ text: String, columns: Int, lines most: Int) -> [String] {
  wrapped(text.split(separator: " ").map(String.init), by: " ", columns: columns, lines: most)
}

/// Pieces with a gap between them in lines of at most so many columns; a piece that is wider than a line
/// is broken where the line ends, and what does not fit is cut.
func wrapped(_ pieces: [String], by gap: String, columns: Int, lines most: Int) -> [String] {
  guard columns > 0, most > 0 else { return [] }
  var lines: [String] = []
  /// What stood between the end of each line and the next one.
  var gaps: [String] = []
  for piece in pieces {
    let needed = columnsTaken(by: gap) + columnsTaken(by: piece)
    if let last = lines.last, columnsTaken(by: last) + needed <= columns {
      lines[lines.count - 1] += gap + piece
      continue
    }
    let parts = broken(piece, columns: columns, most: most + 1)
    lines += parts
    gaps += Array(repeating: "", count: parts.count - 1) + [gap]
    if lines.count > most { break }
  }
  guard lines.count > most else { return lines }
  let rest = zip(lines, gaps).dropFirst(most - 1).reduce("") { $0 + $1.0 + $1.1 }
  return lines.prefix(most - 1) + [fit(rest, into: columns)]
}

/// A piece in parts of at most so many columns, one at least, and of more than some the last as long as
/// it is.
private func broken(_ piece: String, columns: Int, most: Int) -> [String] {
  guard columnsTaken(by: piece) > columns else { return [piece] }
  var parts: [String] = []
  var part = ""
  var used = 0
  for character in piece {
    let width = columnsTaken(by: String(character))
    if used > 0, used + width > columns, parts.count + 1 < most {
      parts.append(part)
      (part, used) = ("", 0)
    }
    part.append(character)
    used += width
  }
  return parts + [part]
}
