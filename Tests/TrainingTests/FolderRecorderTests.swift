import Datasets
import Foundation
import Runs
import Store
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Runs that are kept in folders: gone on with, repeated, branched off.
@Suite struct FolderRecorderTests {
  /// A folder for runs that goes when the test does.
  final class Place: Sendable {
    let path: String
    let collection: RunCollection

    init() throws {
      path = NSTemporaryDirectory() + "mtl-runs-\(UUID().uuidString)"
      collection = RunCollection(path: path)
    }

    deinit {
      do { try FileManager.default.removeItem(atPath: path) } catch {
        Issue.record("the runs' folder stays: \(error)")
      }
    }

    /// Keeps a run that begins.
    func source(_ interval: Int? = nil) -> Recording.Source {
      let plan = FolderRecorder.Plan(
        command: "train", program: "test", in: collection, interval: interval)
      return { Recording(FolderRecorder(plan)) }
    }

    var folder: RunFolder { get throws { try collection.find("last") } }
  }

  let problem = TinyProblem(rows: 500)

  func configuration(_ schedule: [TrainingConfiguration.Scheduled] = [])
    -> TrainingConfiguration
  {
    var configuration = SessionTests.configuration(epochs: 3)
    configuration.evaluationInterval = 5
    configuration.schedule = schedule
    return configuration
  }

  /// Trains to the end, after some commands, each sent while the run waits at its step.
  @discardableResult func train(
    _ configuration: TrainingConfiguration, _ source: @escaping Recording.Source,
    sending commands: [(step: Int, command: Command)] = []
  ) throws -> (summary: RunSummary, events: [Event]) {
    var configuration = configuration
    configuration.startsPaused = !commands.isEmpty
    let session = TrainingSession(configuration, recording: source) { [problem] _ in
      problem.dataset()
    }
    defer { session.close() }
    session.show(WantedViews())
    var step = 0
    for (next, command) in commands {
      if next > step {
        session.send(.step(next - step))
        step = next
        waitForPause(session, at: next)
      }
      session.send(command)
    }
    if !commands.isEmpty { session.send(.resume) }
    let events = SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
    for case .failed(let message) in events { Issue.record("\(message)") }
    let summaries = events.compactMap {
      if case .finished(let summary) = $0 { summary } else { nil }
    }
    return (try #require(summaries.first), events)
  }

  /// Waits until a run is paused at a step, and saved there if that is to be so.
  func waitForPause(_ session: TrainingSession, at step: Int, isSaved: Bool = false) {
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let snapshot = session.takeSnapshot(), case .paused = snapshot.phase,
        snapshot.step == step, !isSaved || snapshot.saving?.step == step
      {
        return
      }
      Thread.sleep(forTimeInterval: 0.001)
    }
    Issue.record("no pause at step \(step) in a minute")
  }

  func replay(
    _ folder: RunFolder, _ configuration: TrainingConfiguration
  ) throws -> Replay.Outcome {
    try Replay(folder, configuration).run { [problem] _ in problem.dataset() }
  }

  private func events(_ folder: RunFolder) throws -> [Event] {
    try folder.events().map { try ValueCoding.decoded(from: $0.utf8) }
  }

  // MARK: - What is kept

