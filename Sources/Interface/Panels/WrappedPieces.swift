import Terminal

/// Pieces of a line with ` · ` between them, each whole, on as few lines as have room for them.
///
///     ═ ranks 30% communication, overlap 41% · 0 12.1 ms 39% …
///
/// - Returns: at most `most` lines, the last one with ` …` where pieces were left out, and whether none was.
func wrappedPieces(
  _ pieces: [[Span]], columns: Int, most: Int
) -> (lines: [[Span]], isWhole: Bool) {
  var lines: [[Span]] = []
  var used = 0
  for piece in pieces {
    let width = piece.reduce(0) { $0 + columnsTaken(by: $1.text) }
    if used > 0, used + 3 + width <= columns {
      lines[lines.count - 1] += [Span(" · ", .dim)] + piece
      used += 3 + width
    } else if lines.count < most {
      lines.append(piece)
      used = width
    } else {
      if !lines.isEmpty { lines[lines.count - 1].append(Span(" …", .dim)) }
      return (lines, false)
    }
  }
  return (lines, true)
}
