import Runs
import Terminal

/// How the ranks of a run get on: how long a step takes each by itself, what part of its time it talks, what
/// part of the exchanges' time goes on while it works, and for whom the others wait.
///
///     ═ ranks 30% communication, overlap 41% · 0 12.1 ms 39% · 1 12.3 ms 38% · 2 18.9 ms 5% slow · 3 12.2 ms 39%
struct RanksLine {
  let snapshot: RanksSnapshot

  /// The line, or as many as are needed up to some; where they are too few, without what is usual.
  func lines(columns: Int, most: Int) -> [[Span]] {
    guard most > 0 else { return [] }
    let (full, isWhole) = wrappedPieces(
      [head] + snapshot.ranks.indices.map(piece), columns: columns, most: most)
    guard !isWhole else { return full }
    let slow = snapshot.slow.map(piece)
    let who = slow.isEmpty ? "each" : "the others"
    let usual = Span("\(who) \(span(of: usualTimes)) ms", .dim)
    return wrappedPieces([head] + slow + [[usual]], columns: columns, most: most).lines
  }

  func draw(in area: Rect, on canvas: inout Canvas) {
    for (line, spans) in lines(columns: area.size.columns - 2, most: area.size.rows).enumerated() {
      canvas.write(
        spans, row: area.row + line, column: area.column + 1, limit: area.size.columns - 2)
    }
  }

  private var head: [Span] {
    [
      Span("═ ranks", style: Style(.title, bold: true)),
      Span(
        " \(percent(snapshot.talkShare)) communication, overlap \(percent(snapshot.overlap))", .dim),
    ]
  }

  /// One rank: its number, its machine where there are several, and its times.
  private func piece(_ rank: Int) -> [Span] {
    let times = snapshot.ranks[rank]
    let host = times.host.isEmpty ? "" : " \(fit(times.host, into: 12))"
    let role: Role = times.isSlow ? .warning : .plain
    let own = RanksSnapshot.milliseconds(times.ownSeconds)
    let words = "\(rank)\(host) \(own) ms"
    return [Span(words, role), Span(" \(percent(times.talkShare))", .dim)]
      + (times.isSlow ? [Span(" slow", style: Style(.warning, bold: true))] : [])
  }

  /// What those that are not slow take.
  private var usualTimes: [Double] {
    snapshot.ranks.filter { !$0.isSlow }.map(\.ownSeconds).sorted()
  }

  private func span(of seconds: [Double]) -> String {
    guard let first = seconds.first, let last = seconds.last else { return "–" }
    let ends = [first, last].map(RanksSnapshot.milliseconds)
    return ends[0] == ends[1] ? ends[0] : ends.joined(separator: " to ")
  }
}
