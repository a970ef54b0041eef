import Testing

@testable import Terminal

/// What is sent for a frame, by a model of a terminal that obeys it.
@Suite("Frames as bytes") struct FrameWriterTests {
  /// Terminals that differ in all that a writer looks at.
  private static let kinds: [(name: String, colors: Int, sequences: SequenceSet)] = {
    var plain = SequenceSet.xterm(colors: 256)
    plain.erasesInColor = false
    var console = SequenceSet.xterm(colors: 8)
    console.withoutColor = [.dim, .underlined]
    var old = SequenceSet.xterm(colors: 0)
    old.attributes = [.bold, .underlined, .reversed]
    old.endsEach = false
    old.erasesInColor = false
    return [
      ("xterm", 256, .xterm(colors: 256)), ("tmux", 256, plain), ("linux", 8, console),
      ("vt100", 0, old), ("xterm without colours", 0, .xterm(colors: 0)),
      ("16 colours", 16, .xterm(colors: 16)),
    ]
  }()

  private static func writer(_ kind: Int, _ theme: Theme, unicode: Bool = true) -> FrameWriter {
    let (_, colors, sequences) = kinds[kind]
    return FrameWriter(
      theme, colors: colors, sequences: sequences,
      cellText: CellText(showsUnicode: unicode, width: assumedWidth))
  }

  @Test("obeyed, the bytes show the canvas, whatever was shown before", arguments: 0..<84)
  func framesAreShown(seed: Int) {
    var random = Draws(seed: UInt64(seed))
    let (kind, theme) = (seed % 6, Theme.all[seed / 6 % Theme.all.count])
    let (rows, columns) = (1 + random.below(4), 1 + random.below(14))
    var writer = Self.writer(kind, theme)
    var model = TerminalModel(
      Size(rows: rows, columns: columns), Self.kinds[kind].sequences, width: cellWidth)
    var (canvas, last) = (Canvas(rows: rows, columns: columns), Canvas?.none)
    for frame in 0..<25 {
      for _ in 0..<(1 + random.below(4)) { Self.draw(&canvas, &random) }
      // Now and then the screen is sent anew.
      if random.below(9) == 0 { last = nil }
      model.obey(writer.write(canvas, over: last))
      last = canvas
      #expect(model.faults == [], "seed \(seed), frame \(frame)")
      let wanted = Self.expected(canvas, theme, kind)
      let shown = model.cells.map { $0.map(Self.seen) }
      #expect(shown == wanted, "seed \(seed), frame \(frame), \(Self.kinds[kind].name)")
      guard shown == wanted, model.faults.isEmpty else { return }
    }
  }

  @Test("over a canvas of another size all is sent anew", arguments: 0..<6)
  func anotherSize(kind: Int) {
    for (from, to) in [((3, 9), (2, 14)), ((2, 14), (3, 9)), ((3, 9), (3, 10)), ((3, 9), (2, 9))] {
      var writer = Self.writer(kind, .dark)
      var before = Canvas(rows: from.0, columns: from.1)
      before.write("before", row: 1, column: 1, style: Style(.good))
      var canvas = Canvas(rows: to.0, columns: to.1)
      canvas.write("before", row: 1, column: 1, style: Style(.good))
      _ = writer.write(before, over: nil)
      // Of the screen of before nothing is left where it was.
      var model = TerminalModel(
        Size(rows: to.0, columns: to.1), Self.kinds[kind].sequences, width: cellWidth)
      model.obey(writer.write(canvas, over: before))
      #expect(model.faults == [])
      let shown = model.cells.map { $0.map(Self.seen) }
      #expect(shown == Self.expected(canvas, .dark, kind), "\(Self.kinds[kind].name) \(from) \(to)")
    }
  }

  @Test("a terminal that gives a character another width loses no cell but its own")
  func otherWidths() {
    var writer = Self.writer(0, .dark)
    var model = TerminalModel(
      Size(rows: 1, columns: 12), Self.kinds[0].sequences, width: { _ in 1 })
    var canvas = Canvas(rows: 1, columns: 12)
    canvas.write("a界b界c e\u{301}d", row: 0, column: 0)
    model.obey(writer.write(canvas, over: nil))
    let text = model.cells[0].map { $0.text ?? "" }
    for (column, character) in [(0, "a"), (3, "b"), (6, "c"), (9, "d")] {
      #expect(text[column] == character)
    }
  }

