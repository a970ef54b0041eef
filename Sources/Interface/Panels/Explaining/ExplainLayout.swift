import Terminal

/// The parts of the screen that explains, and where they lie.
struct ExplainLayout {
  /// A part that can have the focus.
  enum Part: Sendable, Equatable { case items, reasons, ofUser, ofItem }

  /// Where each part lies; what has no room is not in it.
  private(set) var areas: [(part: Part, area: Rect)] = []
  /// Where the course of the expectation lies; nil where it has no room.
  private(set) var course: Rect?

  /// Lines of the first items: words, heads, ten items, the pinned one and the frame.
  private static let listRows = 16
  private static let courseRows = 9
  /// Lines of a user's rows at least.
  private static let dataRows = 8

  /// Items and reasons beside each other, below the items the course and, where the terminal is high, what
  /// the data have of the user; where there is room for three lines
  /// of text beside each other, the user's rows below the items, the course below the reasons, and the
  /// item's rows at the right.
  init(_ body: Rect, large: Part?) {
    if let large {
      areas = [(large, body)]
    } else if body.size.columns >= 160, body.size.rows >= Self.listRows + 12 {
      showWide(body)
    } else {
      showNarrow(body)
    }
  }

  private mutating func showWide(_ body: Rect) {
    let (left, rest) = body.splitLeft(body.size.columns * 3 / 10)
    let (middle, ofItem) = rest.splitLeft(rest.size.columns / 2)
    let (list, ofUser) = left.splitTop(Self.listRows)
    let (reasons, below) = middle.splitTop(middle.size.rows - middle.size.rows / 4)
    areas = [(.items, list), (.reasons, reasons), (.ofUser, ofUser), (.ofItem, ofItem)]
    course = below
  }

  private mutating func showNarrow(_ body: Rect) {
    let (left, reasons) = body.splitLeft(min(40, body.size.columns * 3 / 8))
    let hasCourse = left.size.columns >= 36 && left.size.rows >= Self.listRows + Self.courseRows
    let (list, below) = left.splitTop(hasCourse ? Self.listRows : left.size.rows)
    areas = [(.items, list), (.reasons, reasons)]
    guard hasCourse else { return }
    let isHigh = below.size.rows >= Self.courseRows + Self.dataRows
    let (course, ofUser) = below.splitTop(isHigh ? Self.courseRows : below.size.rows)
    self.course = course
    if isHigh { areas.append((.ofUser, ofUser)) }
  }

  /// Of whom what the data have has no area of its own.
  var withoutArea: [Part] { [.ofUser, .ofItem].filter { area(of: $0) == nil } }

  func area(of part: Part) -> Rect? { areas.first { $0.part == part }?.area }

  /// The part so many further, and around at the end.
  func part(_ steps: Int, from part: Part) -> Part {
    let count = areas.count
    let index = areas.firstIndex { $0.part == part } ?? 0
    return areas[((index + steps) % count + count) % count].part
  }
}
