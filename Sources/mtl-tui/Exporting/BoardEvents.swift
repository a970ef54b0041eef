import Interface
import Runs
import Store
import Training

/// A run as events of TensorBoard.
///
///     loss/TASK              the mean loss of a bin, at its last step
///     validation_AUC/TASK    a score of the validation rows
///     test_AUC/TASK          a score of the test rows, at the step that was kept
///     gate_GATE/EXPERT       how the rows' weights of an expert are spread, at the step of a checkpoint
///
/// Steps have no times of their own in a run's folder: every event bears the time of the run's start.
struct BoardEvents {
  private(set) var events: TensorBoardEvents
  private let time: Double

  init(_ run: ReportedRun, started: Double) {
    events = TensorBoardEvents(time: started)
    time = started
    let tasks = run.description.tasks.map(\.name)
    for bin in run.bins where bin.count > 0 && tasks.indices.contains(bin.task) {
      events.scalar("loss/\(tasks[bin.task])", bin.mean, step: bin.lastStep, time: started)
    }
    for evaluation in run.evaluations { add(evaluation, "validation", step: evaluation.step) }
    if let test = run.test { add(test, "test", step: run.summary?.bestStep ?? test.step) }
  }

  private mutating func add(_ evaluation: Evaluation, _ split: String, step: Int) {
    for task in evaluation.tasks {
      for score in task.scores where score.value.isFinite {
        events.scalar("\(split)_\(score.name)/\(task.task)", score.value, step: step, time: time)
      }
    }
  }

  /// Adds how gates weighed their experts, row by row, at a step.
  mutating func add(_ gates: [AnsweredGate], step: Int) {
    for gate in gates {
      for (index, weights) in gate.weights.enumerated() {
        let experts = gate.snapshot.experts
        let name = experts.indices.contains(index) ? experts[index] : "E\(index)"
        events.histogram(
          "gate_\(gate.snapshot.name)/\(name)", weights.map(Double.init), step: step, time: time)
      }
    }
  }
}
