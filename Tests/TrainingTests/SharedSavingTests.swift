import Foundation
import Ranks
import Runs
import Store
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Checkpoints that the ranks of a run write together.
@Suite struct SharedSavingTests {
  private static func tensor(_ name: String, _ kilobytes: Int, _ number: Float) -> Archive.Entry {
    let numbers = [Float](repeating: number, count: 256 * kilobytes)
    return Archive.Entry(
      name: name, kind: .float32, count: numbers.count,
      content: .owned(numbers.withUnsafeBytes { Array($0) }))
  }

  /// The state of a rank, told by its numbers; `short` is an array that has too few of them.
  private static func entries(of rank: Int, short: String? = nil) -> [Archive.Entry] {
    let sizes = [
      ("trainer/parameters/a", 300), ("trainer/parameters/b", 200), ("trainer/parameters/c", 4),
      ("trainer/optimizers/d", 250), ("trainer/optimizers/e", 100), ("losses/f", 400),
    ]
    return sizes.map { name, size in tensor(name, name == short ? size - 1 : size, Float(rank)) }
  }

  /// What lies in a checkpoint that ranks with numbers of their own have written, by name, and who could not.
  private func written(
    ranks: Int, short: String? = nil, keeping own: [String] = []
  ) throws -> (numbers: [String: Float], idle: Set<Int>) {
    let place = try FolderRecorderTests.Place()
    let found = try RankThreads.run(ranks) { group -> ([String: Float], Set<Int>) in
      let agendas = RankAgendas(group)
      try agendas.begin()
      let saving = SharedSaving(agendas, keeping: own)
      let rank = group.wire.rank
      guard rank == 0 else {
        try saving.help { Self.entries(of: rank, short: rank == 1 ? short : nil) }
        return ([:], [])
      }
      let card = RunCard(
        command: "train", model: "mmoe", data: "made", seed: 1, configuration: "0", program: "test")
      let writer = RunWriter(card, documents: [:], in: place.collection, keepingEvery: nil)
      defer { writer.close() }
      var checkpoint = RunCheckpoint(step: 5, isBest: true, entries: Self.entries(of: 0))
      checkpoint.help = saving
      let isTaken = writer.checkpoint(
        step: 5, isBest: true, model: checkpoint.parameters.map(SafetensorsTensor.init),
        state: checkpoint.state, help: saving)
      #expect(isTaken && writer.settle())
      saving.end()
      #expect(saving.failure == nil)
      let read = try writer.folder.checkpoint(5)
      let all = read.model.map { ("m/" + $0.name, $0.entry) } + read.state.map { ($0.name, $0) }
      let numbers = all.map { name, entry in
        let floats = entry.withBytes { Array($0.bindMemory(to: Float.self)) }
        #expect(Set(floats).count == 1 && floats.count == entry.count)
        return (name, floats[0])
      }
      return (Dictionary(uniqueKeysWithValues: numbers), saving.idle)
    }
    return found[0]
  }

  /// By hand: rank 0 has f (400) and c (4), which it gives to nobody; a (300) goes to rank 1, d (250) to rank 2,
  /// b (200) to rank 2's 250 or rank 1's 300: rank 2; e (100) to rank 1.
  @Test func everyRankWritesItsPart() throws {
    let found = try written(ranks: 3)
    #expect(
      found.numbers == [
        "m/a": 1, "m/b": 2, "m/c": 0, "trainer/optimizers/d": 2, "trainer/optimizers/e": 1,
        "losses/f": 0,
      ])
    #expect(found.idle.isEmpty)
  }

  /// A rank that has not what it is to write leaves it to rank 0.
  @Test func whatARankCannotWriteTheFirstWrites() throws {
    let found = try written(ranks: 2, short: "trainer/parameters/a")
    #expect(found.numbers["m/a"] == 0 && found.numbers["trainer/optimizers/d"] == 1)
    #expect(found.idle == [1])
  }

  /// A table that grows lies in another order on each rank: the first one writes its rows and its moments.
  @Test func tablesThatGrowAreTheFirstRanks() throws {
    let found = try written(ranks: 2, keeping: ["d", "parameters/a", "rainer"])
    #expect(found.numbers["trainer/optimizers/d"] == 0)
    // What is left is given away as before: a (300), b (200) and e (100) against 650 of the first.
    #expect(["m/a", "m/b", "trainer/optimizers/e"].map { found.numbers[$0] } == [1, 1, 1])
  }

  private static var configuration: TrainingConfiguration {
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.modelOptions = ["experts": "2", "expert": "160,160", "tower": "8"]
    configuration.evaluationInterval = 5
    return configuration
  }

  /// Trains on some ranks to the end, kept in a folder by rank 0.
  private func train(
    _ ranks: Int, _ source: @escaping Recording.Source, others: Recording.Source? = nil
  ) throws -> RunSummary {
    let problem = TinyProblem(rows: 500)
    let sessions = ThreadWire.ends(count: ranks).map { end in
      let seat = RankSeat(rank: end.rank, count: ranks) { RankGroup(end) }
      let use = ThreadUse(ranks: ranks > 1 ? seat : nil)
      return TrainingSession(
        Self.configuration, recording: end.rank == 0 ? source : others, threads: use
      ) { _ in problem.dataset() }
    }
    defer { for session in sessions { session.close() } }
    let ends = sessions.map { session in
      SessionRun.wait(session) {
        switch $0 {
        case .finished, .failed: true
        default: false
        }
      }
    }
    let summaries = ends.map { events in
      events.compactMap { if case .finished(let summary) = $0 { summary } else { nil } }.first
    }
    #expect(Set(summaries.map { $0?.fingerprint }).count == 1)
    return try #require(summaries.first ?? nil)
  }

  /// What a checkpoint says of the trainer, by name.
  private func trainer(_ checkpoint: Checkpoint) -> [String: [UInt8]] {
    let all =
      checkpoint.model.map { ("m/" + $0.name, $0.entry) }
      + checkpoint.state.filter { $0.name.hasPrefix("trainer/") }.map { ($0.name, $0) }
    return Dictionary(uniqueKeysWithValues: all.map { ($0.0, $0.1.withBytes { Array($0) }) })
  }

  /// Kept by three ranks together, the run is that of one process, and goes on with one, two or four.
  @Test func aRunIsKeptTogether() throws {
    let places = try (0..<2).map { _ in try FolderRecorderTests.Place() }
    let whole = try train(1, places[0].source(7))
    let together = try train(3, places[1].source(7))
    #expect(together.fingerprint == whole.fingerprint)
    let folders = try places.map { try $0.folder }
    #expect(folders[0].checkpointSteps == folders[1].checkpointSteps)
    let found = try folders.map { trainer(try $0.checkpoint(7)) }
    #expect(
      found[0] == found[1] && found[0].values.contains { $0.count >= SharedSaving.fewestBytes })
    for ranks in [1, 2, 4] {
      let branch = try FolderRecorderTests.Place()
      let folder = folders[1]
      let collection = branch.collection
      let ended = try train(ranks) {
        try FolderRecorder.branching(off: folder, at: 7, in: collection)
      } others: {
        try Recording.reading(folder, at: 7, hasMoreEpochs: true)
      }
      #expect(ended.fingerprint == whole.fingerprint, "\(ranks) ranks")
    }
  }
}
