import Runs
import Testing

@testable import Training

@Suite("Scheduled commands before the first step") struct ScheduleCheckTests {
  private let names = CommandNames(
    tasks: ["click", "watch"],
    dials: [Dial(name: "temperature", summary: "", range: 0.1...10, start: 1)], expertCount: 3)

  private func problem(_ command: Command, _ names: CommandNames) -> ScheduleError.Problem? {
    do {
      try names.check([
        .init(step: 1, command: .evaluate), .init(step: 7, command: command),
      ])
      return nil
    } catch {
      #expect(error.scheduled.step == (names.isFitted ? 1 : 7))
      return error.problem
    }
  }

  @Test(
    "what the run has is taken",
    arguments: [
      Command.setTask("watch", isOn: false), .setTaskWeight("click", 2),
      .setDial("temperature", 0.1), .setDial("temperature", 10), .knockOut(2), .undo, .redo,
      .stop, .pause, .resume, .step(3), .setLearningRateFactor(0.5), .evaluate,
      .knockOutAll(.waits), .cancel,
    ])
  func known(command: Command) { #expect(problem(command, names) == nil) }

  @Test("what it has not is named") func unknown() {
    let tasks = ["click", "watch"]
    #expect(
      problem(.setTask("clik", isOn: true), names)
        == .unknown("task", "clik", known: tasks))
    #expect(
      problem(.setTaskWeight("Watch", 1), names) == .unknown("task", "Watch", known: tasks))
    #expect(
      problem(.setDial("heat", 1), names) == .unknown("dial", "heat", known: ["temperature"]))
    #expect(problem(.setDial("temperature", 11), names) == .outside(names.dials[0], 11))
    #expect(problem(.knockOut(3), names) == .noExpert(3, count: 3))
    let plain = CommandNames(tasks: tasks, dials: [], expertCount: nil)
    #expect(problem(.knockOut(0), plain) == .noExperts)
    #expect(problem(.setDial("heat", 1), plain) == .unknown("dial", "heat", known: []))
    let fitted = CommandNames(tasks: tasks, dials: [], expertCount: nil, isFitted: true)
    #expect(problem(.stop, fitted) == .fitted)
  }

  @Test("messages name the near one, harmless") func words() throws {
    let error = ScheduleError(
      scheduled: .init(step: 500, command: .setTask("cli\u{1B}k", isOn: false)),
      problem: .unknown("task", "cli\u{1B}k", known: ["click", "watch"]))
    #expect(
      error.description == """
        --at 500:task.off=cli\\u{1B}k: this run has no task of that name.
          found: 'cli\\u{1B}k'
          known: click, watch
          fix:   did you mean 'click'?
        """)
    let range = ScheduleError(
      scheduled: .init(step: 5, command: .setDial("temperature", 11)),
      problem: .outside(names.dials[0], 11))
    #expect(range.description.hasSuffix("fix:   temperature takes numbers from 0.1 to 10.0"))
    let none = ScheduleError(
      scheduled: .init(step: 5, command: .knockOut(9)), problem: .noExpert(9, count: 8))
    #expect(none.description.hasSuffix("found: 9\n  fix:   the model has experts 0 to 7"))
  }
}
