import Terminal

/// The parts of the screen that explains, and where they lie.
struct ExplainLayout {
  /// A part that can have the focus.
  enum Part: Sendable, Equatable { case items, reasons, ofUser, ofItem }

  /// Where each part lies; what has no room is not in it.
  private(set) var areas: [(part: Part, area: Rect)] = []
  /// Where the course of the expectation lies; nil where it has no room.
  private(set) var course: Rect?

  /// Lines of the first items: words, heads, ten items and the frame.
  private static let listRows = 15
  private static let courseRows = 8

  /// Items and reasons beside each other; below the items the course, and at the right, where a line of
  /// text has room there, what the data have of the two.
  init(_ body: Rect, large: Part?) {
    if let large {
      areas = [(large, body)]
      return
    }
    let isWide = body.size.columns >= 160 && body.size.rows >= 20
    let (left, right) = body.splitLeft(
      isWide ? 44 : min(40, body.size.columns * 3 / 8))
    let hasCourse = left.size.columns >= 36 && left.size.rows >= Self.listRows + Self.courseRows
    let (list, below) = left.splitTop(hasCourse ? Self.listRows : left.size.rows)
    areas = [(.items, list)]
    if hasCourse { course = below }
    let (reasons, data) = right.splitLeft(isWide ? right.size.columns / 2 : right.size.columns)
    areas.append((.reasons, reasons))
    guard isWide else { return }
    let (ofUser, ofItem) = data.splitTop(data.size.rows / 2)
    areas += [(.ofUser, ofUser), (.ofItem, ofItem)]
  }

  /// Whether the data of the two have areas of their own.
  var showsData: Bool { areas.contains { $0.part == .ofUser } }

  func area(of part: Part) -> Rect? { areas.first { $0.part == part }?.area }

  /// The part so many further, and around at the end.
  func part(_ steps: Int, from part: Part) -> Part {
    let count = areas.count
    let index = areas.firstIndex { $0.part == part } ?? 0
    return areas[((index + steps) % count + count) % count].part
  }
}
