import Runs
import Synchronization
import Tensors
import Training
import Watching

/// Serves whoever attaches to a run, from the moment when both the run and its folder are there.
final class RunServing: Sendable {
  private struct State {
    var run: (any WatchedRun)?
    var folder: String?
    var server: WatchServer?
    var problem: String?
    var isClosed = false
  }

  private let state = Mutex(State())

  /// Names the run; what happens in it from now on is kept for watchers.
  func begin(_ run: any WatchedRun) {
    run.openToWatchers()
    state.withLock { state in
      state.run = run
      Self.serve(&state)
    }
  }

  /// Says where the run's folder is; called once it is there, by any thread.
  func folderIsThere(_ folder: String) {
    state.withLock { state in
      guard state.folder == nil else { return }
      state.folder = folder
      Self.serve(&state)
    }
  }

  /// Why nobody can attach, once.
  func takeProblem() -> String? {
    state.withLock { state in
      defer { state.problem = nil }
      return state.problem
    }
  }

  /// Tells watchers that it ends; within a moment.
  func close() {
    let server = state.withLock { state in
      state.isClosed = true
      return state.server
    }
    server?.close()
  }

  private static func serve(_ state: inout State) {
    guard let run = state.run, let folder = state.folder, state.server == nil, !state.isClosed
    else { return }
    do {
      state.server = try WatchServer(folder: folder, run: run) { name, work in
        try EngineThread.start(named: name, work)
      }
    } catch {
      let lines = "\(error)".split(separator: "\n").map { $0.drop { $0 == " " } }
      state.problem = "nobody can attach to this run: " + lines.joined(separator: "  ")
    }
  }
}

/// A run that says what hinders its being served.
final class ServedLink: TrainingLink {
  private let link: any TrainingLink
  private let serving: RunServing
  /// Where the run is kept; nil: not yet, or nowhere.
  private let folder: @Sendable () -> String?

  /// Serves a session from the moment when its folder is there.
  init(_ session: TrainingSession, _ serving: RunServing) {
    link = session
    self.serving = serving
    folder = { session.keptFolder }
    serving.begin(session)
  }

  @discardableResult func send(_ command: Command) -> CommandTicket { link.send(command) }

  func show(_ views: WantedViews) { link.show(views) }

  func takeSnapshot() -> Snapshot? { link.takeSnapshot() }

  func drainEvents() -> [Event] {
    if let folder = folder() { serving.folderIsThere(folder) }
    let events = link.drainEvents()
    return (serving.takeProblem().map { [.noticed($0, step: 0)] } ?? []) + events
  }

  func drainLosses() -> [LossBin] { link.drainLosses() }
}

/// The runs of the explorer one after another, each of which others may watch.
final class ServedRuns {
  private let log: EventLog?
  private var current: (session: TrainingSession, link: any TrainingLink, serving: RunServing)?

  /// Serves runs and logs their events.
  init(log: EventLog?) { self.log = log }

  /// A run as a screen reads it; that of the run before is no longer served.
  func link(for session: TrainingSession) -> any TrainingLink {
    if let current, current.session === session { return current.link }
    current?.serving.close()
    let serving = RunServing()
    let link = LogOptions.logged(ServedLink(session, serving), into: log)
    current = (session, link, serving)
    return link
  }

  /// Tells watchers that it ends.
  func close() { current?.serving.close() }
}
