import Ranks
import Testing
import TrainingFixtures

@testable import Training

/// How long messages take by formula, and what is predicted of measured steps.
@Suite struct ClusterModelTests {
  /// 10 µs and 1 GB/s: a piece of 64 KiB takes 65.536 µs on its way.
  private static let wire = ClusterWire(latency: 10e-6, bandwidth: 1e9)
  private static let piece = 65.536e-6

  private func isNear(_ found: Double, _ expected: Double) -> Bool {
    abs(found - expected) <= 1e-9 * abs(expected)
  }

  /// 4 MB once round a ring of 4: three messages of 1 MB, one after the other.
  @Test func ringsByHand() {
    #expect(isNear(Self.wire.gather(4e6, ranks: 4), 3 * (10e-6 + 1e-3)))
    #expect(Self.wire.gather(4e6, ranks: 1) == 0)
  }

  /// 16 bytes to each of 4 others: the first message whole, the others behind it.
  @Test func broadcastsByHand() {
    let bytes = 16e-9
    #expect(isNear(Self.wire.broadcast(16, ranks: 5), 10e-6 + bytes + 3 * (2.5e-6 + bytes)))
    #expect(isNear(Self.wire.broadcast(16, ranks: 2), 10e-6 + bytes))
    #expect(Self.wire.broadcast(16, ranks: 1) == 0)
  }

  /// One piece goes to the last rank and back, and every rank adds its own.
  @Test(arguments: [2, 3, 7]) func oneTurnOfAPiece(_ ranks: Int) {
    let hop = 10e-6 + Self.piece
    let found = Self.wire.sum(floats: 16_384, ranks: ranks, adding: 5e-6)
    #expect(isNear(found, Double(ranks) * 5e-6 + 2 * Double(ranks - 1) * hop))
  }

  /// Pieces follow each other: two ranks are through when the last has gone there and back behind K − 1
  /// others; the last one is short.
  @Test func piecesFollowEachOther() {
    let whole = Self.wire.sum(floats: 3 * 16_384, ranks: 2, adding: 0)
    #expect(isNear(whole, 4 * Self.piece + 20e-6))
    let short = Self.wire.sum(floats: 16_384 + 8_192, ranks: 2, adding: 0)
    #expect(isNear(short, 2.5 * Self.piece + 20e-6))
    #expect(Self.wire.sum(floats: 0, ranks: 4, adding: 1) == 0)
    #expect(Self.wire.sum(floats: 9, ranks: 1, adding: 1) == 0)
  }

  /// A rank in the middle receives nothing of what comes back before all that it sends on has arrived: of
  /// three ranks and many pieces the way back begins when the way there ends.
  @Test func theWayBackWaits() {
    let pieces = 50.0
    let found = Self.wire.sum(floats: 50 * 16_384, ranks: 3, adding: 0)
    let there = (pieces + 1) * Self.piece + 20e-6
    #expect(found >= there && found <= there + (pieces + 2) * Self.piece + 20e-6)
    #expect(found > 1.5 * pieces * Self.piece)
  }

  /// 128 rows a rank of three tasks on MMoE; what is computed lies on a line, 29 ms and 1 ms a rank.
  private static func model() throws -> ClusterModel {
    let problem = TinyProblem(rows: 1024, tasks: 3)
    let points = try [1, 2, 4, 8].map { ranks in
      let trainer = try problem.trainer("mmoe", batchSize: 128 * ranks)
      return ClusterModel.Point(
        ranks: ranks, rows: 128 * ranks, lanes: trainer.lanes,
        computing: 0.029 + 0.001 * Double(ranks), adding: 1e-6,
        messages: trainer.stepMessages(of: problem.batch(rows: 128 * ranks)))
    }
    return ClusterModel(points.reversed(), over: wire)
  }

  /// All sums of a step take as many times a piece's seconds as they have pieces, in part or whole.
  @Test func secondsOfAPieceAreThoseOfItsFloats() throws {
    let model = try Self.model()
    let floats = model.points[1].messages.sums.reduce(0, +)
    #expect(floats > 0 && floats != RankGroup.piece)
    #expect(isNear(model.points[1].addingPiece(Double(floats) / 16_384 * 3e-6), 3e-6))
    var silent = model.points[1]
    silent.messages = StepMessages()
    #expect(silent.addingPiece(3e-6) == 0)
  }

