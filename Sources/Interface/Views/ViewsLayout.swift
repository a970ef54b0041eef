import Runs
import Terminal

/// Where the views of a screen lie.
struct ViewsLayout {
  /// Views that are drawn, by place, and where.
  var areas: [(place: Int, area: Rect)] = []
  /// A list of titles at the left; nil for none.
  var list: Rect?
  /// A line of titles above; nil for none.
  var strip: Rect?

  /// A grid where every view fits; else the selected one and what fits below it, with titles at
  /// the left or above.
  init(body: Rect, views: [ModelView], selected: Int, isZoomed: Bool) {
    let isWide = body.size.columns >= 100
    if views.count == 1 || isZoomed && isWide {
      areas = [(selected, body)]
    } else if isWide, let grid = Self.grid(views, in: body) {
      areas = grid
    } else if isWide {
      let (left, right) = body.splitLeft(min(34, body.size.columns / 3))
      list = left
      areas = Self.stack(views, from: selected, isAlone: isZoomed, in: right)
    } else {
      let (top, rest) = body.splitTop(1)
      strip = top
      areas = Self.stack(views, from: selected, isAlone: isZoomed, in: rest)
    }
  }

  /// Two views beside each other in each row; nil if they do not fit.
  private static func grid(
    _ views: [ModelView], in body: Rect
  ) -> [(place: Int, area: Rect)]? {
    let pairs = stride(from: 0, to: views.count, by: 2).map { $0..<min($0 + 2, views.count) }
    let rooms = pairs.map { pair in
      pair.map { views[$0].room }.reduce(ViewRoom.none) { $0.or($1) }
    }
    guard let heights = heights(of: rooms, in: body.size.rows) else { return nil }
    var rest = body
    return zip(pairs, heights).flatMap { pair, height -> [(place: Int, area: Rect)] in
      let (row, below) = rest.splitTop(height)
      rest = below
      guard pair.count == 2 else { return [(pair.lowerBound, row)] }
      let (left, right) = row.splitLeft(row.size.columns / 2)
      return [(pair.lowerBound, left), (pair.lowerBound + 1, right)]
    }
  }

  /// The selected view, and below it those that follow, as far as they fit.
  private static func stack(
    _ views: [ModelView], from selected: Int, isAlone: Bool, in body: Rect
  ) -> [(place: Int, area: Rect)] {
    var last = selected
    while !isAlone, last + 1 < views.count,
      heights(of: views[selected...last + 1].map(\.roomInStack), in: body.size.rows) != nil
    { last += 1 }
    let rooms = views[selected...last].map(\.roomInStack)
    let heights = heights(of: rooms, in: body.size.rows) ?? [body.size.rows]
    var rest = body
    return zip(selected...last, heights).map { place, height in
      let (area, below) = rest.splitTop(height)
      rest = below
      return (place, area)
    }
  }

  /// Rows for each, frames included: what it needs, then what is enough for it, then a part of what is
  /// left by what it could use; nil if there is too little.
  static func heights(of rooms: [ViewRoom], in rows: Int) -> [Int]? {
    var heights = rooms.map { $0.least + 2 }
    var left = rows - heights.reduce(0, +)
    guard left >= 0 else { return nil }
    // What is cut in a list is lost, a chart is only coarser.
    for enough in [rooms.map(\.enough), rooms.map(\.most)] {
      while left > 0 {
        let wanting = rooms.indices.filter { heights[$0] < enough[$0] + 2 }
        guard let smallest = wanting.min(by: { heights[$0] < heights[$1] }) else { break }
        heights[smallest] += 1
        left -= 1
      }
    }
    // What nobody wants goes to the last one, so that the frames fill the screen.
    if let last = heights.indices.last { heights[last] += left }
    return heights
  }
}

/// How many rows a view needs inside its frame, and how many it could use.
struct ViewRoom: Equatable {
  var least: Int
  /// From here on it loses nothing by being smaller than it could be.
  var enough: Int
  var most: Int

  static let none = ViewRoom(least: 0, most: 0)

  /// Room for lines that are lost where they are cut.
  init(least: Int, most: Int) { self.init(least: least, enough: most, most: most) }

  init(least: Int, enough: Int, most: Int) {
    (self.least, self.enough, self.most) = (least, enough, most)
  }

  /// Room for either of two that lie beside each other.
  func or(_ other: ViewRoom) -> ViewRoom {
    ViewRoom(
      least: max(least, other.least), enough: max(enough, other.enough),
      most: max(most, other.most))
  }
}

extension ModelView {
  /// The rows that it needs and could use.
  var room: ViewRoom {
    switch content {
    case .matrix(let matrix): Self.room(lines: matrix.rows.count + 1)
    case .history(let history): Self.room(lines: history.rows.count + 1)
    case .bars(let bars): Self.room(lines: bars.bars.count + (bars.parts.count > 1 ? 1 : 0))
    case .table(let table): ViewRoom(least: 5, most: max(5, table.rows.count + 1))
    case .passages(let passages):
      ViewRoom(
        least: 4, enough: max(4, min(12, 2 * passages.passages.count)),
        most: max(4, 3 * passages.passages.count))
    case .curves, .scatter: ViewRoom(least: 5, enough: 8, most: 24)
    case .bitmap(let bitmap): ViewRoom(least: 8, most: max(8, bitmap.rows + 3))
    }
  }

  /// The same where it has the whole width: before a chart gets too coarse, it stands alone.
  var roomInStack: ViewRoom {
    var room = room
    switch content {
    case .curves, .scatter: room.least = 7
    case .matrix, .history, .bars, .table, .passages, .bitmap: break
    }
    return room
  }

  /// A few lines are all needed; of many the rest is scrolled to.
  private static func room(lines: Int) -> ViewRoom {
    ViewRoom(least: min(lines, 6), most: max(1, lines))
  }
}
