import Datasets
import Foundation
import Runs
import Store
import Synchronization
import Tensors
import Testing
import TrainingFixtures

@testable import Training

// MARK: - What a run went through besides commands

extension FolderRecorderTests {
  private func session(
    _ configuration: RunConfiguration, embeddings: EmbeddingTables? = nil,
    _ source: Recording.Source? = nil
  ) -> TrainingSession {
    let session = TrainingSession(configuration, embeddings: embeddings, recording: source) {
      [problem] _ in problem.dataset()
    }
    session.show(WantedViews())
    return session
  }

  private func untilEnd(_ session: TrainingSession) -> [Event] {
    SessionRun.wait(session) {
      switch $0 {
      case .finished, .failed: true
      default: false
      }
    }
  }

  private func sentences(_ events: [Event]) -> [String] {
    events.compactMap { if case .noticed(let text, _) = $0 { text } else { nil } }
  }

  /// Embeddings of another run are no part of the configuration: the first checkpoint has them.
  @Test func aRunThatBeganWithEmbeddingsOfAnotherIsRepeated() throws {
    let (place, other) = (try Place(), try Place())
    let first = session(configuration())
    _ = untilEnd(first)
    let tables = try #require(first.closeKeepingEmbeddings())
    let steered = configuration([.init(step: 4, command: .setTaskWeight("stripe", 0.25))])
    let second = session(steered, embeddings: tables, place.source())
    _ = untilEnd(second)
    second.close()
    let folder = try place.folder
    #expect(folder.startStep == 0)
    #expect(try folder.card().warmStart?.contains("embedding tables begin") == true)
    #expect(try replay(folder, steered).difference == nil)
    // A branch of it can be repeated, too.
    let step = try #require(folder.checkpointSteps.last)
    try train(steered) { [collection = other.collection] in
      try FolderRecorder.branching(off: folder, at: step, in: collection)
    }
    #expect(try replay(other.folder, steered).difference == nil)
    // Without that checkpoint nobody knows what it began with.
    for part in ["model", "state"] {
      try FileManager.default.removeItem(atPath: "\(folder.path)/checkpoints/0.\(part).safetensors")
    }
    #expect(
      try replay(folder, steered).difference?.hasPrefix(
        "this cannot be compared: what the run began with is not kept") == true)
  }

  /// More epochs bend a schedule that goes over all of them, which is said and repeated.
  @Test(arguments: RateSchedule.all, [13, nil])
  func aRunWithMoreEpochsIsRepeated(_ schedule: RateSchedule, stoppedAt stop: Int?) throws {
    let place = try Place()
    var short = configuration(
      stop.map { [RunConfiguration.Scheduled(step: $0, command: .stop)] } ?? [])
    short.rateSchedule = schedule
    try train(short, place.source())
    let folder = try place.folder
    var long = short
    long.epochs = 5
    let (summary, said) = try train(long) { [long] in
      try FolderRecorder.resuming(folder, as: long, epochsBefore: 3)
    }
    #expect(summary.step == 5 * 8)
    let bends: Bool =
      switch schedule {
      case .cosine, .oneCycle: true
      case .constant, .step, .exponential: false
      }
    #expect(
      sentences(said).contains { $0.hasPrefix("the schedule of the rate goes over 5") } == bends)
    #expect(try folder.card().configuration == long.runHash)
    let found = try replay(folder, long)
    #expect(found.difference == nil && found.fingerprint == summary.fingerprint)
  }

  /// A run that ended early, for its scores went down, and was given more epochs then, is repeated past
  /// that end.
  @Test func aRunThatEndedEarlyAndWentOnIsRepeated() throws {
    let place = try Place()
    var patient = configuration()
    (patient.epochs, patient.patience, patient.learningRate) = (60, 2, 0.05)
    let (early, _) = try train(patient, place.source())
    #expect(early.reason == .earlyStopping)
    let folder = try place.folder
    var more = patient
    more.epochs = 61
    let (rest, _) = try train(more) { [more] in
      try FolderRecorder.resuming(folder, as: more, epochsBefore: 60)
    }
    #expect(rest.step > early.step)
    #expect(try replay(folder, more).difference == nil)
  }

  /// A run whose numbers were lost, and that was stopped then, comes to that end again.
  @Test func aRunThatDivergedAndWasStoppedIsRepeated() throws {
    let place = try Place()
    var lost = configuration()
    lost.learningRate = 1e39
    let session = session(lost, place.source())
    _ = SessionRun.wait(session) { if case .diverged = $0 { true } else { false } }
    session.send(.stop)
    _ = untilEnd(session)
    session.close()
    #expect(try replay(place.folder, lost).difference == nil)
  }
}

// MARK: - What cannot be kept, and what is let go

