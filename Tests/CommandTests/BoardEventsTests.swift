import Interface
import Runs
import Testing
import Training

@testable import mtl_tui

@Suite struct BoardEventsTests {
  private var run: ReportedRun {
    let description = RunDescription(
      model: "mmoe", modelTitle: "MMoE", data: "sample",
      tasks: [TaskDescription(name: "click", kind: .binary, labelMean: 0.2)],
      categoricalColumns: [], trainingRows: 1, validationRows: 1, testRows: 1, parameterCount: 1,
      batchSize: 1, stepsPerEpoch: 1, epochs: 1, seed: 1)
    var bin = LossBin(task: 0, step: 3)
    bin.add(0.5, step: 4)
    let scores = TaskScores(
      task: "click",
      scores: [
        Score(name: "auc", value: 0.75, higherIsBetter: true),
        Score(name: "ne", value: .nan, higherIsBetter: false),
      ])
    let evaluation = Evaluation(
      step: 5, epoch: 1, split: .validation, tasks: [scores], score: 0.75, isBest: true)
    return ReportedRun(
      id: "a", description: description, bins: [bin, LossBin(task: 0, step: 9)],
      events: [.evaluated(evaluation)])
  }

  private func contains(_ board: BoardEvents, _ text: String) -> Bool {
    board.events.bytes.firstRange(of: Array(text.utf8)) != nil
  }

  @Test("losses that are numbers, and scores that are defined, each under its task")
  func scalars() {
    let board = BoardEvents(run, started: 1)
    #expect(board.events.count == 2)
    #expect(contains(board, "loss/click"))
    #expect(contains(board, "validation_auc/click"))
    #expect(!contains(board, "validation_ne"))
  }

  @Test("a histogram for each expert of a gate")
  func gates() {
    var board = BoardEvents(run, started: 1)
    let gate = GateSnapshot(
      name: "click", experts: ["E0", "E1"], mean: [0.5, 0.5], deviation: [0, 0], low: [0, 0],
      high: [1, 1], topShare: [1, 0], entropy: 1, rows: 2, step: 5)
    board.add([AnsweredGate(snapshot: gate, weights: [[0.25, 0.75], [0.75, 0.25]])], step: 5)
    #expect(board.events.count == 4)
    #expect(contains(board, "gate_click/E0") && contains(board, "gate_click/E1"))
  }
}