  @Test func aRunIsKept() throws {
    let place = try Place()
    let (summary, _) = try train(configuration(), place.source(7))
    let folder = try place.folder
    #expect(folder.life == .ended)
    // The best, the last, and each of seven steps.
    #expect(
      Set(folder.checkpointSteps) == Set([0, 7, 14, 21, summary.bestStep, summary.step]))
    #expect(try folder.decoded(.summary, RunSummary.self)?.fingerprint == summary.fingerprint)
    let losses = try folder.curves()
    #expect(losses.map(\.count).reduce(0, +) == 2 * summary.step)
    let kept = try events(folder)
    #expect(kept.last.map { if case .finished = $0 { true } else { false } } == true)
    #expect(kept.count { if case .epochEnded = $0 { true } else { false } } == 3)
  }

  /// What was kept behind the checkpoint is cut off, so that nothing stands there twice.
  @Test func aStoppedRunGoesOnAndNothingStandsTwice() throws {
    let (place, other) = (try Place(), try Place())
    let whole = try train(configuration(), other.source())
    // A stop evaluates once more.
    try train(configuration(), place.source(), sending: [(13, .stop)])
    let folder = try place.folder
    #expect(folder.checkpointSteps.last == 13)
    let (rest, said) = try train(configuration()) {
      try FolderRecorder.resuming(try place.folder)
    }
    #expect(rest.fingerprint == whole.summary.fingerprint && rest.step == whole.summary.step)
    let sentence = said.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
    #expect(sentence.contains("the run goes on from its checkpoint of step 13"))
    let found = ResumeTests.facts(try events(folder), after: -1)
    let expected = ResumeTests.facts(try events(other.folder), after: -1)
    // A person's commands, and that it goes on, are no part of the other one.
    #expect(
      found.filter { !$0.contains("goes on") && !$0.hasPrefix("Acknowledgement") } == expected)
    #expect(
      ResumeTests.losses(try folder.curves(), from: 0)
        == ResumeTests.losses(try other.folder.curves(), from: 0))
    #expect(try replay(folder, configuration()).difference == nil)
  }

  /// A byte of the newest checkpoint is another one: the one before is gone on from, which is said.
  @Test(arguments: ["state", "model"]) func aDamagedCheckpointIsPassedOver(_ part: String) throws {
    let (place, other) = (try Place(), try Place())
    let whole = try train(configuration(), other.source())
    try train(configuration(), place.source(6), sending: [(13, .stop)])
    let folder = try place.folder
    let path = "\(folder.path)/checkpoints/13.\(part).safetensors"
    var bytes = [UInt8](try #require(FileManager.default.contents(atPath: path)))
    bytes[bytes.count - 9] ^= 4
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let (rest, said) = try train(configuration()) {
      try FolderRecorder.resuming(try place.folder)
    }
    #expect(rest.fingerprint == whole.summary.fingerprint)
    let sentences = said.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
    #expect(sentences.contains { $0.hasPrefix("a checkpoint cannot be used: \(path)") })
    #expect(
      sentences.contains {
        $0.hasPrefix("the run goes on from its checkpoint of step 12; the step behind it was")
      })
  }

  @Test func aRunThatIsTrainedIsNotGoneOnWith() throws {
    let place = try Place()
    var configuration = configuration()
    configuration.startsPaused = true
    let session = TrainingSession(configuration, recording: place.source()) { [problem] _ in
      problem.dataset()
    }
    session.show(WantedViews())
    waitForPause(session, at: 0)
    let folder = try place.folder
    #expect(throws: StoreError.inUse(path: folder.path, process: Int(getpid()))) {
      _ = try FolderRecorder.resuming(folder)
    }
    session.close()
    _ = try FolderRecorder.resuming(folder)
  }

  // MARK: - Repeated

  /// Ten live interventions, and the same fingerprint from the journal.
  @Test func aSteeredRunIsRepeated() throws {
    let place = try Place()
    let commands: [(step: Int, command: Command)] = [
      (2, .setTaskWeight("stripe", 0.25)), (4, .setTask("board", isOn: false)),
      (6, .setLearningRateFactor(0.5)), (8, .undo), (8, .undo),
      (10, .setBalancer(BalancerSetting("uncertainty"))), (12, .knockOut(0)), (13, .evaluate),
      (15, .redo), (17, .together([.setTaskWeight("board", 2), .setTaskWeight("stripe", 1)])),
    ]
    let (summary, _) = try train(configuration(), place.source(5), sending: commands)
    let folder = try place.folder
    let found = try replay(folder, configuration())
    #expect(found.difference == nil)
    #expect(found.fingerprint == summary.fingerprint)
    #expect(found.equalSteps.count >= 5)
    #expect(found.equalSteps == Set(found.equalSteps).sorted())
    // Without its journal it is another run, which is found where it begins to differ.
    try FileManager.default.removeItem(atPath: "\(folder.path)/journal.jsonl")
    let other = try replay(folder, configuration())
    #expect(other.difference?.hasPrefix("step 5: ") == true, "\(String(describing: other))")
  }

  // MARK: - Branched off

  @Test func aBranchThatChangesNothingHasTheSameBits() throws {
    let (place, other) = (try Place(), try Place())
    let commands: [(step: Int, command: Command)] = [
      (3, .setTaskWeight("stripe", 0.25)), (9, .setLearningRateFactor(0.5)),
    ]
    let (summary, _) = try train(configuration(), place.source(6), sending: commands)
    let parent = try place.folder
    #expect(parent.checkpointSteps.contains(12))
    let (rest, _) = try train(configuration()) { [collection = other.collection] in
      try FolderRecorder.branching(off: parent, at: 12, in: collection)
    }
    #expect(rest.fingerprint == summary.fingerprint)
    let branch = try other.folder
    #expect(try branch.card().parent == parent.id)
    #expect(
      ResumeTests.losses(try branch.curves(), from: 0)
        == ResumeTests.losses(try parent.curves(), from: 0))
    // A branch can be repeated by itself.
    #expect(try replay(branch, configuration()).difference == nil)
    #expect(try replay(parent, configuration()).difference == nil)
  }
}

