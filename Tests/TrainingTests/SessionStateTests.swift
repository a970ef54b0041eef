import Runs
import Tensors
import Testing

@testable import Training

/// What a person may set and undo, as a table of commands and answers.
@Suite struct SessionStateTests {
  private func state(_ tasks: [String] = ["income", "marital"]) -> SessionState {
    SessionState(tasks: tasks, isPaused: false)
  }

  @Test func pauseAndResume() {
    var one = state()
    #expect(one.handle(.pause) == .init(effect: .pause, actions: []))
    #expect(one.isPaused)
    #expect(one.handle(.resume) == .init(effect: .resume, actions: []))
    #expect(!one.isPaused && one.stepsLeft == nil)
    #expect(one.handle(.stop).actions == [.stop])
    #expect(one.handle(.evaluate).actions == [.evaluate])
  }

  @Test func stepsThenPauses() {
    var one = SessionState(tasks: ["income"], isPaused: true)
    _ = one.handle(.step(2))
    #expect(!one.isPaused)
    one.stepTaken()
    #expect(!one.isPaused)
    _ = one.handle(.step(1))
    one.stepTaken()
    one.stepTaken()
    #expect(one.isPaused && one.stepsLeft == nil)
    _ = one.handle(.step(5))
    _ = one.handle(.resume)
    for _ in 0..<10 { one.stepTaken() }
    #expect(!one.isPaused)
    _ = one.handle(.step(5))
    _ = one.handle(.pause)
    _ = one.handle(.step(1))
    one.stepTaken()
    #expect(one.isPaused)
  }

  /// Two large counts together are more than a number holds.
  @Test func stepsAddUpWithoutOverflow() {
    var one = state()
    _ = one.handle(.step(.max))
    _ = one.handle(.step(.max))
    one.stepTaken()
    #expect(!one.isPaused && one.stepsLeft == .max - 1)
  }

  @Test func changesAndTheirActions() {
    var one = state()
    #expect(one.handle(.setTask("marital", isOn: false)).actions == [.setTask(1, isOn: false)])
    #expect(one.isOn == [true, false])
    #expect(one.handle(.setTaskWeight("income", 0.25)).actions == [.setWeight(0, 0.25)])
    #expect(one.weights == [0.25, 1])
    #expect(one.handle(.setLearningRateFactor(3)).actions == [.setRateFactor(3)])
    #expect(one.rateFactor == 3)
  }

