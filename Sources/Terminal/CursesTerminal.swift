internal import CCurses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The real terminal: the only caller of curses.
///
/// While it is open, standard output and error lead to a file in memory, so that nothing but
/// canvases reaches the screen; the end of what was written there is shown when it closes. Whatever
/// ends the process, the guard in CCurses gives the terminal back as it was.
public final class CursesTerminal: TerminalDevice {
  /// The size just now.
  public private(set) var size: Size
  /// Whether characters outside ASCII are shown; where not, the nearest ASCII ones stand in.
  public let showsUnicode: Bool
  /// How many colours are in use: 256, 16, 8 or 0.
  public let colors: Int

  /// What sends frames, in words: this package with the terminal's control sequences, or curses.
  package var drawer: String { sequences.map { "bytes, \($0)" } ?? "curses" }

  private let tty: TTY
  private let stray: StrayOutput
  private let sequences: SequenceSet?
  private let cellText: CellText
  private var drawing: Drawing
  private var decoder = KeyDecoder(specialKeys: cursesKeys)
  private var last: Canvas?
  private var needsClearing = true
  private var isClosed = false
  private var isResizeDue = false
  private var lastResize = Instant()
  private var lastInput = Instant()
  /// Whether the terminal said that it can show a frame as a whole.
  private var isSynchronised = false
  /// Whether the theme follows the background that the terminal tells.
  private var followsBackground: Bool
  /// Keys that came while an answer was waited for.
  private var held: ArraySlice<Key> = []

  /// Who draws cells; curses has the terminal and its keys in any case.
  private enum Drawing {
    case written(FrameWriter)
    case painted(CellPainter)

    init(_ theme: Theme, colors: Int, _ sequences: SequenceSet?, _ text: CellText) {
      if let sequences {
        let writer = FrameWriter(theme, colors: colors, sequences: sequences, cellText: text)
        self = .written(writer)
      } else {
        self = .painted(CellPainter(theme, colors: colors, cellText: text))
      }
    }
  }

  /// Opens the terminal behind standard input and output.
  ///
  /// - Parameters:
  ///   - color: The colours to use.
  ///   - theme: How the roles look; nil is dark or light, as the terminal's background is.
  /// - Throws: ``TerminalError`` if no screen can be drawn; then nothing has been changed.
  public init(color: ColorMode = .auto, theme: Theme? = .dark) throws(TerminalError) {
    showsUnicode = localeAllowsUnicode()
    (tty, stray) = try TTY.open()
    colors = TTY.startColors(color)
    followsBackground = theme == nil
    sequences = tty.sequences(colors: colors)
    cellText = CellText(showsUnicode: showsUnicode) { Int(cc_width($0)) }
    drawing = Drawing(theme ?? .assumed, colors: colors, sequences, cellText)
    size = Size(rows: Int(cc_lines()), columns: Int(cc_columns()))
    adoptSize()
    _ = tty.ask(TerminalQuestion.synchronised)
    if followsBackground, colors >= 256, tty.ask(TerminalQuestion.background) { awaitBackground() }
  }

  deinit { close() }

  /// Shows a canvas; only what changed since the last one is sent.
  public func show(_ canvas: Canvas) {
    guard !isClosed else { return }
    stray.forget()
    switch drawing {
    case .painted(var painter): paint(canvas, with: &painter)
    case .written(var writer):
      write(canvas, with: &writer)
      drawing = .written(writer)
    }
  }

  /// Only a whole screen goes through curses: it clears, and enters the screen where it was left.
  private func write(_ canvas: Canvas, with writer: inout FrameWriter) {
    let isWhole = needsClearing || last?.size != canvas.size
    let bytes = writer.write(canvas, over: isWhole ? nil : last)
    last = canvas
    if isWhole {
      // As curses believes that it is.
      tty.say(TerminalMode.plainPen)
      werase(cc_screen())
      clearok(cc_screen(), true)
      wrefresh(cc_screen())
      needsClearing = false
    }
    guard !bytes.isEmpty else { return }
    // Some terminals lose lines that are cleared inside a synchronised update.
    let isSynchronised = isSynchronised && !isWhole
    let (on, off) = TerminalMode.synchronised
    let sent = tty.send(isSynchronised ? Array(on.utf8) + bytes + Array(off.utf8) : bytes)
    // Nobody knows how much of the frame is on the screen: the next one is whole.
    if !sent { redraw() }
  }

  private func paint(_ canvas: Canvas, with painter: inout CellPainter) {
    guard painter.paint(canvas, over: last) else { return }
    last = canvas
    let isWhole = isSynchronised && !needsClearing
    if needsClearing { clearok(cc_screen(), true) }
    needsClearing = false
    if isWhole { tty.say(TerminalMode.synchronised.on) }
    wrefresh(cc_screen())
    if isWhole { tty.say(TerminalMode.synchronised.off) }
  }

  /// Draws in another theme from the next ``show(_:)`` on.
  public func use(_ theme: Theme) {
    followsBackground = false
    draw(in: theme)
  }

  /// Draws in the theme that fits the background; an answer of the terminal that comes later is
  /// followed, too.
  public func useBackground() {
    guard !isClosed else { return }
    followsBackground = true
    draw(in: .assumed)
    if colors >= 256, tty.ask(TerminalQuestion.background) { awaitBackground() }
  }

