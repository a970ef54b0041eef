import Runs
import Testing
import TrainingFixtures

@testable import Training

/// How many steps a second are taken at most, and that a person may change it.
@Suite struct PaceTests {
  /// At one step in a thousand seconds the run would outlast the test.
  @Test func aSlowRunIsLetGo() throws {
    var configuration = SessionTests.configuration(epochs: 2)
    configuration.stepsPerSecondLimit = 0.001
    let run = SessionRun(configuration)
    run.session.send(.setPace(0))
    let events = run.untilEnd()
    #expect(run.summary(of: events)?.step == 32)
    let answers = events.compactMap { event -> Acknowledgement? in
      if case .acknowledged(let answer) = event { answer } else { nil }
    }
    #expect(answers.map(\.command) == [.setPace(0)])
    #expect(answers.first?.outcome == .applied)
  }

  @Test func aPaceHoldsBack() throws {
    var configuration = SessionTests.configuration(epochs: 1)
    configuration.startsPaused = true
    let run = SessionRun(configuration)
    run.session.send(.setPace(40))
    let began = ContinuousClock.now
    run.session.send(.resume)
    #expect(run.summary(of: run.untilEnd())?.step == 16)
    // Sixteen steps at 40 a second take 375 ms from the first to the last; 100 may be made up for.
    #expect(ContinuousClock.now - began > .milliseconds(270))
  }

  /// It changes no number of the model, so undo leaves it alone.
  @Test func itIsNoChange() {
    var state = SessionState(tasks: ["a", "b"], isPaused: false)
    #expect(state.handle(.setPace(5)) == .init(effect: .setPace(5), actions: [.setPace(5)]))
    #expect(state.handle(.undo).actions == [.refuse("nothing to undo")])
  }
}
