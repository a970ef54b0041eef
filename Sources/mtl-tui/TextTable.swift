import Foundation

/// Cells in aligned columns: the first to the left, the others to the right.
struct TextTable {
  var head: [String]
  private var rows: [(cells: [String], remark: String)] = []

  init(_ head: [String]) { self.head = head }

  /// Adds a row; cells may be fewer than columns, and a remark follows them unaligned.
  mutating func add(_ cells: [String], remark: String = "") { rows.append((cells, remark)) }

  /// Lines without trailing spaces.
  var text: String {
    let widths = head.indices.map { column in
      ([head] + rows.map(\.cells)).map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    let lines = ([(head, "")] + rows).map { cells, remark in
      let padded = cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }
      let line = (padded + (remark.isEmpty ? [] : [remark])).joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    return lines.joined(separator: "\n")
  }

  /// The same in Markdown; a remark fills the row's second cell.
  var markdown: String {
    let rule = head.indices.map { $0 == 0 ? "---" : "---:" }
    let body = rows.map { cells, remark in
      let filled = cells + (remark.isEmpty ? [] : [remark])
      return filled + Array(repeating: "", count: max(0, head.count - filled.count))
    }
    return ([head, rule] + body).map { cells in
      "| " + cells.map(Self.escaped).joined(separator: " | ") + " |"
    }.joined(separator: "\n")
  }

  private static func escaped(_ cell: String) -> String {
    cell.replacingOccurrences(of: "|", with: "\\|")
  }
}
