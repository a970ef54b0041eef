internal import CCurses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The real terminal: the only caller of curses.
///
/// While it is open, standard output and error lead to a file in memory, so that nothing but
/// canvases reaches the screen; what was written there is handed on when it closes. Whatever ends
/// the process, the guard in CCurses gives the terminal back as it was.
public final class CursesTerminal: TerminalDevice {
  /// The size just now.
  public private(set) var size: Size
  /// Whether characters outside ASCII can be shown.
  public let showsUnicode: Bool
  /// How many colours are in use: 256, 16, 8 or 0.
  public let colors: Int

  private let screen: OpaquePointer
  private let input: Int32
  private let output: Int32
  private let realOutput: Int32
  private let realError: Int32
  private let caught: Int32
  private var painter: CellPainter
  private var last: Canvas?
  private var needsRedraw = true
  private var isClosed = false
  private var drained: off_t = 0

  /// Opens the terminal behind standard input and output.
  ///
  /// - Throws: ``TerminalError``.
  public init(color: ColorMode = .auto) throws(TerminalError) {
    guard isatty(STDIN_FILENO) == 1 else { throw .notATerminal(stream: "input") }
    guard isatty(STDOUT_FILENO) == 1 else { throw .notATerminal(stream: "output") }
    let name = getenv("TERM").map { String(cString: $0) } ?? ""
    var status: Int32 = 0
    guard !name.isEmpty, setupterm(nil, STDOUT_FILENO, &status) == 0 else {
      throw .unknownTerminal(name: name)
    }
    _ = cc_take_locale()
    showsUnicode = cc_locale_is_utf8() || (cc_take_utf8_locale() && cc_locale_is_utf8())
    input = cc_private_copy(STDIN_FILENO)
    output = cc_private_copy(STDOUT_FILENO)
    realOutput = cc_private_copy(STDOUT_FILENO)
    realError = cc_private_copy(STDERR_FILENO)
    caught = cc_scratch_file()
    guard input >= 0, output >= 0, realOutput >= 0, realError >= 0, caught >= 0,
      let keyboard = fdopen(input, "r"), let display = fdopen(output, "w"),
      cc_guard_remember_modes(realOutput)
    else { throw .refused("a stream that cannot be opened") }
    guard let screen = newterm(nil, display, keyboard) else {
      throw .unknownTerminal(name: name)
    }
    self.screen = screen
    Self.setModes()
    let wanted = Self.wanted(color)
    colors = Self.startColors(wanted)
    painter = CellPainter(colors: colors, showsUnicode: showsUnicode)
    size = Size(rows: Int(cc_lines()), columns: Int(cc_columns()))
    try guardTerminal()
    redirect()
  }

  deinit { close() }

  /// Sends what differs from the last canvas, and nothing if nothing does.
  public func show(_ canvas: Canvas) {
    guard !isClosed else { return }
    if needsRedraw {
      clearok(cc_screen(), true)
      werase(cc_screen())
      last = nil
      needsRedraw = false
    }
    guard painter.paint(canvas, over: last) else { return }
    last = canvas
    wrefresh(cc_screen())
  }

  /// Sends the whole screen anew at the next ``show(_:)``.
  public func redraw() { needsRedraw = true }

  /// Gives the terminal back, and hands on what was written to standard error meanwhile.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    cc_flush_stdout()
    cc_flush_stderr()
    endwin()
    cc_guard_remove()
    cc_guard_restore_modes(realOutput)
    dup2(realOutput, STDOUT_FILENO)
    dup2(realError, STDERR_FILENO)
    let stray = drainStrayOutput().joined(separator: "\n")
    if !stray.isEmpty { fputs(stray + "\n", cc_standard_error()) }
    delscreen(screen)
  }

  /// Lines that something wrote to standard output or error since the last call.
  public func drainStrayOutput() -> [String] {
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = pread(caught, &chunk, chunk.count, drained)
      guard count > 0 else { break }
      text += chunk[..<count]
      drained += off_t(count)
    }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

// MARK: - Keys, signals, size

