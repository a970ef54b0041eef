/// A terminal for tests: keys in, canvases out.
public final class ScriptedTerminal: TerminalDevice {
  /// The size; a test may change it.
  public var size: Size
  /// Keys that are still to come; nil stands for a wait in which none came.
  public var keys: [Key?]
  /// Every canvas that differed from the one before.
  public private(set) var shown: [Canvas] = []
  /// How many bytes all canvases would have taken on a terminal like xterm with 256 colours.
  public private(set) var byteCount = 0
  /// The theme that was chosen last.
  public private(set) var theme = Theme.dark
  /// Whether mouse events are wanted.
  public private(set) var hasMouse = false
  /// The texts that were copied.
  public private(set) var copied: [String] = []
  /// How often the whole screen was asked for anew.
  public private(set) var redraws = 0
  /// Whether the terminal was given back.
  public private(set) var isClosed = false

  private lazy var writer = makeWriter()
  private var needsClearing = true

  /// A terminal of a size that will see these keys.
  public init(rows: Int, columns: Int, keys: [Key?] = []) {
    size = Size(rows: rows, columns: columns)
    self.keys = keys
  }

  /// The next key of the script; nil where it says so and behind its end.
  public func readKey(timeoutMilliseconds: Int) -> Key? {
    keys.isEmpty ? nil : keys.removeFirst()
  }

  /// Keeps a canvas that differs from the last.
  public func show(_ canvas: Canvas) {
    let bytes = writer.write(canvas, over: needsClearing ? nil : shown.last)
    // A frame that is no whole screen is shown as a whole.
    let (on, off) = TerminalMode.synchronised
    let marks = needsClearing || bytes.isEmpty ? 0 : on.utf8.count + off.utf8.count
    byteCount += bytes.count + marks
    needsClearing = false
    if shown.last != canvas { shown.append(canvas) }
  }

  /// Notes the theme.
  public func use(_ theme: Theme) {
    self.theme = theme
    writer = makeWriter()
    needsClearing = true
  }

  private func makeWriter() -> FrameWriter {
    FrameWriter(
      theme, colors: 256, sequences: .xterm(colors: 256),
      cellText: CellText(showsUnicode: true, width: assumedWidth))
  }

  /// Notes whether the mouse is wanted.
  public func useMouse(_ isWanted: Bool) { hasMouse = isWanted }

  /// Keeps a text that a real terminal would take.
  public func copy(_ text: String) -> CopyOutcome {
    let outcome = Clipboard.outcome(of: text)
    if case .sent = outcome { copied.append(text) }
    return outcome
  }

  /// Counts.
  public func redraw() {
    redraws += 1
    needsClearing = true
  }

  /// Notes that the terminal was given back.
  public func close() { isClosed = true }
}
