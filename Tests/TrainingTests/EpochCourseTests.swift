import Datasets
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

extension RowsInMemory {
  /// So many rows without a number in them.
  convenience init(count: Int) {
    let none = Storage<Int32>([])
    self.init(
      Examples(count: count, ids: none, dense: Storage([]), labels: Storage([])), seed: 1)
  }
}

/// How a run counts its epochs and steps, worked out by hand, and when a slow one takes its steps.
@Suite struct EpochCourseTests {
  /// 10 rows in batches of 4: three steps an epoch, the last of two rows.
  private static func course(epochs: Int = 2, rows: RowsInMemory = .init(count: 10)) -> EpochCourse
  {
    var configuration = SessionTests.configuration(epochs: epochs)
    configuration.batchSize = 4
    configuration.evaluationInterval = 5
    return EpochCourse(configuration, rows: rows, stepsPerEpoch: (rows.count + 3) / 4)
  }

  @Test func anEpochIsAllItsRowsOnce() throws {
    let examples = TinyProblem(rows: 90).dataset().training
    var course = Self.course(rows: RowsInMemory(examples, seed: 1))
    _ = course.beginIfDue()
    var seen: [Int32] = []
    while !course.endIfComplete() {
      let batch = try #require(try course.batch(unless: { false }))
      if let index = batch.index { seen += (0..<batch.rows).map { index[$0] } }
      course.stepTaken()
    }
    #expect(seen.sorted() == (0..<Int32(examples.count)).map { $0 })
    #expect(seen != seen.sorted())
  }

  @Test func stepsAndEpochs() {
    var course = Self.course()
    var positions: [Double] = []
    for _ in 0..<2 {
      var begins: [Bool] = []
      for step in 0..<3 {
        // A step that is tried again begins no epoch.
        begins.append(course.beginIfDue())
        #expect(course.stepInEpoch == step)
        course.stepTaken()
        let isEnd = course.endIfComplete()
        #expect(isEnd == (step == 2))
        positions.append(course.position)
      }
      #expect(begins == [true, false, false])
    }
    #expect(positions.map { ($0 * 3).rounded() } == [1, 2, 3, 4, 5, 6])
    #expect(course.epoch == 2 && course.ended == 2 && course.isLast)
  }

  /// Joint training has all its epochs, however many a search took before.
  @Test func epochsOfASearchDoNotCount() {
    var course = Self.course(epochs: 2)
    func epoch() {
      _ = course.beginIfDue()
      for _ in 0..<3 { course.stepTaken() }
      _ = course.endIfComplete()
    }
    epoch()
    #expect(!course.isLast)
    course.phaseBegan(isJoint: false, step: 3)
    epoch()
    #expect(course.isLast)
    course.phaseBegan(isJoint: true, step: 6)
    #expect(!course.isLast)
    epoch()
    #expect(!course.isLast)
    epoch()
    #expect(course.isLast && course.epoch == 4)
  }

  /// The warm-up begins anew with a phase.
  @Test func theRateBeginsAnewWithAPhase() {
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.warmUpSteps = 4
    var course = EpochCourse(configuration, rows: RowsInMemory(count: 10), stepsPerEpoch: 3)
    let rates = (0..<4).map { course.rate(step: $0) }
    #expect(rates[0] < rates[3])
    course.phaseBegan(isJoint: false, step: 7)
    #expect((7..<11).map { course.rate(step: $0) } == rates)
  }

  @Test func scoresAreDueByStep() {
    let course = Self.course()
    #expect((1...11).filter { course.isEvaluationDue(step: $0) } == [5, 10])
  }
}

/// When the step behind one is due, by a clock of its own.
@Suite struct PacingTests {
  private let start = ContinuousClock.now

  @Test func stepsAreEvenlySpaced() {
    var pacing = Pacing(4, now: start)
    let due = [0, 10, 300, 600].map { pacing.stepEnded(now: start + .milliseconds($0)) }
    #expect(due == [250, 500, 750, 1_000].map { start + .milliseconds($0) })
  }

  /// A pause is not made up for but for a tenth of a second.
  @Test func littleIsMadeUpFor() {
    var pacing = Pacing(4, now: start)
    let due = [9_000, 9_010].map { pacing.stepEnded(now: start + .milliseconds($0)) }
    #expect(due == [8_900, 9_150].map { start + .milliseconds($0) })
  }

  @Test func aNewPaceForgetsTheOld() {
    var pacing = Pacing(0.001, now: start)
    var due = [pacing.stepEnded(now: start)]
    pacing.set(2, now: start + .seconds(1))
    due.append(pacing.stepEnded(now: start + .seconds(1)))
    pacing.set(0, now: start)
    due.append(pacing.stepEnded(now: start))
    #expect(due == [start + .seconds(1_000), start + .milliseconds(1_500), nil])
    #expect(Pacing(nil, now: start).stepIsFree)
  }
}

extension Pacing {
  /// Whether the next step may follow at once.
  fileprivate var stepIsFree: Bool {
    var pacing = self
    return pacing.stepEnded() == nil
  }
}
