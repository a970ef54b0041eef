import Foundation
import TestSupport
import Testing

#if os(Linux)
  import Glibc

  /// A terminal with nothing but the program on it: no shell that would repair its modes afterwards.
  private final class BareTerminal {
    private(set) var program: pid_t = 0
    private let master: Int32
    private let slave: Int32
    private var seen = Data()
    // TIOCSPTLCK and TIOCGPTN, which Swift does not import.
    private static let (lock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

    init() throws {
      master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (isLocked, number): (Int32, Int32) = (0, 0)
      guard master >= 0, ioctl(master, Self.lock, &isLocked) == 0,
        ioctl(master, Self.number, &number) == 0
      else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(master, UInt(TIOCSWINSZ), &size)
      _ = fcntl(master, F_SETFL, O_NONBLOCK)
      for (name, value) in [("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")] {
        setenv(name, value, 1)
      }
    }

    /// Starts the program with the terminal as its three files; not by `Process`, which may miss an
    /// end by a signal.
    func start(_ path: String = Program.path, _ arguments: [String]) throws {
      var actions = posix_spawn_file_actions_t()
      posix_spawn_file_actions_init(&actions)
      defer { posix_spawn_file_actions_destroy(&actions) }
      for file in Int32(0)...2 { posix_spawn_file_actions_adddup2(&actions, slave, file) }
      var words = ([path] + arguments).map { strdup($0) } + [nil]
      defer { for word in words { free(word) } }
      // The runner of the tests keeps some signals from its threads; the program must not inherit it.
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var (none, all) = (sigset_t(), sigset_t())
      sigemptyset(&none)
      sigfillset(&all)
      posix_spawnattr_setsigmask(&attributes, &none)
      posix_spawnattr_setsigdefault(&attributes, &all)
      posix_spawnattr_setflags(
        &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
      let code = posix_spawn(&program, path, &actions, &attributes, &words, environ)
      guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    }

    /// The signal that ended the program; nil while it runs.
    func endingSignal() -> Int32? {
      var status: Int32 = 0
      guard waitpid(program, &status, WNOHANG) == program else { return nil }
      program = 0
      return status & 0x7f
    }

    deinit {
      if program > 0 {
        kill(program, SIGKILL)
        waitpid(program, nil, 0)
      }
      close(master)
      close(slave)
    }

    /// What `stty` would show, flag by flag.
    var modes: [UInt64] {
      var modes = termios()
      tcgetattr(slave, &modes)
      return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag].map { UInt64($0) }
    }

    /// Everything that was written so far.
    var text: String {
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let count = read(master, &buffer, buffer.count)
        guard count > 0 else { break }
        seen.append(contentsOf: buffer[..<count])
      }
      return String(decoding: seen, as: UTF8.self)
    }

    /// Reads until something is true, at most 20 seconds.
    func wait(until isTrue: (String) -> Bool) -> Bool {
      for _ in 0..<1000 {
        if isTrue(text) { return true }
        usleep(20_000)
      }
      return false
    }
  }

  extension EndToEnd {
    @Suite("Bare terminal") struct BareTerminalTests {
      /// Every signal whose default is to end a process, but for SIGKILL: those that signal(7) of
      /// Linux names, and the first and last for real time.
      private static let signals =
        [
          SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
          SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF, SIGXFSZ, SIGSYS,
          SIGPOLL, SIGSTKFLT, SIGPWR,
        ] + [34, 64]

      private func screen(_ path: String, _ arguments: [String]) throws -> (
        terminal: BareTerminal, modes: [UInt64]
      ) {
        let terminal = try BareTerminal()
        let before = terminal.modes
        try terminal.start(path, arguments)
        #expect(terminal.wait { $0.contains("\u{1B}[?1049h") && terminal.modes != before })
        // Without this the comparison of the modes could not fail.
        #expect(terminal.modes != before)
        return (terminal, before)
      }

      private func expectEnd(by number: Int32, of terminal: BareTerminal, _ before: [UInt64]) throws
      {
        var ending: Int32?
        #expect(
          terminal.wait { _ in
            ending = terminal.endingSignal()
            return ending != nil
          })
        #expect(ending == number)
        #expect(terminal.modes == before)
        let text = terminal.text
        let left = try #require(text.range(of: "\u{1B}[?1049l", options: .backwards))
        #expect(text[left.upperBound...].range(of: "\u{1B}[?1049h") == nil)
      }

      @Test(
        "whatever signal ends it, the terminal has its modes back and its own screen",
        arguments: signals)
      func signal(number: Int32) throws {
        let (terminal, before) = try screen(
          Program.path, ["--epochs", "100000", "--patience", "0"])
        kill(terminal.program, number)
        try expectEnd(by: number, of: terminal, before)
      }

      @Test("a limit of processor time, hard as ulimit makes it") func processorTime() throws {
        let (terminal, before) = try screen(
          "/bin/sh",
          [
            "-c",
            """
            ulimit -t 3; exec '\(Program.path)' --epochs 100000 --patience 0 --pace 0 --threads 4
            """,
          ])
        try expectEnd(by: SIGXCPU, of: terminal, before)
      }
    }
  }
#endif
