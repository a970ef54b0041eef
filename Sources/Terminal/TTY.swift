internal import CCurses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The terminal device: its descriptors, its modes, and curses' hold on it.
final class TTY {
  /// What a wait ended with.
  enum Waited { case nothing, something, gone }

  /// Bytes that are read past curses at a time.
  private static let chunk = 4_096

  /// For the guard alone: it must work whatever becomes of the others.
  private let guarded: Int32
  private let input: UnsafeMutablePointer<FILE>
  let output: UnsafeMutablePointer<FILE>
  /// Whether mouse events are asked for while the screen is the program's.
  var hasMouse = false
  /// Bytes that were read past curses and are still to be given out.
  private var text: ArraySlice<UInt8> = []
  private var screen: OpaquePointer?
  private var keys: UnsafeMutablePointer<WINDOW>?

  private init(
    guarded: Int32, input: UnsafeMutablePointer<FILE>, output: UnsafeMutablePointer<FILE>
  ) {
    self.guarded = guarded
    self.input = input
    self.output = output
  }

  /// Opens the terminal behind standard input and output, and keeps other output off it.
  static func open() throws(TerminalError) -> (TTY, StrayOutput) {
    let tty = try find()
    do throws(TerminalError) {
      let stray = try StrayOutput()
      do throws(TerminalError) {
        try tty.start(stray: stray)
        return (tty, stray)
      } catch {
        stray.giveBack()
        throw error
      }
    } catch {
      tty.release()
      throw error
    }
  }

  /// The terminal, untouched yet.
  private static func find() throws(TerminalError) -> TTY {
    guard cc_guard_wake_descriptor() < 0 else { throw .refused("a terminal that is open already") }
    guard isatty(STDIN_FILENO) == 1 else { throw .notATerminal(stream: "input") }
    guard isatty(STDOUT_FILENO) == 1 else { throw .notATerminal(stream: "output") }
    try checkKind()
    let copies = [cc_private_copy(1), cc_private_copy(0), cc_private_copy(1)]
    guard let input = fdopen(copies[1], "r"), let output = fdopen(copies[2], "w"),
      cc_guard_remember_modes(copies[0])
    else { throw .refused("a stream that cannot be opened, \(systemReason())") }
    return TTY(guarded: copies[0], input: input, output: output)
  }

  private static func checkKind() throws(TerminalError) {
    let name = environment("TERM")
    guard !name.isEmpty, cc_find_terminal(name, STDOUT_FILENO) == CC_TERMINAL_KNOWN else {
      throw .unknownTerminal(name: name)
    }
    guard cc_capability("cup") != nil else { throw .cannotPlaceCursor(name: name) }
  }

  /// Closes the descriptors.
  func release() {
    fclose(input)
    fclose(output)
    close(guarded)
  }

}

// MARK: - Curses

extension TTY {
  /// Puts the guard in place and lets curses take the terminal.
  ///
  /// The guard comes first: curses then leaves the signals to it.
  private func start(stray: StrayOutput) throws(TerminalError) {
    let bytes = restoreBytes()
    let setup = cc_guard_setup(
      terminal: guarded, curses_output: fileno(output), real_output: stray.realOutput,
      real_error: stray.realError, caught: stray.file)
    guard cc_guard_set_restore_bytes(bytes, bytes.count), cc_guard_install(setup) else {
      throw .refused("no pipe for signals, \(systemReason())")
    }
    guard let screen = newterm(nil, output, input), let keys = newpad(1, 1) else {
      cc_guard_restore_modes(guarded)
      cc_guard_remove()
      throw .refused("curses does not start")
    }
    self.screen = screen
    self.keys = keys
    setModes(keys: keys)
    sayModes()
  }

  /// Starts as many colours as wanted and available, and returns how many.
  static func startColors(_ mode: ColorMode) -> Int {
    let refuses = mode == .auto && getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    guard mode != .mono, !refuses, has_colors(), start_color() == OK else { return 0 }
    // What curses clears has the terminal's own colours.
    use_default_colors()
    let available = Int(cc_colors())
    if available >= 256, mode != .c16 { return 256 }
    return available >= 16 ? 16 : (available >= 8 ? 8 : 0)
  }