  @Test func undoAndRedo() {
    var one = state()
    _ = one.handle(.setTaskWeight("income", 2))
    _ = one.handle(.setTask("marital", isOn: false))
    _ = one.handle(.setLearningRateFactor(0.5))
    let changed = (one.isOn, one.weights, one.rateFactor)
    #expect(
      one.handle(.undo) == .init(effect: .setLearningRateFactor(1), actions: [.setRateFactor(1)]))
    #expect(
      one.handle(.undo)
        == .init(effect: .setTask("marital", isOn: true), actions: [.setTask(1, isOn: true)]))
    #expect(
      one.handle(.undo) == .init(effect: .setTaskWeight("income", 1), actions: [.setWeight(0, 1)]))
    #expect((one.isOn, one.weights, one.rateFactor) == ([true, true], [1, 1], 1))
    for _ in 0..<3 { _ = one.handle(.redo) }
    #expect((one.isOn, one.weights, one.rateFactor) == changed)
    #expect(one.handle(.redo) == .init(effect: .redo, actions: [.refuse("nothing to redo")]))
  }

  @Test func nothingToUndo() {
    var one = state()
    #expect(one.handle(.undo) == .init(effect: .undo, actions: [.refuse("nothing to undo")]))
    _ = one.handle(.pause)
    #expect(one.handle(.undo).actions == [.refuse("nothing to undo")])
  }

  @Test func aNewChangeForgetsWhatWasUndone() {
    var one = state()
    _ = one.handle(.setTaskWeight("income", 2))
    _ = one.handle(.undo)
    _ = one.handle(.setTaskWeight("income", 3))
    #expect(one.handle(.redo).actions == [.refuse("nothing to redo")])
    #expect(one.handle(.undo).effect == .setTaskWeight("income", 1))
  }

  /// Any commands, all undone, lead back to the start; all redone, back again.
  @Test(arguments: UInt64(1)...10) func longChains(seed: UInt64) {
    var one = state(["a", "b", "c"])
    let random = RandomCommands(seed: seed)
    for draw in 0..<60 { _ = one.handle(random.change(UInt64(draw), tasks: one.tasks)) }
    let end = (one.isOn, one.weights, one.rateFactor)
    while one.handle(.undo).actions != [.refuse("nothing to undo")] {}
    #expect((one.isOn, one.weights, one.rateFactor) == ([true, true, true], [1, 1, 1], 1))
    while one.handle(.redo).actions != [.refuse("nothing to redo")] {}
    #expect((one.isOn, one.weights, one.rateFactor) == end, "seed \(seed)")
  }

  /// Changes that are made as one are taken back as one, the last one first, and made again.
  @Test func changesTogether() {
    var one = state()
    _ = one.handle(
      .together([
        .setTaskWeight("income", 2), .setTaskWeight("income", 3), .setTask("marital", isOn: false),
      ]))
    #expect(one.weights == [3, 1] && one.isOn == [true, false])
    #expect(
      one.handle(.undo).actions == [
        .setTask(1, isOn: true), .setWeight(0, 2), .setWeight(0, 1),
      ])
    #expect(one.weights == [1, 1] && one.isOn == [true, true])
    #expect(one.handle(.undo).actions == [.refuse("nothing to undo")])
    _ = one.handle(.redo)
    #expect(one.weights == [3, 1] && one.isOn == [true, false])
  }

  @Test func theLastTaskStaysOn() {
    var one = state()
    _ = one.handle(.setTask("income", isOn: false))
    let before = one
    #expect(
      one.handle(.setTask("marital", isOn: false)).actions == [
        .refuse("marital is the only task that is on; pause instead, or turn another one on first")
      ])
    #expect(one == before)
    #expect(one.handle(.setTask("income", isOn: false)).actions == [.setTask(0, isOn: false)])
  }

  /// Changes that are made as one are refused as one, where the second could not be made alone.
  @Test func theLastTaskStaysOnInWholeActions() {
    var one = state()
    let off = ["income", "marital"].map { Command.setTask($0, isOn: false) }
    #expect(
      one.handle(.together(off)).actions == [
        .refuse("marital is the only task that is on; pause instead, or turn another one on first")
      ])
    #expect(one == state())
    _ = one.handle(off[0])
    #expect(one.handle(.together([.setTask("income", isOn: true), off[1]])).actions.count == 2)
    #expect(one.isOn == [true, false])
  }

  @Test func unknownTasks() {
    var one = state()
    let before = one
    #expect(
      one.handle(.setTask("incmoe", isOn: false)).actions == [
        .refuse("no task 'incmoe'; did you mean 'income'? (tasks: income, marital)")
      ])
    #expect(
      one.handle(.setTaskWeight("weather", 1)).actions == [
        .refuse("no task 'weather' (tasks: income, marital)")
      ])
    #expect(one == before)
  }
}

/// Changes drawn from a seed.
private struct RandomCommands {
  let random: RandomSource
  init(seed: UInt64) { random = RandomSource(seed: seed, .test) }

  func change(_ draw: UInt64, tasks: [String]) -> Command {
    let task = tasks[random.index(below: tasks.count, draw, 1)]
    return switch random.index(below: 3, draw, 0) {
    case 0: .setTask(task, isOn: random.index(below: 2, draw, 2) == 0)
    case 1: .setTaskWeight(task, random.uniform(draw, 3))
    default: .setLearningRateFactor(random.uniform(draw, 4))
    }
  }
}
