import Foundation
import Interface
import Runs
import Store
import Training

/// Runs that were kept, as the explorer lists them and looks at them.
struct ExplorerRuns {
  let collection: RunCollection

  /// Every run, the newest first, and what is wrong with those that are left out, or with the index.
  ///
  /// - Throws: `StoreError` where the folder of runs cannot be read.
  func list() throws -> (runs: [StoredRun], remarks: [String]) {
    let index = RunIndex(collection)
    let answer = try index.runs()
    return (answer.runs.map(stored), answer.damaged + [index.remark].compactMap(\.self))
  }

  /// What was recorded of a run; of events and losses those before the first that is damaged, which a
  /// last event says.
  ///
  /// - Throws: `StoreError` for what the run is, if that is not there or damaged.
  func course(of run: StoredRun) throws -> StoredCourse {
    let folder = try collection.find(run.id)
    guard let description = try folder.decoded(.description, RunDescription.self) else {
      throw StoreError.noRun(
        path: folder.path, missing: RunFolder.Document.description.rawValue)
    }
    var events: [Event] = []
    var missing: [String] = []
    for line in try folder.events() {
      do { events.append(try ValueCoding.decoded(Event.self, from: line.utf8)) } catch {
        missing.append("event \(events.count + 1) of \(run.id) cannot be read, nor what follows")
        break
      }
    }
    let (losses, damage) = try folder.wholeCurves()
    if let damage { missing.append("\(damage); what follows is missing") }
    let step = losses.map(\.lastStep).max() ?? 0
    events += missing.map { .noticed($0, step: step) }
    return StoredCourse(
      description: description, losses: losses, events: events, checkpoints: folder.checkpointSteps)
  }

  private func stored(_ entry: RunEntry) -> StoredRun {
    var run = StoredRun(
      id: entry.id, model: entry.card.model, data: entry.card.data,
      began: Self.minute(entry.card.started), seed: entry.card.seed ?? 0, step: entry.step,
      state: entry.reason == nil ? .interrupted : .ended,
      scores: entry.scores.map {
        StoredRun.Score(
          task: $0.task, name: $0.name, value: $0.value,
          higherIsBetter: ScoreKind.named($0.name)?.higherIsBetter ?? true)
      }, tags: entry.tags, parent: entry.card.parent)
    if case .live(let process)? = (try? collection.find(entry.id))?.life {
      run.state = .live
      run.isOwn = process == Int(getpid())
    }
    return run
  }

  /// A moment in local time, `2026-11-27 03:12`.
  private static func minute(_ seconds: Double) -> String {
    // A card that is damaged may say any number: years of four digits are shown.
    var time = time_t(seconds.isFinite ? min(max(seconds, -5e10), 2.5e11) : 0)
    var parts = tm()
    localtime_r(&time, &parts)
    return String(
      format: "%04d-%02d-%02d %02d:%02d", Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1,
      Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min))
  }
}

// MARK: - Going on

extension RunSwitch {
  /// The runs of a collection for the explorer's list; caches serve for the data of one that goes on
  /// only where they may.
  func keptRuns(in collection: RunCollection, usesCache: Bool) -> RunLibrary {
    let runs = ExplorerRuns(collection: collection)
    return RunLibrary(
      list: { try Self.inTypedWords { try runs.list() } },
      course: { run in try Self.inTypedWords { try runs.course(of: run) } },
      resume: { [self] run, step in
        try Self.inTypedWords { try resume(run, from: step, in: collection, usesCache: usesCache) }
      })
  }

  /// Tells the run to end, and says how to ask for the one that goes on: from its last checkpoint, or as
  /// a branch from another one.
  ///
  /// - Throws: ``Failure`` before anything is ended, where the run cannot go on.
  private func resume(
    _ run: StoredRun, from step: Int?, in collection: RunCollection, usesCache: Bool
  ) throws -> RunStarter.Arrival {
    let kept = try KeptRun(run.id, in: collection)
    if step == nil { try kept.checkThatSomethingIsLeft(epochs: nil) }
    let threads = ThreadUse(isPinned: threads.isPinned)
    try threads.check(threads: kept.configuration.threads)
    let (before, rows) = (configuration.data, kept.configuration.data)
    let isSameData =
      (before.name, before.folder, before.group) == (rows.name, rows.folder, rows.group)
    let data = isSameData ? data : RememberedData(try kept.data(usesCache: usesCache).source)
    session.beginClosing()
    return { [self] in
      guard session.hasEnded else { return nil }
      if let step {
        session = kept.branched(at: step, in: collection, using: threads) { try data.read($0) }
      } else {
        session = try kept.resumed(epochs: nil, using: threads, data: { try data.read($0) })
      }
      guard !isSameData else { return link }
      plan = plan.on(
        rows.name, model: kept.configuration.model, folder: rows.folder, group: rows.group)
      (self.data, configuration, labels) = (data, kept.configuration, nil)
      return link
    }
  }
}
