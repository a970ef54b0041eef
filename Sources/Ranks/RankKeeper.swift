internal import Tensors

#if os(Linux)
  internal import Glibc
#endif

/// A process that stands between MPICH's launcher and a rank, so that the others can name the rank if it is
/// killed.
///
/// MPICH's `mpirun` kills all ranks within milliseconds of the end of one: whoever notices it over the network
/// may be dead before it has spoken. So the process that the launcher has started starts the program once
/// more, as a child that trains, and waits. A child that is killed is seen by the other ranks at once, and by
/// the launcher ``grace`` later. All else is as without a keeper: signals are passed on, the end is that of the
/// child, and a child is killed with its keeper.
public enum RankKeeper {
  /// Seconds in which the other ranks speak of one that was killed.
  static let grace = 1.0
  /// Where a child finds that it has a keeper: the number of a pipe whose other end only the keeper holds.
  static let variable = "MTL_TUI_RANK_KEEPER"

  /// Becomes a keeper where the launcher calls for one, and ends with its child then; returns in all other
  /// processes, to do what the words say.
  ///
  /// - Parameters:
  ///   - words: those of the command line, the program's name first.
  ///   - environment: where the launcher says that it has started several ranks.
  public static func standBetween(words: [String], environment: [String: String]) {
    #if os(Linux)
      if let pipe = environment[variable].flatMap({ Int32($0) }) { return endWithKeeper(pipe) }
      guard isWanted(environment) else { return }
      let signals = watchedSignals()
      var former = sigset_t()
      guard pthread_sigmask(SIG_BLOCK, [signals], &former) == 0 else { return }
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0, fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0,
        let child = start(words, environment, mask: former, pipe: ends[0])
      else {
        pthread_sigmask(SIG_SETMASK, [former], nil)
        return
      }
      end(as: wait(for: child, signals))
    #endif
  }

  /// Whether the launcher is MPICH's own, and has started several.
  static func isWanted(_ environment: [String: String]) -> Bool {
    guard let found = try? LaunchedRank.launch(environment) else { return false }
    return found.launcher == .mpich && found.count > 1
      && LaunchedRank.launchingProcess(named: LaunchedRank.launcherOfMPICH) != nil
  }
}

#if os(Linux)
  // MARK: - Keeping

  extension RankKeeper {
    /// Those that are passed on.
    private static let passed = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2]

    private static func watchedSignals() -> sigset_t {
      var signals = sigset_t()
      sigemptyset(&signals)
      for number in passed + [SIGCHLD] { sigaddset(&signals, number) }
      return signals
    }

    /// Ends this process, a child, when its keeper has: what the launcher kills is the keeper.
    private static func endWithKeeper(_ pipe: Int32) {
      _ = fcntl(pipe, F_SETFD, FD_CLOEXEC)
      // Where no thread is to be had, training has none either and says so.
      try? EngineThread.start(named: "keeper") {
        var byte: UInt8 = 0
        while read(pipe, &byte, 1) < 0 && errno == EINTR {}
        kill(getpid(), SIGKILL)
      }
    }

    /// Starts this program with the same words, in a group of its own: what a terminal says to a group comes
    /// to it once.
    ///
    /// - Returns: the child; nil: the system has none to give, and this process does the work itself.
    private static func start(
      _ words: [String], _ environment: [String: String], mask: sigset_t, pipe: Int32
    ) -> pid_t? {
      var attributes = posix_spawnattr_t()
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      var mask = mask
      posix_spawnattr_setsigmask(&attributes, &mask)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
      var variables = environment
      variables[variable] = "\(pipe)"
      let (arguments, values) = (
        words.map { strdup($0) }, variables.map { strdup("\($0.key)=\($0.value)") }
      )
      defer { for text in arguments + values { free(text) } }
      var child: pid_t = 0
      let status = posix_spawn(
        &child, "/proc/self/exe", nil, &attributes, arguments + [nil], values + [nil])
      return status == 0 ? child : nil
    }

    /// Passes signals on until the child has ended.
    ///
    /// - Returns: how it has, as `waitpid` says it.
    private static func wait(for child: pid_t, _ signals: sigset_t) -> Int32 {
      var signals = signals
      while true {
        var (number, status): (Int32, Int32) = (0, 0)
        sigwait(&signals, &number)
        if number != SIGCHLD {
          kill(child, number)
        } else if waitpid(child, &status, WNOHANG) == child {
          return status
        }
      }
    }

    /// Ends this process as its child has ended; one that was killed only when the others have spoken of it.
    private static func end(as status: Int32) -> Never {
      let number = status & 0x7f
      guard number != 0 else { _exit(status >> 8 & 0xff) }
      usleep(UInt32(grace * 1e6))
      // The signal itself, so that the launcher says which; but no memory of this process is written down.
      var limit = rlimit()
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
      var all = sigset_t()
      sigfillset(&all)
      signal(number, SIG_DFL)
      kill(getpid(), number)
      pthread_sigmask(SIG_UNBLOCK, &all, nil)
      _exit(128 + number)
    }
  }
#endif
