import Runs
import Testing

/// Made gradients of tasks over steps.
private func course(
  _ steps: [Int], tasks: [String] = ["click", "like"], _ gram: (Int) -> [Double]
) -> GradientCourse {
  var course = GradientCourse()
  for step in steps {
    course.add(
      GradientSnapshot(
        step: step, rows: 8, tasks: tasks, losses: tasks.map { _ in 1 }, rate: 0.1,
        weights: tasks.map { _ in 1 },
        tensors: [
          .init(
            name: "trunk", isTable: false, count: 9,
            gram: GramMatrix(gram(step), count: tasks.count))
        ], cost: .init(seconds: 0.01)))
  }
  return course
}

private let everyFifty = Array(stride(from: 100, through: 700, by: 50))

/// Each alarm on made gradients, on either side of its limit.
@Suite struct GradientAlarmTests {
  /// Conflict in so many of ten looks.
  private func conflicts(_ share: Int, _ steps: [Int] = everyFifty) -> GradientCourse {
    course(steps) { step in
      let isConflict = (step / 50) % 10 < share
      return [1, isConflict ? -0.5 : 0.5, isConflict ? -0.5 : 0.5, 1]
    }
  }

  @Test func conflictAboveSixtyPercentOfFiveHundredSteps() throws {
    // The newest 11 looks reach from 200 to 700.
    #expect(GradientAlarm.all(in: conflicts(5)).isEmpty)
    let alarm = try #require(GradientAlarm.all(in: conflicts(6)).first)
    #expect(alarm.kind == .conflict && alarm.tasks == ["click", "like"])
    #expect(
      alarm.sentence
        == "64 % of the pairs of tasks pull against each other, on the mean of 500 steps, "
        + "most of all click and like")
  }

  @Test func anAlarmStaysUntilItIsATenthBetter() throws {
    // 6 of 11 looks: 55 %, above 54 %.
    let standing = GradientAlarm.all(in: conflicts(6))
    #expect(GradientAlarm.all(in: conflicts(5), standing: standing).count == 1)
    #expect(GradientAlarm.all(in: conflicts(4), standing: standing).isEmpty)
  }

  @Test func tooFewStepsOrLooksSayNothing() {
    #expect(GradientAlarm.all(in: conflicts(10, Array(everyFifty.prefix(10)))).isEmpty)
    #expect(GradientAlarm.all(in: conflicts(10, [100, 700])).isEmpty)
    #expect(!GradientAlarm.all(in: conflicts(10)).isEmpty)
    #expect(GradientAlarm.all(in: GradientCourse()).isEmpty)
  }

  private func norms(_ longest: Double, _ next: Double = 3) -> GradientCourse {
    course(everyFifty, tasks: ["like", "click", "buy"]) { _ in
      [next * next, 0, 0, 0, longest * longest, 0, 0, 0, 1]
    }
  }

  @Test func aNormTenTimesTheOthers() throws {
    #expect(GradientAlarm.all(in: norms(30)).isEmpty)
    let alarms = GradientAlarm.all(in: norms(36))
    #expect(alarms.map(\.kind) == [.dominance])
    #expect(alarms.first?.tasks == ["click", "like"])
    #expect(
      alarms.first?.sentence
        == "the gradient of click is 12 times as long as that of like, the next one: it decides "
        + "where shared numbers go")
    #expect(GradientAlarm.all(in: norms(28), standing: alarms).count == 1)
    #expect(GradientAlarm.all(in: norms(26), standing: alarms).isEmpty)
    #expect(GradientAlarm.all(in: norms(5, 0)).isEmpty)
  }
}

/// The looks that are kept, and windows over them.
@Suite struct GradientCourseTests {
  @Test func windowsReachBackFarEnoughAndHoldEnoughLooks() {
    let course = course(everyFifty) { [1, Double($0), Double($0), 1e9] }
    #expect(course.window(of: 500).map(\.step) == Array(stride(from: 200, through: 700, by: 50)))
    #expect(course.window(of: 100).count == GradientCourse.fewest)
    #expect(course.window(of: 100, upTo: 3).map(\.step) == [100, 150, 200, 250])
    #expect(GradientCourse().window(of: 10).isEmpty)
  }

  /// Looks at 100 to 700, none for 8,000 steps, and again at 8,700 to 8,800.
  @Test func aWindowEndsWhereNobodyLooked() {
    let later = [8_700, 8_750, 8_800]
    let left = course(everyFifty + later) { _ in [1, 1, 1, 1] }
    #expect(left.window(of: 500).map(\.step) == later)
    #expect(left.window(of: 500, upTo: everyFifty.count - 1).last?.step == 700)
    // A gap as long as the window is none.
    let apart = course([0, 500, 1_001]) { _ in [1, 1, 1, 1] }
    #expect(apart.window(of: 500, upTo: 1).count == 2 && apart.window(of: 500).count == 1)
  }

  @Test func ratesAreMeansOfTheWindowBefore() {
    let course = course(everyFifty) { step in
      let product = step < 400 ? -1.0 : 1.0
      return [4, product, product, 4]
    }
    let rates = course.conflictRates(over: 100)
    #expect(rates.map(\.step) == everyFifty)
    #expect(rates[5].rate == 1)
    // Ten looks, 250 to 700: three of them before 400.
    #expect(rates[12].rate == 0.3)
  }

  @Test func otherTasksBeginAnew() {
    var course = course([1, 2, 3]) { _ in [1, 0, 0, 1] }
    course.add(
      GradientSnapshot(
        step: 4, rows: 8, tasks: ["like"], losses: [1], rate: 0.1, weights: [1],
        tensors: [.init(name: "trunk", isTable: false, count: 9, gram: GramMatrix([4], count: 1))],
        cost: .init(seconds: 0.01)))
    #expect(course.samples.count == 4)
    #expect(course.window(of: 100).map(\.step) == [4])
  }

  @Test func memoryIsBoundedAndTheNewestLookStays() {
    let course = course(Array(0..<2_000)) { _ in [1, 0, 0, 1] }
    #expect(course.samples.count < GradientCourse.capacity)
    #expect((course.samples.last?.step ?? 0) > 1_980)
    #expect(course.samples.first?.step ?? 99 < 16)
  }

  @Test func goingBackForgetsWhatCameLater() {
    let course = course([10, 20, 30, 15]) { _ in [1, 0, 0, 1] }
    #expect(course.samples.map(\.step) == [10, 15])
  }
}
