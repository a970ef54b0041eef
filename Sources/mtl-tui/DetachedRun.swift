import Datasets
import Foundation
import Store

/// A run in the background: this program once more, in a session of its own.
///
/// Its output goes into a file that is moved into the run's folder when that is there; what goes on
/// with a run adds to that run's.
struct DetachedRun {
  /// How long nothing is said of waiting.
  private static let patience = Duration.seconds(10)

  private let collection: RunCollection
  private let resumed: RunFolder?
  private let output: String
  /// Bytes of the output that are not of this run.
  private let former: Int
  private let process: pid_t

  /// Starts the command that this process was given, without `--detach`.
  ///
  /// - Throws: ``Failure`` where there can be no output, or no process.
  init(in collection: RunCollection, resuming resumed: RunFolder?) throws(Failure) {
    try attempting { () throws(StoreError) in try collection.make() }
    (self.collection, self.resumed) = (collection, resumed)
    output = resumed?.outputPath ?? "\(collection.path)/detached-\(getpid()).log"
    let file = open(output, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failure(output, "the output cannot be written", errno) }
    defer { close(file) }
    former = Int(lseek(file, 0, SEEK_END))
    let program = Bundle.main.executablePath ?? CommandLine.arguments[0]
    let words = CommandLine.arguments.filter { $0 != "--detach" }
    // Where it is ignored the system forgets how a process has ended.
    signal(SIGCHLD, SIG_DFL)
    // Whoever waits for the end of a pipe, or of this process, must not wait for the run.
    for number in 3..<Int32(clamping: min(sysconf(Int32(_SC_OPEN_MAX)), 65_536)) {
      _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }
    let started = spawn(program, words, output: file)
    guard started.error == 0 else {
      throw Self.failure(program, "the program cannot be started", started.error)
    }
    process = started.process
  }

  private static func failure(_ path: String, _ what: String, _ code: Int32) -> Failure {
    Failure(message: "\(path): \(what).\n  found: \(String(cString: strerror(code)))")
  }

  /// A run that was started.
  struct Begun {
    let folder: RunFolder
    let process: Int
    /// Where its output is.
    let output: String
    /// Whether it came to its end meanwhile.
    let hasEnded: Bool
  }

  /// Waits until the run is in its folder; a signal that comes before ends it.
  ///
  /// - Throws: ``Failure`` with the run's own exit code, behind what it said, if it has failed.
  func begun() throws(Failure) -> Begun {
    TerminationRequest.listen()
    let start = ContinuousClock.now
    var (isAsked, isSaid) = (false, false)
    while true {
      // The end first: whatever has ended has left its folder as it is.
      let code = endingCode()
      let folder = try attempting { () throws(StoreError) in try ownFolder() }
      if let code { return try ended(code, in: folder) }
      if !isAsked, let folder, folder.life == .live(process: Int(process)) {
        return try served(folder)
      }
      if !isAsked, TerminationRequest.received != nil {
        kill(process, SIGTERM)
        isAsked = true
      }
      if !isSaid, start.duration(to: .now) > Self.patience {
        StandardError.writeLine(
          "waiting for the run's first step; its output is in \(printable(output)); Ctrl-C ends it")
        isSaid = true
      }
      usleep(20_000)
    }
  }

  /// The folder of the run; nil: not yet there.
  private func ownFolder() throws(StoreError) -> RunFolder? {
    if let resumed, resumed.lastProcess == Int(process) { return resumed }
    return try collection.run(of: Int(process))
  }

  /// The exit code of the process, 128 and the signal that ended it; nil while it runs.
  ///
  /// It is known once.
  private func endingCode() -> Int32? {
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  /// What there is of a run that has ended already.
  private func ended(_ code: Int32, in folder: RunFolder?) throws(Failure) -> Begun {
    if code == 0, let folder { return moved(to: folder, hasEnded: true) }
    let said = FileManager.default.contents(atPath: output)?.dropFirst(former) ?? Data()
    let text = String(decoding: said, as: UTF8.self)
    if !text.isEmpty { StandardError.write(printableLines(text)) }
    if resumed == nil { unlink(output) }
    guard code == 0 else { throw Failure(message: "", exitCode: code) }
    throw Failure(message: "the run has ended and is not kept: no folder has its name")
  }

  /// Waits, for a moment, until others can watch it: a socket that cannot be made is the run's to say.
  private func served(_ folder: RunFolder) throws(Failure) -> Begun {
    for _ in 0..<100 where !FileManager.default.fileExists(atPath: folder.socketPath) {
      if let code = endingCode() { return try ended(code, in: folder) }
      usleep(20_000)
    }
    return moved(to: folder, hasEnded: false)
  }

  /// The output goes to the rest of the run, if it can.
  private func moved(to folder: RunFolder, hasEnded: Bool) -> Begun {
    let isThere = output == folder.outputPath || rename(output, folder.outputPath) == 0
    return Begun(
      folder: folder, process: Int(process), output: isThere ? folder.outputPath : output,
      hasEnded: hasEnded)
  }
}

extension DetachedRun.Begun {
  /// The run as an object.
  var json: String {
    object([
      ("id", quoted(folder.id)), ("path", quoted(folder.path)), ("process", "\(process)"),
      ("live", "\(!hasEnded)"), ("output", quoted(output)),
    ])
  }

  /// What a person can do now, with the folder of runs that was given.
  func directions(out: String?) -> String {
    let among = out.map { Self.word($0) }
    let list = "mtl-tui runs list" + (among.map { " --in \($0)" } ?? "")
    let attach = "mtl-tui attach \(Self.word(folder.id))" + (among.map { " --out \($0)" } ?? "")
    let state = hasEnded ? "has ended already" : "trains in the background, process \(process)"
    return """
      the run \(state); its output is in \(printable(output))
        \(hasEnded ? "" : "watch it: \(attach)\n  ")all runs: \(list)
      """
  }

  /// A word as a shell takes it.
  private static func word(_ text: String) -> String {
    let text = printable(text)
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "/-_.~".contains($0) }
    return isPlain ? text : "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}

#if canImport(Darwin)
  private let newSession = POSIX_SPAWN_SETSID
#else
  /// POSIX_SPAWN_SETSID of spawn.h, which glibc shows only to GNU sources and Swift does not import.
  private let newSession: Int32 = 0x80
#endif

/// Starts a program in a session of its own that reads nothing, and writes into a file; an error of the
/// system, or 0.
private func spawn(
  _ program: String, _ words: [String], output file: Int32
) -> (process: pid_t, error: Int32) {
  #if canImport(Darwin)
    var (actions, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?) = (nil, nil)
  #else
    var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
  #endif
  posix_spawn_file_actions_init(&actions)
  posix_spawnattr_init(&attributes)
  defer {
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, file, STDOUT_FILENO)
  posix_spawn_file_actions_adddup2(&actions, file, STDERR_FILENO)
  // A shell's background job ignores SIGINT; the run must be ended by it all the same.
  var (none, usual) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  sigemptyset(&usual)
  for number in [SIGINT, SIGTERM] { sigaddset(&usual, number) }
  posix_spawnattr_setsigmask(&attributes, &none)
  posix_spawnattr_setsigdefault(&attributes, &usual)
  posix_spawnattr_setflags(
    &attributes, Int16(newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  var arguments = words.map { strdup($0) } + [nil]
  var environment = ProcessInfo.processInfo.environment.map { strdup("\($0)=\($1)") } + [nil]
  defer { for text in arguments + environment { free(text) } }
  var process: pid_t = 0
  let error = posix_spawn(&process, program, &actions, &attributes, &arguments, &environment)
  return (process, error)
}