extension FolderRecorderTests {
  /// A summary that cannot be written is said before the end, and written when it can be.
  @Test func whatFailsAtTheEndIsSaidAndTriedAgain() throws {
    let place = try Place()
    var paused = configuration()
    paused.startsPaused = true
    let session = session(paused, place.source())
    defer { session.close() }
    _ = SessionRun.wait(session) { if case .prepared = $0 { true } else { false } }
    let folder = try place.folder
    let path = folder.path(of: .summary)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    session.send(.resume)
    let said = untilEnd(session)
    #expect(sentences(said).contains { $0.hasPrefix("the run is not saved: \(path)") })
    try FileManager.default.removeItem(atPath: path)
    session.send(.cancel)
    let later = SessionRun.wait(session) {
      if case .noticed(let text, _) = $0 { text.hasPrefix("the run is saved again") } else { false }
    }
    #expect(!later.isEmpty)
    #expect(try folder.decoded(.summary, RunSummary.self)?.reason == .epochs)
  }

  /// A run that was saved at a pause, and whose folder is taken away then, is saved once more when it is
  /// let go.
  @Test func aRunWhoseFolderGoesWhileItIsPausedIsSavedAgain() throws {
    let place = try Place()
    var paused = configuration()
    paused.startsPaused = true
    let session = session(paused, place.source())
    session.show(WantedViews())
    session.send(.step(3))
    waitForPause(session, at: 3)
    session.send(.pause)
    waitForPause(session, at: 3, isSaved: true)
    let folder = try place.folder
    try FileManager.default.removeItem(atPath: folder.path)
    session.close()
    #expect(try place.folder.id == folder.id)
    #expect(try place.folder.lastCheckpoint().checkpoint.step == 3)
    let (rest, _) = try train(configuration()) { try FolderRecorder.resuming(folder) }
    #expect(rest.reason == .epochs)
  }

  /// What was saved is needed again where it is gone, once, and a screen says so.
  @Test func whatIsGoneIsSavedAgain() throws {
    let place = try Place()
    let recorder = try #require(try place.source()().recorder)
    let description = RunDescription(
      model: "mmoe", modelTitle: "MMoE", data: "tiny", tasks: [], categoricalColumns: [],
      trainingRows: 1, validationRows: 0, testRows: 0, parameterCount: 0, batchSize: 1,
      stepsPerEpoch: 1, epochs: 1, seed: 1)
    recorder.begin(
      BegunRun(
        description: description, configuration: configuration(), dataset: problem.dataset(),
        warmStart: nil))
    let saving = RunSaving(recorder, tasks: 1)
    func save() {
      saving.save(step: 2, isBest: false, isStart: false, [])
      saving.settle()
    }
    save()
    #expect(!saving.isNeeded && saving.snapshot.step == 2)
    let path = try place.folder.path
    try FileManager.default.removeItem(atPath: path)
    #expect(saving.snapshot.step == nil && saving.isNeeded)
    save()
    #expect(!saving.isNeeded && saving.snapshot.step == 2)
    recorder.close()
  }