// MARK: - Before the first checkpoint

extension FolderRecorderTests {
  /// What was killed before anything was saved begins anew in its folder, and says so.
  @Test func aRunWithoutACheckpointBeginsAnew() throws {
    let (place, other) = (try Place(), try Place())
    let whole = try train(configuration(), other.source())
    try train(configuration(), place.source(), sending: [(13, .stop)])
    let folder = try place.folder
    try FileManager.default.removeItem(atPath: "\(folder.path)/checkpoints")
    let (rest, said) = try train(configuration()) {
      try FolderRecorder.resuming(try place.folder)
    }
    #expect(rest.fingerprint == whole.summary.fingerprint)
    let sentences = said.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
    #expect(sentences.contains("the run was ended before its first checkpoint and begins anew"))
    #expect(
      ResumeTests.losses(try folder.curves(), from: 0)
        == ResumeTests.losses(try other.folder.curves(), from: 0))
    #expect(try replay(folder, configuration()).difference == nil)
  }
}

// MARK: - Ends that a repetition passes over

extension FolderRecorderTests {
  /// A stop of the schedule that the run was resumed after is no end of it.
  @Test func aRunThatWentOnBehindAScheduledStopIsRepeated() throws {
    let place = try Place()
    let stopped = configuration([.init(step: 13, command: .stop)])
    try train(stopped, place.source())
    let folder = try place.folder
    let (rest, _) = try train(stopped) { try FolderRecorder.resuming(folder) }
    #expect(rest.step > 13)
    #expect(try replay(folder, stopped).difference == nil)
  }

  /// A run that its clock ended is repeated up to there, and may go on.
  @Test func aRunThatItsClockEndedIsRepeated() throws {
    let place = try Place()
    var limited = configuration()
    limited.timeLimitSeconds = 1e-9
    let (summary, _) = try train(limited, place.source())
    #expect(summary.reason == .timeLimit && summary.step == 1)
    let folder = try place.folder
    #expect(try replay(folder, limited).difference == nil)
    // The clock begins anew, whatever had been used of it.
    limited.timeLimitSeconds = 600
    let (rest, _) = try train(limited) { [limited] in
      try FolderRecorder.resuming(folder, as: limited)
    }
    #expect(rest.reason == .epochs)
    #expect(try replay(folder, limited).difference == nil)
  }
}

// MARK: - What cannot be gone on with

extension FolderRecorderTests {
  /// A finished run stays byte for byte what it was where its data, or its state, do not fit any more.
  @Test(arguments: ["data", "state"]) func aResumptionThatFailsChangesNothing(_ what: String) throws
  {
    let place = try Place()
    try train(configuration(), place.source())
    let folder = try place.folder
    let before = try Self.contents(folder)
    var more = configuration()
    more.epochs = 5
    if what == "state" { more.modelOptions["tower"] = "9" }
    let session = TrainingSession(
      more,
      recording: { [more] in
        try FolderRecorder.resuming(folder, as: more, epochsBefore: 3)
      },
      data: { [problem] _ in
        if what == "data" { throw StoreError.noRun(path: "data", missing: "rows") }
        return problem.dataset()
      })
    defer { session.close() }
    let said = SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
    #expect(said.contains { if case .failed = $0 { true } else { false } })
    session.close()
    #expect(try Self.contents(folder) == before)
    #expect(folder.life == .ended)
  }

  /// The bytes of a run's files by name; of its lock, which names a process, nothing.
  private static func contents(_ folder: RunFolder) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where name != "lock" {
      found[name] = FileManager.default.contents(atPath: "\(folder.path)/\(name)")
    }
    return found
  }
}