  private func setModes(keys: UnsafeMutablePointer<WINDOW>) {
    raw()
    noecho()
    nonl()
    curs_set(0)
    typeahead(-1)
    set_escdelay(25)
    leaveok(cc_screen(), true)
    // Keys are read from a pad of their own: reading never draws.
    keypad(keys, true)
    nodelay(keys, true)
    // Curses would cut the first bytes off an event of the mouse; the decoder wants it whole.
    keyok(KEY_MOUSE, false)
  }

  /// Ends curses' hold for good.
  func stop() {
    leaveScreen()
    if let keys { delwin(keys) }
    if let screen { delscreen(screen) }
    cc_guard_remove()
  }

  /// Shows the other screen again, with the modes of before.
  func leaveScreen() {
    say(TerminalMode.allOff)
    if !isendwin() { endwin() }
    cc_guard_restore_modes(guarded)
  }

  /// Takes the terminal again after ``leaveScreen()`` or after a stop; the next frame brings the
  /// screen.
  ///
  /// Left twice, the screen would put the cursor where it was when the program started, and the
  /// shell would write over what stands there.
  func enterScreen() {
    if !isendwin() { endwin() }
    reset_prog_mode()
    sayModes()
  }

  /// What makes the screen normal again, without curses.
  ///
  /// The first byte ends a control sequence that was cut in the middle.
  private func restoreBytes() -> [CChar] {
    var bytes: [CChar] = [0x18]
    if isANSI { bytes += TerminalMode.allOff.utf8.map { CChar(bitPattern: $0) } }
    for name in ["sgr0", "op", "rmkx", "cnorm", "rmcup"] {
      bytes += capability(name)
    }
    if cc_capability("rmcup") == nil { bytes += [0x0D, 0x0A] }
    return bytes
  }

  /// A capability without its `$<…>` delays.
  func capability(_ name: String) -> [CChar] {
    guard let text = cc_capability(name) else { return [] }
    var bytes: [CChar] = []
    var rest = Array(UnsafeBufferPointer(start: text, count: strlen(text)))[...]
    while let byte = rest.popFirst() {
      if byte == 0x24, rest.first == 0x3C, let end = rest.firstIndex(of: 0x3E) {
        rest = rest[(end + 1)...]
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }
}

// MARK: - Input

extension TTY {
  /// The size the terminal reports, or nil if it reports none.
  var windowSize: Size? {
    var rows: Int32 = 0
    var columns: Int32 = 0
    guard cc_terminal_size(guarded, &rows, &columns) else { return nil }
    return Size(rows: Int(rows), columns: Int(columns))
  }

  /// A byte or key code that waits, or nil.
  func read() -> Int32? {
    if let byte = text.popFirst() { return Int32(byte) }
    guard let keys else { return nil }
    let code = wgetch(keys)
    return code == ERR ? nil : code
  }

  /// A byte that waits, past curses and many at a time, or nil.
  ///
  /// Curses asks the system for every byte. It reads ahead only as long as bytes may be a key that it
  /// knows, which the mark of a paste is not: behind it nothing waits in curses.
  func readText() -> Int32? {
    if text.isEmpty, hasInput(within: 0) {
      var chunk = [UInt8](repeating: 0, count: Self.chunk)
      let count = chunk.withUnsafeMutableBytes {
        systemRead(fileno(input), $0.baseAddress, $0.count)
      }
      text = chunk.prefix(max(0, count))
    }
    return text.popFirst().map(Int32.init)
  }

  /// Waits for input alone.
  func hasInput(within milliseconds: Int) -> Bool {
    var descriptor = pollfd(fd: fileno(input), events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, Int32(clamping: milliseconds)) > 0
  }

  /// Waits for input or a signal.
  func wait(milliseconds: Int) -> Waited {
    var descriptors = [
      pollfd(fd: cc_guard_wake_descriptor(), events: Int16(POLLIN), revents: 0),
      pollfd(fd: fileno(input), events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&descriptors, 2, Int32(clamping: milliseconds)) > 0 else { return .nothing }
    if descriptors[0].revents != 0 { cc_guard_drain() }
    return Int32(descriptors[1].revents) & (POLLHUP | POLLERR | POLLNVAL) == 0 ? .something : .gone
  }
}

/// `read` of the system; the method of the same name hides it in ``TTY``.
private func systemRead(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, bytes, count)
}