  /// How a run ended that cannot be read is damaged, and no repetition that differs.
  @Test func aDamagedSummaryIsNoDifference() throws {
    let place = try Place()
    try train(configuration([.init(step: 3, command: .stop)]), place.source())
    let folder = try place.folder
    let path = folder.path(of: .summary)
    try Data("{".utf8).write(to: URL(fileURLWithPath: path))
    #expect {
      _ = try Replay(folder, configuration())
    } throws: { error in
      guard case .damaged(path, _)? = error as? StoreError else { return false }
      return true
    }
  }

  /// What the state of a step cannot be kept for is said once, and asked for again only when due.
  @Test func numbersThatAreNotFiniteAreNotSavedAndThatIsSaidOnce() throws {
    let kept = KeptRun(interval: 2)
    let saving = RunSaving(try #require(try kept.source()().recorder), tasks: 1)
    saving.save(step: 0, isBest: false, isStart: false, [])
    for step in 1...2 { saving.stepTaken(step) }
    #expect(saving.isNeeded && saving.isDue(after: 2))
    let words = try #require(saving.refuse(step: 2, since: "a number is not finite"))
    #expect(words == "the run is not saved since step 0: at step 2 a number is not finite")
    #expect(saving.snapshot.problem != nil && !saving.isDue(after: 2))
    for step in 3...4 { saving.stepTaken(step) }
    #expect(saving.isDue(after: 4) && saving.refuse(step: 4, since: "again") == nil)
    saving.save(step: 5, isBest: false, isStart: false, [])
    #expect(saving.snapshot.problem == nil)
  }

  /// The files of the checkpoint that a run went on from are let go before its next step.
  @Test func theOldCheckpointIsLetGo() throws {
    final class Held: ArchivedMemory, @unchecked Sendable {
      let bytes: UnsafeRawBufferPointer
      private let memory: UnsafeMutableRawBufferPointer
      init(_ content: [UInt8]) {
        memory = .allocate(byteCount: content.count, alignment: 16)
        memory.copyBytes(from: content)
        bytes = UnsafeRawBufferPointer(memory)
      }
      deinit { memory.deallocate() }
    }
    final class Weak: @unchecked Sendable { weak var held: Held? }
    let kept = KeptRun()
    try train(configuration([.init(step: 13, command: .stop)]), kept.source())
    let saved = try #require(kept.checkpoint(13))
    let watched = Weak()
    var paused = configuration([.init(step: 13, command: .stop)])
    paused.startsPaused = true
    let session = session(paused) {
      let entries = saved.entries.map { entry in
        guard entry.name == "trainer/parameters/towers.board.0.weight" else { return entry }
        let held = Held(entry.withBytes { Array($0) })
        watched.held = held
        return Archive.Entry(
          name: entry.name, kind: entry.kind, count: entry.count, shape: entry.shape,
          content: .memory(held))
      }
      #expect(watched.held != nil, "\(entries.map(\.name))")
      return Recording(nil, resuming: Resumption(entries: entries))
    }
    defer { session.close() }
    session.send(.step(1))
    _ = SessionRun.wait(session) {
      if case .acknowledged(let answer) = $0 { answer.command == .step(1) } else { false }
    }
    #expect(watched.held == nil)
  }

  /// Nothing is read of a run before it is certain that nobody else goes on with it.
  @Test func theLockIsTakenBeforeAnythingIsRead() throws {
    let place = try Place()
    try train(configuration(), place.source())
    let folder = try place.folder
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/checkpoints") {
      try Data("spoilt".utf8).write(
        to: URL(fileURLWithPath: "\(folder.path)/checkpoints/\(name)"))
    }
    let lock = try folder.hold()
    #expect(throws: StoreError.inUse(path: folder.path, process: Int(getpid()))) {
      _ = try FolderRecorder.resuming(folder)
    }
    withExtendedLifetime(lock) {}
  }

  /// The newest step is noted in whatever folder the run has.
  @Test func theNewestStepIsNotedInAFolderThatIsMadeAnew() throws {
    let place = try Place()
    var paused = configuration()
    paused.startsPaused = true
    let session = session(paused, place.source())
    defer { session.close() }
    func step(to step: Int) {
      session.send(.step(3))
      let deadline = ContinuousClock.now + .seconds(60)
      while ContinuousClock.now < deadline {
        if let snapshot = session.takeSnapshot(), case .paused = snapshot.phase,
          snapshot.step == step
        {
          return
        }
        Thread.sleep(forTimeInterval: 0.001)
      }
      Issue.record("no pause at step \(step)")
    }
    step(to: 3)
    let folder = try place.folder
    #expect(StepFile.step(of: folder) == 3)
    try FileManager.default.removeItem(atPath: folder.path)
    step(to: 6)
    #expect(StepFile.step(of: folder) == 6)
  }
}

// MARK: - Documents, and models that are fitted at once

extension FolderRecorderTests {
  /// The schema that a person wrote lies in the run's folder, letter for letter.
  @Test func theSchemaIsKept() throws {
    let place = try Place()
    let log = SyntheticLog(preset: .tiny, seed: 1)
    let text = "# mine\n" + log.schemaYAML()
    let schema = try DatasetSchema(yaml: text, path: "schema.yaml")
    let data = try DatasetLoader(schema, from: .memory(["log.csv": Data(log.csv())]), threads: 1)
      .load()
    var configuration = configuration()
    configuration.epochs = 1
    let session = TrainingSession(configuration, recording: place.source()) { _ in data }
    _ = untilEnd(session)
    session.close()
    let kept = try #require(try place.folder.read(.schema))
    #expect(String(decoding: kept, as: UTF8.self) == text)
  }

  /// A fit has a curve, is repeated where it was stopped, and begins anew where it goes on.
  @Test func aFittedRunIsKept() throws {
    let (place, other) = (try Place(), try Place())
    var linear = configuration([.init(step: 3, command: .stop)])
    (linear.model, linear.modelOptions) = ("linear", [:])
    let (stopped, _) = try train(linear, place.source())
    #expect(stopped.reason == .stopped && stopped.step == 3)
    let folder = try place.folder
    #expect(try folder.curves().map(\.count).reduce(0, +) == 3)
    #expect(try replay(folder, linear).difference == nil)
    linear.schedule = []
    let (whole, _) = try train(linear, other.source())
    #expect(whole.step > 3)
    let (rest, said) = try train(linear) { try FolderRecorder.resuming(folder) }
    #expect(rest.fingerprint == whole.fingerprint)
    #expect(sentences(said).contains("the model is fitted at once, so the run begins anew"))
    #expect(try folder.curves().map(\.count).reduce(0, +) == rest.step)
    #expect(try replay(folder, linear).difference == nil)
  }
}