extension CursesTerminal {
  /// The next key, or nil if none came in time; signals are answered here too.
  public func readKey(timeoutMilliseconds: Int) -> Key? {
    guard !isClosed else { return nil }
    if let key = pressedKey() ?? answeredSignal() { return key }
    var waits = [
      pollfd(fd: input, events: Int16(POLLIN), revents: 0),
      pollfd(fd: cc_guard_wake_descriptor(), events: Int16(POLLIN), revents: 0),
    ]
    guard timeoutMilliseconds > 0, poll(&waits, nfds_t(waits.count), Int32(timeoutMilliseconds)) > 0
    else { return nil }
    if waits[0].revents & Int16(POLLHUP | POLLERR) != 0 {
      // The terminal is gone: there is nobody left to draw for.
      raise(SIGHUP)
    }
    if let key = answeredSignal() { return key }
    return pressedKey()
  }

  /// Answers a stop, a continuation or a new size; the last is a key.
  private func answeredSignal() -> Key? {
    cc_guard_drain()
    if cc_guard_take_stop() { suspend(wholeGroup: false) }
    if cc_guard_take_continue() {
      reset_prog_mode()
      redraw()
      return .resize
    }
    return cc_guard_take_resize() ? takeSize() : nil
  }

  private func takeSize() -> Key {
    var rows: Int32 = 0
    var columns: Int32 = 0
    if cc_terminal_size(realOutput, &rows, &columns) {
      resizeterm(rows, columns)
      size = Size(rows: Int(cc_lines()), columns: Int(cc_columns()))
    }
    redraw()
    return .resize
  }

  private func pressedKey() -> Key? {
    var code: wint_t = 0
    let status = wget_wch(cc_screen(), &code)
    if status == ERR { return nil }
    guard let key = KeyDecoder.key(code, isFunction: status == KEY_CODE_YES) else { return nil }
    switch key {
    case .control("z"):
      suspend(wholeGroup: true)
      return .resize
    case .resize: return takeSize()
    default: return key
    }
  }

  /// Gives the terminal back, stops, and takes it again when the shell says so.
  private func suspend(wholeGroup: Bool) {
    def_prog_mode()
    endwin()
    cc_guard_stop(wholeGroup)
    reset_prog_mode()
    _ = takeSize()
  }
}

// MARK: - Opening

extension CursesTerminal {
  private static func setModes() {
    raw()
    noecho()
    nonl()
    let window = cc_screen()
    keypad(window, true)
    meta(window, true)
    nodelay(window, true)
    leaveok(window, true)
    scrollok(window, false)
    idlok(window, false)
    typeahead(-1)
    set_escdelay(25)
    curs_set(0)
  }

  private static func wanted(_ mode: ColorMode) -> ColorMode {
    guard mode == .auto, let no = getenv("NO_COLOR"), no.pointee != 0 else { return mode }
    return .mono
  }

  /// Starts as many colours as wanted and available, and returns how many.
  private static func startColors(_ mode: ColorMode) -> Int {
    guard mode != .mono, has_colors(), start_color() == OK else { return 0 }
    use_default_colors()
    let available = Int(cc_colors())
    if available >= 256, mode != .c16 { return 256 }
    return available >= 16 ? 16 : (available >= 8 ? 8 : 0)
  }

  private func guardTerminal() throws(TerminalError) {
    let names = ["rmkx", "sgr0", "cnorm", "rmcup"]
    let bytes = names.compactMap { name in name.withCString { cc_capability($0) } }
      .flatMap { Array(UnsafeBufferPointer(start: $0, count: strlen($0))) }
    // Delays such as $<5> are padding for tputs, not for the terminal.
    let plain = Self.withoutDelays(bytes)
    let isReady = plain.withUnsafeBufferPointer {
      cc_guard_set_restore_bytes($0.baseAddress, $0.count)
    }
    let setup = cc_guard_setup(
      terminal: realOutput, curses_output: output, real_output: realOutput,
      real_error: realError, caught_error: caught, delivers_end_signals: false)
    guard isReady, cc_guard_install(setup) else {
      endwin()
      throw .refused("no pipe for signals")
    }
  }

  private static func withoutDelays(_ bytes: [CChar]) -> [CChar] {
    var plain: [CChar] = []
    var isDelay = false
    for (place, byte) in bytes.enumerated() {
      let next = place + 1 < bytes.count ? bytes[place + 1] : 0
      if byte == 0x24, next == 0x3C { isDelay = true }
      if !isDelay { plain.append(byte) }
      if byte == 0x3E { isDelay = false }
    }
    return plain
  }

  private func redirect() {
    cc_flush_stdout()
    cc_flush_stderr()
    cc_buffer_stdout_by_line()
    dup2(caught, STDOUT_FILENO)
    dup2(caught, STDERR_FILENO)
  }
}
