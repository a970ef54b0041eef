import Foundation
import Tensors
import Testing

@testable import Ranks

/// How processes find out that they are ranks, and what must be alike on all of them.
@Suite struct LaunchedRankTests {
  private static let ompi = ["OMPI_COMM_WORLD_RANK": "2", "OMPI_COMM_WORLD_SIZE": "4"]
  private static let hydra = ["PMI_RANK": "0", "PMI_SIZE": "3"]
  private static let slurm = ["SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2"]

  @Test func launchersSayTheRank() throws {
    let first = try #require(try LaunchedRank(Self.ompi, wish: nil))
    #expect((first.rank, first.count, first.mpi) == (2, 4, .openmpi))
    let second = try #require(try LaunchedRank(Self.hydra, wish: .mpich))
    #expect((second.rank, second.count, second.mpi) == (0, 3, .mpich))
    let third = try #require(try LaunchedRank(Self.slurm, wish: .openmpi))
    #expect((third.rank, third.count, third.mpi) == (1, 2, .openmpi))
    let fourth = try LaunchedRank(Self.slurm.merging(["PMIX_RANK": "1"]) { $1 }, wish: nil)
    #expect(fourth?.mpi == .openmpi)
  }

  @Test func oneProcessIsAlone() throws {
    #expect(try LaunchedRank([:], wish: .openmpi) == nil)
    #expect(try LaunchedRank(Self.ompi, wish: .off) == nil)
    #expect(try LaunchedRank(["PMI_RANK": "0", "PMI_SIZE": "1"], wish: nil) == nil)
    // A batch script of Slurm is one process, whatever it may start.
    #expect(try LaunchedRank(["SLURM_PROCID": "0", "SLURM_NTASKS": "4"], wish: nil) == nil)
  }

  /// What it calls the run here, and how many of its ranks are on this machine.
  @Test func launchersSayWhoIsHere() throws {
    func found(_ more: [String: String], _ launcher: [String: String]) throws -> LaunchedRank {
      try #require(try LaunchedRank(launcher.merging(more) { $1 }, wish: .openmpi))
    }
    #expect(try found(["OMPI_COMM_WORLD_LOCAL_SIZE": "3"], Self.ompi).neighbours == 3)
    let hydra = Self.hydra.merging(["MPI_LOCALNRANKS": "2"]) { $1 }
    #expect(try LaunchedRank(hydra, wish: nil)?.neighbours == 2)
    #expect(try found(["SLURM_STEP_NUM_NODES": "1"], Self.slurm).neighbours == 2)
    #expect(try found(["SLURM_STEP_NUM_NODES": "2"], Self.slurm).neighbours == nil)
    #expect(try found([:], Self.slurm).neighbours == nil)
    let step = ["SLURM_JOB_ID": "12", "SLURM_STEP_ID": "0"]
    #expect(try found(step, Self.slurm).job == "slurm-12.0")
    let named = step.merging(["PMIX_NAMESPACE": "prte-7"]) { $1 }
    #expect(try found(named, Self.slurm).job == "pmix-prte-7")
  }

  @Test func whatCannotBeKnownIsSaid() {
    #expect(throws: RankStartError.unnamedLibrary(ranks: 2)) {
      try LaunchedRank(Self.slurm, wish: nil)
    }
    #expect(throws: RankStartError.otherLauncher("Open MPI's mpirun", wanted: "mpich")) {
      try LaunchedRank(Self.ompi, wish: .mpich)
    }
    for (rank, count) in [("4", "4"), ("-1", "4"), ("x", "4"), ("0", "0")] {
      #expect(throws: RankStartError.self) {
        try LaunchedRank(["PMI_RANK": rank, "PMI_SIZE": count], wish: nil)
      }
    }
  }

  @Test func anAdapterThatIsMissingOrNone() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("adapters-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent(MessageLibrary.mpich.adapterName).path
    #expect(throws: RankStartError.noAdapter(.mpich, lookedFor: [path])) {
      _ = try MPIAdapter.load(.mpich, from: [folder.path])
    }
    try Data("no library".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: RankStartError.self) {
      _ = try MPIAdapter.load(.mpich, from: [folder.path])
    }
    let said = try #require(error).description
    #expect(said.contains("make mpi"))
  }
}

