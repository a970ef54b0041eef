import Runs
import Testing
import TrainingFixtures

@testable import Training

/// What a run still answers after its end: questions, on the parameters that were kept.
@Suite struct QuestionTests {
  private func endedRun() throws -> (run: SessionRun, summary: RunSummary, kept: Evaluation) {
    var configuration = TrainingConfiguration()
    configuration.model = "mmoe"
    configuration.modelOptions = ["experts": "3", "expert": "8", "tower": "4"]
    configuration.threads = 1
    configuration.batchSize = 50
    configuration.epochs = 60
    configuration.patience = 2
    // So fast that scores soon go down: the last step is not the kept one.
    configuration.learningRate = 0.05
    let run = SessionRun(configuration, problem: TinyProblem(rows: 1_000))
    let events = run.untilEnd()
    let summary = try #require(run.summary(of: events))
    #expect(summary.bestStep < summary.step)
    let kept = try #require(run.validations(of: events).last { $0.step == summary.bestStep })
    return (run, summary, kept)
  }

  @Test func questionsAreAnsweredOnTheKeptParameters() throws {
    let (run, summary, kept) = try endedRun()
    for command in [Command.knockOut(1), .evaluate] { _ = run.session.send(command) }
    let events = run.until { if case .knockedOut = $0 { true } else { false } }
    var found: KnockOut?
    for case .knockedOut(let knockOut) in events { found = knockOut }
    let knockOut = try #require(found)
    #expect(knockOut.step == summary.bestStep && knockOut.expert == "E1")
    #expect(knockOut.with.map(\.value) == kept.tasks.map { $0.scores[0].value })
    #expect(zip(knockOut.with, knockOut.without).contains { $0.value != $1.value })
    let again = try #require(run.validations(of: events).last)
    #expect(again.step == summary.bestStep && again.isBest)
    #expect(again.tasks.map(\.scores) == kept.tasks.map(\.scores))
    for case .acknowledged(let answer) in events { #expect(answer.outcome == .applied) }
  }

  @Test func whatWouldChangeTheRunIsRefused() throws {
    let (run, _, _) = try endedRun()
    let task = TinyProblem(rows: 10).dataset().tasks[0].name
    let commands: [Command] = [
      .setTask(task, isOn: false), .setTaskWeight(task, 2), .setLearningRateFactor(2), .undo,
      .redo, .pause, .resume, .step(1), .stop, .knockOut(3),
    ]
    for command in commands { _ = run.session.send(command) }
    let events = run.until {
      if case .acknowledged(let answer) = $0 { answer.command == .knockOut(3) } else { false }
    }
    var reasons: [String] = []
    for case .acknowledged(let answer) in events {
      if case .refused(let reason) = answer.outcome { reasons.append(reason) }
    }
    #expect(reasons.count == commands.count)
    #expect(reasons.dropLast().allSatisfy { $0 == "the run has ended" })
    #expect(reasons.last == "there are experts 0 to 2, found 3")
  }
}
