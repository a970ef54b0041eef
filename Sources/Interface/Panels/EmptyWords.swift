import Runs
import Terminal

// What is said where a system has nothing to show: what it has instead, and the key that leads there.
extension RunState {
  /// Why there is nothing of a subject, or nothing yet.
  func emptyWords(of subject: ModelView.Subject) -> [String] {
    let name = description?.modelTitle ?? "This model"
    if description?.subjects.contains(subject) == true {
      let next = isPaused ? "P goes on, . takes one step." : "They come with the next numbers."
      return ["\(name) has \(subject.noun) to show.", next]
    }
    return ["\(name) has no \(subject.noun).", elsewhere(than: subject)]
  }

  /// What the system has elsewhere, and the keys that lead there.
  func elsewhere(than subject: ModelView.Subject?) -> String {
    let subjects = description?.subjects ?? []
    var parts: [String] = []
    let experts = description?.experts.count ?? 0
    if experts > 0, subject != nil {
      parts.append("2 its gates over \(counted(experts, "expert"))")
    }
    if subjects.contains(.masks), subject != .masks { parts.append("3 its masks") }
    if subjects.contains(.model) || description?.dials.isEmpty == false, subject != .model {
      parts.append("4 what it has inside")
    }
    parts += ["5 its tasks", "6 other systems"]
    return
      "1 shows its curves, \(parts.dropLast().joined(separator: ", ")) and \(parts.last ?? "")."
  }
}

extension Canvas {
  /// A frame with words for why it holds nothing else, the first of them bright.
  mutating func drawEmpty(_ words: [String], title: [Span], in area: Rect) {
    let inner = frame(area, title: title, isFocused: true)
    let lines = words.enumerated().flatMap { index, text in
      wrapped(text, columns: inner.size.columns - 4, lines: 4).map { (text: $0, index: index) }
    }
    for (row, line) in lines.prefix(max(0, inner.size.rows - 1)).enumerated() {
      write(
        line.text, row: inner.row + 1 + row, column: inner.column + 2,
        style: line.index == 0 ? .plain : .dim, limit: inner.size.columns - 3)
    }
  }
}

extension ModelView.Subject {
  /// What is shown of it.
  fileprivate var noun: String {
    switch self {
    case .model: "views of its inside, such as matrices, attention or curves"
    case .masks: "masks, which say which weights serve which task"
    }
  }
}