  private func draw(in theme: Theme) {
    guard !isClosed else { return }
    drawing = Drawing(theme, colors: colors, sequences, cellText)
    redraw()
  }

  /// Has mouse events among the keys from now on, or leaves the mouse to the terminal.
  public func useMouse(_ isWanted: Bool) {
    if !isClosed { tty.useMouse(isWanted) }
  }

  /// Hands a text to the terminal's clipboard (OSC 52), also from inside tmux.
  public func copy(_ text: String) -> CopyOutcome { isClosed ? .unsupported : tty.copy(text) }

  /// Sends the whole screen anew at the next ``show(_:)``.
  public func redraw() {
    last = nil
    needsClearing = true
  }

  /// The whole lines that anything wrote to standard output or error since the last call.
  public func drainStrayOutput() -> [String] { stray.drain() }

  /// Gives the terminal back as it was, then shows what was caught on standard error.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    tty.stop()
    stray.giveBack()
    tty.release()
  }
}

// MARK: - Keys

extension CursesTerminal {
  /// The next key, or nil if none came within the time.
  ///
  /// Ctrl-Z stops the process as a shell expects; when it continues this returns ``Key/resize``.
  public func readKey(timeoutMilliseconds: Int) -> Key? {
    guard !isClosed else { return nil }
    let start = Instant()
    while true {
      if let key = keyOfSignals() { return key }
      if let key = held.popFirst() { return key }
      if let key = decoder.readKey(next: nextCode) {
        guard !takeReplies() else { continue }
        return key == .control("z") ? suspend(wholeGroup: true) : key
      }
      if decoder.isPasting, lastInput.millisecondsAgo >= Self.pasteGap { return decoder.endPaste() }
      let left = timeoutMilliseconds - start.millisecondsAgo
      if left <= 0 { return nil }
      wait(milliseconds: left)
    }
  }

  /// Takes what the terminal answered; says whether there was anything.
  @discardableResult private func takeReplies() -> Bool {
    let replies = decoder.takeReplies()
    for reply in replies {
      if case .mode(2026, let setting) = reply { isSynchronised = setting == 1 || setting == 2 }
      if followsBackground, let isDark = reply.isDarkBackground {
        draw(in: isDark ? .dark : .light)
      }
    }
    return !replies.isEmpty
  }

  /// Waits a moment for the colour of the background, so that the first frame fits it.
  private func awaitBackground() {
    let start = Instant()
    while start.millisecondsAgo < Self.patience {
      guard let key = decoder.readKey(next: nextCode) else {
        wait(milliseconds: Self.patience - start.millisecondsAgo)
        continue
      }
      let hasEnded = decoder.replies.contains(.attributes)
      if !takeReplies() { held.append(key) }
      if hasEnded { return }
    }
  }

  private func nextCode(_ awaited: KeyDecoder.Awaited) -> Int32? {
    var code = awaited == .paste ? tty.readText() : tty.read()
    if code == nil, awaited == .sequence, tty.hasInput(within: Self.sequenceGap) {
      code = tty.read()
    }
    if code != nil { lastInput = Instant() }
    return code
  }

  private func wait(milliseconds: Int) {
    let untilResize = isResizeDue ? max(1, Self.frame - lastResize.millisecondsAgo) : .max
    guard tty.wait(milliseconds: min(milliseconds, untilResize)) == .gone else { return }
    // There is nobody left to draw for: the process ends as if its terminal had been closed.
    raise(SIGHUP)
  }

  /// Milliseconds that an answer is waited for at most before the first frame.
  private static let patience = 60
  /// Bytes of one sequence arrive no further apart than this, in milliseconds.
  private static let sequenceGap = 25
  /// A paste whose end does not come is over after this many milliseconds without a byte.
  private static let pasteGap = 1_000
  /// While the size keeps changing it is looked at once in this many milliseconds.
  private static let frame = 16
}

// MARK: - Signals

extension CursesTerminal {
  private func keyOfSignals() -> Key? {
    if cc_guard_take_stop() { return suspend(wholeGroup: false) }
    if cc_guard_take_continue() {
      // It was stopped without a warning: the screen is to be entered as if it had been left.
      tty.leaveScreen()
      return resume()
    }
    if cc_guard_take_resize() { isResizeDue = true }
    guard isResizeDue, lastResize.millisecondsAgo >= Self.frame else { return nil }
    isResizeDue = false
    lastResize = Instant()
    // The size may be the old one again: what the terminal cut off or moved meanwhile is not.
    if !adoptSize() { redraw() }
    return .resize
  }

  /// Gives the terminal back, stops, and takes it again when the shell says so.
  private func suspend(wholeGroup: Bool) -> Key {
    tty.leaveScreen()
    cc_guard_stop(wholeGroup)
    _ = cc_guard_take_continue()
    return resume()
  }

  /// After a stop others have used the terminal: take it again and draw everything.
  private func resume() -> Key {
    tty.enterScreen()
    // The whole screen comes in any case.
    _ = cc_guard_take_resize()
    isResizeDue = false
    adoptSize()
    redraw()
    return .resize
  }

  /// Takes over the window's size; says whether it is another one.
  @discardableResult private func adoptSize() -> Bool {
    guard let now = tty.windowSize, now != size else { return false }
    resize_term(Int32(now.rows), Int32(now.columns))
    size = now
    redraw()
    return true
  }
}
