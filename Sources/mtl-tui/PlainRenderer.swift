import Datasets
import Foundation
import Runs
import Training

/// The explorer without a screen.
///
/// It prints a line a second on stdout, what happens in lines of its own, and takes
/// commands by line on stdin. No cursor is moved and no sequence is sent, so that a screen reader
/// reads it and a file keeps it.
struct PlainRenderer {
  private let session: any TrainingLink
  private var lines = LineRenderer(json: false)
  private var input = InputLines()
  private var newest: Snapshot?
  private var said = ""
  private var lastLine = Date.distantPast

  /// Seconds between two lines.
  private static let interval = 1.0

  /// What is asked of a run that another process trains: numbers for a line a second, no curves.
  static var views: WantedViews {
    var views = WantedViews()
    views.snapshotsPerSecond = 2
    views.losses = false
    return views
  }

  init(_ session: any TrainingLink) { self.session = session }

  /// Follows the run to its end and returns the program's exit code.
  ///
  /// - Throws: ``Failure`` if stdout does not take a line.
  mutating func follow() throws(Failure) -> Int32 {
    while true {
      if let code = try lines.turn(session) { return code }
      if let snapshot = session.takeSnapshot() { newest = snapshot }
      for line in input.drain() { try obey(line) }
      try sayNumbers()
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  /// A line of numbers once a second, unless it says nothing new.
  private mutating func sayNumbers() throws(Failure) {
    guard let newest, Date().timeIntervalSince(lastLine) >= Self.interval else { return }
    let line = newest.plainLine
    guard line != said else { return }
    (said, lastLine) = (line, Date())
    try StandardOutput.writeLine(line)
  }

  /// Sends what a line asks for, or says what is wrong with it.
  private func obey(_ line: String) throws(Failure) {
    let text = line.trimmingCharacters(in: .whitespaces)
    guard !text.isEmpty else { return }
    switch text {
    case "quit", "q", "stop": session.send(.stop)
    case "help", "?":
      try StandardOutput.writeLine(
        "commands: " + CommandTable.engine.usages.joined(separator: "; ") + "; quit")
    default:
      do throws(CommandError) {
        session.send(try Command(parsing: text))
      } catch {
        StandardError.writeLine("mtl-tui: \(printableLines(error.description))")
      }
    }
  }
}

/// The lines of stdin, as they come: nothing waits for them.
struct InputLines {
  private var bytes: [UInt8] = []
  private var hasEnded = false
  private static let longest = 4_096

  /// The whole lines that came since the last call; of a line without end the start is dropped.
  mutating func drain() -> [String] {
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while !hasEnded, poll(&descriptor, 1, 0) > 0 {
      var chunk = [UInt8](repeating: 0, count: 4_096)
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        hasEnded = true
        break
      }
      bytes += chunk.prefix(count)
      if bytes.count > Self.longest * 16 { break }
    }
    var parts = bytes.split(separator: 10, omittingEmptySubsequences: false)
    let rest = parts.removeLast()
    bytes = Array(rest.suffix(Self.longest))
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Snapshot {
  /// Step, epoch, speed and the losses in words, one line.
  var plainLine: String {
    switch phase {
    case .loading(let share, let what): return "\(Int(share * 100)) % \(printable(what))"
    case .paused(let reason): return "paused \(printable(reason)) at step \(step)"
    default: break
    }
    let losses = tasks.map { task in
      "\(printable(task.name)) "
        + (task.isOn ? String(format: "%.4f", task.smoothedLoss) : "off")
    }
    return "step \(step) of \(totalSteps), \(Int(stepsPerSecond)) steps/s, loss "
      + losses.joined(separator: ", ") + (ranks.map { "; \($0.line)" } ?? "")
  }
}