  @Test func measuredRanksAreTakenAsTheyAre() throws {
    let model = try Self.model()
    for ranks in [1, 2, 4, 8] {
      let found = model.prediction(ranks: ranks)
      #expect(found.isMeasured && found.ranks == ranks && found.rows == 128 * ranks)
      #expect(isNear(found.computing, 0.029 + 0.001 * Double(ranks)))
    }
    let alone = model.prediction(ranks: 1)
    #expect(alone.talkSeconds == 0 && alone.talkShare == 0 && alone.bytesPerRank == 0)
    let eight = model.prediction(ranks: 8)
    let messages = model.points[3].messages
    let bytes = RankPurpose.allCases.reduce(0) { $0 + messages.bytes(for: $1, ranks: 8) }
    #expect(isNear(eight.bytesPerRank, Double(bytes) / 8))
    let lookups = messages.gathers[.lookups, default: []].reduce(0) {
      $0 + Self.wire.gather(Double($1), ranks: 8)
    }
    #expect(isNear(eight.talk[.lookups] ?? 0, lookups))
    // Two ranks have a lane each of the two: one round; eight lanes on two ranks come in four.
    let two = model.points[1].messages.rings(for: .lookups, ranks: 2)
    #expect(two.allSatisfy { $0.times == model.points[1].lanes / 2 })
    #expect(messages.rings(for: .lookups, ranks: 2).allSatisfy { $0.times == 4 })
    #expect(isNear(eight.seconds, eight.computing + eight.talkSeconds))
  }

  /// Beyond what was measured computing follows the line, rows and lanes grow with the ranks.
  @Test func moreRanksFollowTheLine() throws {
    let model = try Self.model()
    let found = model.prediction(ranks: 64)
    #expect(!found.isMeasured && found.rows == 128 * 64)
    // One process is not on the line: it sums its lanes in another way.
    #expect(isNear(found.computing, 0.029 + 0.064))
    let eight = model.points[3].messages
    func bytes(_ purpose: RankPurpose) -> Double {
      Double(eight.gathers[purpose, default: []].reduce(0, +))
    }
    #expect(
      isNear(found.talk[.lookups] ?? 0, 63 * (10e-6 + 8 * bytes(.lookups) / 64 / 1e9)))
    #expect(isNear(found.talk[.sums] ?? 0, 63 * (10e-6 + 8 * bytes(.sums) / 64 / 1e9)))
    let shares = [2, 8, 64, 1024].map { model.prediction(ranks: $0).talkShare }
    #expect(shares == shares.sorted() && shares[3] < 1)
  }

  /// Three ranks have 3/2 of the rows of two, and no more lanes than these: sums are no longer.
  @Test func ranksShareTheLanesThatThereAre() throws {
    let model = try Self.model()
    let (two, found) = (model.points[1], model.prediction(ranks: 3))
    #expect(two.lanes == 4 && !found.isMeasured && found.rows == 384)
    let bytes = Double(two.messages.gathers[.sums, default: []].reduce(0, +))
    #expect(isNear(found.talk[.sums] ?? 0, 2 * (10e-6 + bytes / 3 / 1e9)))
  }

  /// Computing that falls with more ranks, as noise may have it, is not carried on below itself.
  @Test func aFallingLineIsLevel() throws {
    var points = try Self.model().points
    for index in points.indices { points[index].computing = 0.05 - 0.001 * Double(index) }
    let found = ClusterModel(points, over: Self.wire).prediction(ranks: 1024)
    #expect(isNear(found.computing, 0.048))
  }

  /// A step in which another program had the core changes nothing.
  @Test func oneLongStepIsNotTypical() {
    #expect(LocalRanks.Steps.typical([5, 1, 2, 900]) == 2)
    #expect(LocalRanks.Steps.typical([3]) == 3 && LocalRanks.Steps.typical([]) == 0)
  }

  /// Ranks that talk to nobody compute what one of several does, and stay finite.
  @Test func ranksAreMeasuredAlone() throws {
    let workload = try #require(Workload.all.first { $0.name == "w1a" })
    let benchmark = ClusterBenchmark(workload, rows: 128, threads: 1, seconds: 0.2)
    let points = try benchmark.points()
    #expect(points.map(\.ranks) == [1, 2, 4, 8] && points.map(\.rows) == [128, 256, 512, 1024])
    #expect(points.map(\.lanes) == [4, 4, 4, 8])
    #expect(points.allSatisfy { $0.computing > 0 })
    #expect(points.dropFirst().allSatisfy { $0.adding > 0 } && points[0].adding == 0)
  }

  /// A balancer that sees tasks apart leaves four lanes, which is as many ranks as there can be.
  @Test func fourLanesAreFourRanks() throws {
    let workload = try #require(Workload.all.first { $0.balancer != nil })
    let benchmark = ClusterBenchmark(workload, rows: 128, threads: 1, seconds: 0.1)
    #expect(try benchmark.points().map(\.ranks) == [1, 2, 4])
  }

  /// Threads that train together take steps, which are compared with what was predicted of them.
  @Test func ranksHereAreCompared() throws {
    let workload = try #require(Workload.all.first { $0.name == "w1a" })
    let checks = try ClusterBenchmark(workload, rows: 128, threads: 1, seconds: 0.6).checks([2, 4])
    #expect(checks.map(\.prediction.ranks) == [2, 4])
    for check in checks {
      #expect(check.measured > 0 && check.prediction.computing > 0)
      #expect(check.wire.latency > 0 && check.wire.bandwidth > 0)
      #expect(isNear(check.error, check.prediction.seconds / check.measured - 1))
    }
  }
}
