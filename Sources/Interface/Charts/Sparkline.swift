/// A row of bars of eight heights, one a value: `█▇▆▅▃▂▁`; a blank where a value is not finite.
func sparkline(_ values: some Sequence<Double>, charset: Charset) -> String {
  let all = Array(values)
  let finite = all.filter(\.isFinite)
  guard let low = finite.min(), let high = finite.max() else {
    return String(repeating: " ", count: all.count)
  }
  let bars: [Character] = charset == .ascii ? [".", "-", "=", "#"] : Array("▁▂▃▄▅▆▇█")
  let span = high - low
  return String(
    all.map { value in
      guard value.isFinite else { return " " }
      let share = span > 0 ? (value - low) / span : 0.5
      return bars[min(bars.count - 1, Int(share * Double(bars.count)))]
    })
}

/// The same in several rows, the highest first: as many times finer.
func sparklines(_ values: [Double], rows: Int, charset: Charset) -> [String] {
  guard rows > 1 else { return [sparkline(values, charset: charset)] }
  let finite = values.filter(\.isFinite)
  guard let low = finite.min(), let high = finite.max() else {
    return Array(repeating: String(repeating: " ", count: values.count), count: rows)
  }
  let bars: [Character] = charset == .ascii ? [".", "-", "=", "#"] : Array("▁▂▃▄▅▆▇█")
  let span = high - low
  let levels = values.map { value -> Int in
    guard value.isFinite else { return 0 }
    let share = span > 0 ? (value - low) / span : 0.5
    return 1 + Int(share * Double(rows * bars.count - 1))
  }
  return (0..<rows).reversed().map { below in
    String(
      levels.map { level in
        let filled = min(bars.count, level - below * bars.count)
        return filled > 0 ? bars[filled - 1] : " "
      })
  }
}

/// A bar in eighths of a column: `███▌  `.
func bar(_ share: Double, columns: Int, charset: Charset) -> String {
  guard columns > 0 else { return "" }
  let bounded = share.isFinite ? min(1, max(0, share)) : 0
  let eighths = Int((bounded * Double(columns * 8)).rounded())
  let isWhole = charset == .ascii
  let full = isWhole ? Int((bounded * Double(columns)).rounded()) : eighths / 8
  var text = String(repeating: isWhole ? "#" : "█", count: full)
  if !isWhole, eighths % 8 > 0 { text.append(Array("▏▎▍▌▋▊▉")[eighths % 8 - 1]) }
  return text + String(repeating: isWhole ? "." : " ", count: columns - text.count)
}
