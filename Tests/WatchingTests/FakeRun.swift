import Foundation
import Runs
import Synchronization

@testable import Watching

/// A run by script, as watchers read it.
final class FakeRun: WatchedRun {
  struct State {
    var events: [Event] = []
    var bins: [LossBin] = []
    var snapshot: (value: Snapshot, number: Int)?
    var commands: [Command] = []
    var shown: [WantedViews?] = []
    var isOpen = false
    var lastID: UInt64 = 100
  }

  private let state = Mutex(State())

  var commands: [Command] { state.withLock { $0.commands } }
  var shown: [WantedViews?] { state.withLock { $0.shown } }
  var isOpen: Bool { state.withLock { $0.isOpen } }

  func happens(_ event: Event) { state.withLock { $0.events.append(event) } }

  func loses(_ loss: Float, task: Int = 0, step: Int) {
    state.withLock { state in
      var bin = LossBin(task: task, step: step)
      bin.add(loss, step: step)
      state.bins.append(bin)
    }
  }

  func shows(step: Int) {
    state.withLock { state in
      var snapshot = Snapshot()
      (snapshot.phase, snapshot.step) = (.running, step)
      snapshot.tasks = [
        TaskSnapshot(
          name: "click", isOn: true, weight: 1, loss: .nan, smoothedLoss: 0.5, rows: 3,
          calibration: .nan)
      ]
      state.snapshot = (snapshot, (state.snapshot?.number ?? 0) + 1)
    }
  }

  func openToWatchers() { state.withLock { $0.isOpen = true } }

  func send(_ command: Command) -> CommandTicket {
    state.withLock { state in
      state.lastID += 1
      state.commands.append(command)
      state.events.append(
        .acknowledged(
          Acknowledgement(
            id: state.lastID, command: command, effect: command, step: 9, outcome: .applied)))
      return CommandTicket(id: state.lastID, command: command)
    }
  }

  func showElsewhere(_ views: WantedViews?) { state.withLock { $0.shown.append(views) } }

  func events(from number: Int, most: Int) -> (events: [Event], next: Int) {
    state.withLock { state in
      let newer = state.events.dropFirst(number).prefix(most)
      return (Array(newer), number + newer.count)
    }
  }

  func snapshot(after number: Int) -> (snapshot: Snapshot, number: Int)? {
    state.withLock { state in
      guard let newest = state.snapshot, newest.number != number else { return nil }
      return (newest.value, newest.number)
    }
  }

  func drainLossesElsewhere() -> [LossBin] {
    state.withLock { state in
      defer { state.bins = [] }
      return state.bins
    }
  }
}

/// A folder of a run with somebody who serves it; closed and removed when it is let go.
final class ServedFolder {
  let path: String
  let run = FakeRun()
  let server: WatchServer

  init(_ limits: WatchLimits = WatchLimits(), below: String = "") throws {
    path = try Self.folder(below: below)
    server = try WatchServer(folder: path, run: run, limits: limits, start: startThread)
  }

  deinit {
    server.close()
    try? FileManager.default.removeItem(atPath: path)
  }

  static func folder(below: String = "") throws -> String {
    let path = NSTemporaryDirectory() + "watching-\(UUID().uuidString)" + below
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return path
  }

  func attached(control: Bool = false) throws -> RemoteLink {
    try RemoteLink(folder: path, control: control)
  }
}

func startThread(_ name: String, _ work: @escaping @Sendable () -> Void) {
  let thread = Thread(block: work)
  thread.name = name
  thread.start()
}

/// Waits until something holds, a few seconds at most; returns the seconds that it took, nil if it
/// never did.
func seconds(until holds: () -> Bool) -> Double? {
  let start = ContinuousClock.now
  while ContinuousClock.now - start < .seconds(5) {
    if holds() {
      let passed = (ContinuousClock.now - start).components
      return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
    }
    usleep(1_000)
  }
  return nil
}