  @Test("what did not change is not sent, and an unchanged frame is no byte")
  func onlyChanges() {
    var writer = Self.writer(0, .dark)
    var canvas = Canvas(rows: 3, columns: 40)
    canvas.write("step 1000", row: 1, column: 2, style: Style(.series0))
    let first = canvas
    _ = writer.write(canvas, over: nil)
    #expect(writer.write(canvas, over: first) == [])
    canvas.write("step 1001", row: 1, column: 2, style: Style(.series0))
    #expect(text(writer.write(canvas, over: first)) == "\u{1B}[2;11H1")
  }

  @Test("colours and attributes: only what differs, and blanks keep the colour of text")
  func pens() {
    var writer = Self.writer(0, .dark)
    let empty = Canvas(rows: 1, columns: 30)
    _ = writer.write(empty, over: nil)
    func sent(_ style: Style, _ text: String, over last: Canvas, _ column: Int = 0) -> String {
      var canvas = last
      canvas.write(text, row: 0, column: column, style: style)
      return self.text(writer.write(canvas, over: last))
    }
    #expect(sent(.plain, "a", over: empty) == "\u{1B}[1Ha", "the pen of the cleared screen")
    #expect(sent(Style(.good), "a", over: empty) == "\u{1B}[1H\u{1B}[38;5;77ma")
    #expect(sent(Style(.good, bold: true), "b", over: empty) == "\u{1B}[1H\u{1B}[1mb")
    #expect(sent(Style(.good), "a b", over: empty) == "\u{1B}[1H\u{1B}[22ma b")
    #expect(sent(Style(.tint0, behind: .tint0), "x", over: empty).hasSuffix("18;48;5;18mx"))
    var filled = empty
    filled.fill(Rect(row: 0, column: 0, rows: 1, columns: 3), style: Style(.tint0, behind: .tint0))
    #expect(sent(.plain, "   ", over: filled) == "\u{1B}[1H\u{1B}[48;5;233m   ")
  }

  @Test("a terminal draws without what it does not have, or not together with colours")
  func lacks() {
    var console = SequenceSet.xterm(colors: 8)
    console.withoutColor = [.dim, .underlined]
    let red = Ink(colors: .init(foreground: 1), attributes: [.bold, .underlined])
    #expect(console.shown(red).attributes == .bold)
    #expect(console.shown(Ink(attributes: red.attributes)).attributes == red.attributes)
    let plain = SequenceSet.xterm(colors: 0).shown(red)
    #expect(plain.colors == RoleLook.Colors() && plain.attributes == red.attributes)
    let both = Ink(attributes: [.bold, .dim])
    let change = console.change(from: both, to: Ink(attributes: .dim))
    #expect(text(change) == "22;2", "what ends bold ends dim too")
  }

  @Test("the cursor goes the shortest way: over what is there, or by a jump")
  func moves() {
    var writer = Self.writer(0, .dark)
    var before = Canvas(rows: 2, columns: 40)
    before.write("abcdefghijklmnopqrstuvwxyz", row: 0, column: 0)
    _ = writer.write(before, over: nil)
    func change(_ columns: [Int]) -> String {
      var canvas = before
      for column in columns { canvas.put("#", row: 0, column: column) }
      return text(writer.write(canvas, over: before))
    }
    #expect(change([0, 2]) == "\u{1B}[1H#b#")
    #expect(change([1, 6]) == "\u{1B}[1;2H#cdef#")
    #expect(change([1, 7]) == "\u{1B}[1;2H#\u{1B}[5C#")
    #expect(change([0, 20]) == "\u{1B}[1H#\u{1B}[19C#")
  }

  @Test("the rest of a row is erased where the background allows it")
  func erasing() {
    for (kind, (_, colors, _)) in Self.kinds.enumerated() {
      for theme in [Theme.dark, .terminal] {
        var writer = Self.writer(kind, theme)
        var before = Canvas(rows: 1, columns: 40)
        before.write("a long line of words", row: 0, column: 0)
        _ = writer.write(before, over: nil)
        var after = Canvas(rows: 1, columns: 40)
        after.write("a", row: 0, column: 0)
        let sent = text(writer.write(after, over: before))
        let isPlain = theme == .terminal || colors < 256
        #expect(sent.contains("\u{1B}[K") == (isPlain || kind == 0), "\(kind) \(theme.name)")
      }
    }
  }