@Suite struct RankMeetingTests {
  /// Calls `body` on a thread for each rank; what it returns, by rank.
  private func onRanks<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (RankGroup) throws -> Value
  ) async throws -> [Value] {
    try await withThrowingTaskGroup(of: (Int, Value).self) { tasks in
      for end in ThreadWire.ends(count: count) {
        tasks.addTask {
          try await withCheckedThrowingContinuation { done in
            Thread.detachNewThread {
              done.resume(with: Result { (end.rank, try body(RankGroup(end))) })
            }
          }
        }
      }
      return try await tasks.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  @Test func ranksThatAreUnlikeAreNamedOnAll() async throws {
    let errors = try await onRanks(3) { group -> RankError? in
      let value = group.wire.rank == 2 ? "avx2" : "avx512"
      do throws(RankError) {
        try group.compare([(name: "rows", value: "7"), (name: "level", value: value)])
        return nil
      } catch {
        return error
      }
    }
    let expected = RankError.differing("level", rank: 2, found: "avx2", expected: "avx512")
    #expect(errors == [expected, expected, expected])
  }

  @Test func likeRanksGoOn() async throws {
    let long = String(repeating: "x", count: 64)
    _ = try await onRanks(4) { group in
      try group.compare([(name: "a", value: ""), (name: "b", value: long + "\(group.wire.rank)")])
    }
    _ = try await onRanks(1) { try $0.compare([(name: "a", value: "1")]) }
  }

  @Test func aClosedConnectionIsALostRank() async throws {
    let lost = try await onRanks(3) { group -> Heartbeat.End? in
      let heartbeat = try Heartbeat.connecting(group)
      switch group.wire.rank {
      case 0: return heartbeat.end()
      case 1: heartbeat.leave()
      default: for peer in heartbeat.peers { peer.socket.close() }
      }
      return nil
    }
    guard case .lost(let found) = lost[0] else {
      Issue.record("\(lost)")
      return
    }
    #expect(found.map(\.rank) == [2] && !found[0].isSilent && !found[0].host.isEmpty)
  }

  /// Who says within two seconds that ranks are lost, by rank; nil: the rank is lost, or waits for others.
  private func speakers(lost: [Int], of count: Int) async throws -> [[Int]?] {
    try await onRanks(count) { group -> [Int]? in
      let heartbeat = try Heartbeat.connecting(group)
      guard !lost.contains(group.wire.rank) else {
        Thread.sleep(forTimeInterval: 0.1)
        for peer in heartbeat.peers { peer.socket.close() }
        return nil
      }
      let start = ContinuousClock.now
      let end = heartbeat.end(words: 3)
      guard case .lost(let found) = end, ContinuousClock.now - start < .seconds(2.5) else {
        return nil
      }
      return found.map(\.rank)
    }
  }

  /// Rank 1 speaks of rank 0, and the others wait for its words.
  @Test func ofRankZeroTheNextOneSpeaks() async throws {
    #expect(try await speakers(lost: [0], of: 4) == [nil, [0], nil, nil])
  }

  /// Where ranks 0 and 1 are lost together the next two name both, and no more than these.
  @Test func ofRanksZeroAndOneTwoSpeak() async throws {
    let found = try await speakers(lost: [0, 1], of: 5)
    #expect(found == [nil, nil, [0, 1], [0, 1], nil])
  }

  /// However high its number, a rank waits no longer than twice the time that words take.
  @Test func ranksWithHighNumbersDoNotWaitForLong() async throws {
    let found = try await onRanks(6) { group -> Bool? in
      let heartbeat = try Heartbeat.connecting(group)
      if group.wire.rank == 0 { for peer in heartbeat.peers { peer.socket.close() } }
      guard group.wire.rank == 5 else {
        // Rank 1 is there and does not speak.
        Thread.sleep(forTimeInterval: 2.5)
        return nil
      }
      let start = ContinuousClock.now
      let end = heartbeat.end(words: 0.3)
      return end != .left && ContinuousClock.now - start < .seconds(2.5)
    }
    #expect(found.last == true)
  }

  /// Those that end together are named together, by rank 0.
  @Test func ranksThatEndTogetherAreNamedTogether() async throws {
    let ends = try await onRanks(4) { group -> Heartbeat.End? in
      let heartbeat = try Heartbeat.connecting(group)
      if group.wire.rank == 0 {
        // Both have ended when it looks.
        Thread.sleep(forTimeInterval: 0.5)
        return heartbeat.end()
      }
      if group.wire.rank != 1 { for peer in heartbeat.peers { peer.socket.close() } }
      Thread.sleep(forTimeInterval: 1)
      return nil
    }
    guard case .lost(let found) = ends[0] else {
      Issue.record("\(ends)")
      return
    }
    #expect(found.map(\.rank) == [2, 3])
  }

  @Test func whoLeavesIsNotLost() async throws {
    let ends = try await onRanks(3) { group -> Heartbeat.End in
      let heartbeat = try Heartbeat.connecting(group)
      heartbeat.leave()
      return heartbeat.end()
    }
    #expect(ends == [.left, .left, .left])
  }

  @Test func silenceIsALostRank() async throws {
    let ends = try await onRanks(2) { group -> Heartbeat.End? in
      let heartbeat = try Heartbeat.connecting(group)
      guard group.wire.rank == 0 else {
        Thread.sleep(forTimeInterval: 0.6)
        return nil
      }
      return heartbeat.end(patience: 0.2)
    }
    guard case .lost(let found) = ends[0] else {
      Issue.record("\(ends)")
      return
    }
    #expect(found.map(\.rank) == [1] && found[0].isSilent)
  }

  /// Whoever fails says so itself, and the others say nothing.
  @Test func aRankThatFailsIsNotLost() async throws {
    for failing in [0, 2] {
      let ends = try await onRanks(3) { group -> Heartbeat.End? in
        let heartbeat = try Heartbeat.connecting(group)
        guard group.wire.rank == failing else {
          // What is heard of rank 1 by rank 0 is its leaving.
          if group.wire.rank == 1, failing == 2 { heartbeat.leave() }
          return group.wire.rank == 1 && failing == 2 ? nil : heartbeat.end()
        }
        heartbeat.fail()
        for peer in heartbeat.peers { peer.socket.close() }
        return nil
      }
      #expect(ends == (failing == 0 ? [nil, .failed, .failed] : [.failed, nil, nil]))
    }
  }

  /// One that fails and does not end is waited for as long as its words take.
  @Test func aRankThatFailsAndStaysIsLeft() async throws {
    let ends = try await onRanks(2) { group -> Heartbeat.End? in
      let heartbeat = try Heartbeat.connecting(group)
      guard group.wire.rank == 0 else {
        heartbeat.fail()
        Thread.sleep(forTimeInterval: 2.5)
        return nil
      }
      let start = ContinuousClock.now
      let end = heartbeat.end(patience: 4, words: 0.3)
      return ContinuousClock.now - start < .seconds(3) ? end : nil
    }
    #expect(ends == [.failed, nil])
  }

  @Test func theTrialOfAWireComparesBits() async throws {
    let trials = try await onRanks(3) { try WireTrial($0, sumFloats: 5_000) }
    #expect(trials.map(\.isExact) == [true, true, true])
    #expect(trials[0].latency > 0 && trials[0].bandwidth > 0)
  }
}