  @Test("a dashboard's worth of small changes costs less than the cells around them")
  func cheapness() {
    var writer = Self.writer(0, .dark)
    var canvas = Canvas(rows: 40, columns: 120)
    for row in 0..<40 { canvas.write("loss 0.1234", row: row, column: 4, style: Style(.dim)) }
    let first = canvas
    #expect(writer.write(canvas, over: nil).count < 40 * (11 + 8) + 80)
    for row in 0..<40 { canvas.write("loss 0.1239", row: row, column: 4, style: Style(.dim)) }
    #expect(writer.write(canvas, over: first).count <= 40 * 9 + 12)
  }

  @Test("without Unicode every byte is ASCII", arguments: 0..<10)
  func withoutUnicode(seed: Int) {
    var random = Draws(seed: UInt64(seed))
    var writer = Self.writer(seed % 4, .dark, unicode: false)
    var canvas = Canvas(rows: 3, columns: 12)
    for _ in 0..<30 { Self.draw(&canvas, &random) }
    #expect(writer.write(canvas, over: nil).allSatisfy { $0 < 0x7F }, "seed \(seed)")
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension FrameWriterTests {
  private static let pieces = [
    "a", "b", " ", "   ", "界", "🙂", "e\u{301}", "❤\u{FE0F}", "🇩🇪", "▓▓", "⣀⣤", "█", "─", "       ",
  ]
  private static let roles: [Role] = [
    .plain, .plain, .dim, .title, .selection, .error, .good, .series1, .heat5, .band2, .tint3,
    .below4, .above1, .kind2,
  ]

  private static func draw(_ canvas: inout Canvas, _ random: inout Draws) {
    let (row, column) = (random.below(5) - 1, random.below(16) - 2)
    let style = Style(
      roles[random.below(roles.count)],
      behind: random.below(3) == 0 ? roles[random.below(roles.count)] : nil,
      bold: random.below(4) == 0, reversed: random.below(6) == 0,
      underlined: random.below(6) == 0)
    let area = Rect(row: row, column: column, rows: random.below(3), columns: random.below(16))
    switch random.below(5) {
    case 0: canvas.fill(area, with: random.below(2) == 0 ? " " : "x", style: style)
    case 1: canvas.restyle(area) { $0 = style }
    default:
      let piece = pieces[random.below(pieces.count)]
      canvas.write(
        piece + pieces[random.below(pieces.count)], row: row, column: column, style: style)
    }
  }

  /// What one sees of a cell: a blank has no colour of text, unless it is lined or reversed.
  private static func seen(_ shown: TerminalModel.Shown) -> TerminalModel.Shown {
    var seen = shown
    seen.ink.isFilled = false
    if shown.text == " ", shown.ink.attributes.isDisjoint(with: .onBlank) {
      seen.ink.colors.foreground = -1
      seen.ink.attributes = []
    }
    return seen
  }

  private static func expected(
    _ canvas: Canvas, _ theme: Theme, _ kind: Int
  ) -> [[TerminalModel.Shown]] {
    let (_, colors, sequences) = kinds[kind]
    let inks = InkTable(theme, colors: colors)
    return (0..<canvas.size.rows).map { row in
      var right = TerminalModel.Shown(text: nil, ink: Ink())
      return (0..<canvas.size.columns).map { column in
        guard let text = canvas[row, column]?.text else { return right }
        var ink = inks.ink(of: canvas[row, column]?.style ?? .plain)
        let character = CellText.character(text, onBackground: ink.isFilled)
        ink = sequences.shown(ink)
        ink.isFilled = false
        // What is glued together is cut down to its first scalar and the marks that take no room.
        let scalars = character.unicodeScalars
        let kept = scalars.dropFirst().first?.value == 0x301 ? scalars.count : 1
        let shown = String(String.UnicodeScalarView(scalars.prefix(kept)))
        let isFilledUp = cellWidth(of: shown) < cellWidth(of: text)
        right = seen(TerminalModel.Shown(text: isFilledUp ? " " : nil, ink: ink))
        return seen(TerminalModel.Shown(text: shown, ink: ink))
      }
    }
  }
}
