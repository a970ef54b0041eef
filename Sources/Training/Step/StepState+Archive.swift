import Graph
import Models
import Objectives
import Tensors

extension StepState {
  /// Visits where the trainer stands and what a person has chosen, and what the newest step came to.
  ///
  /// Whether watched values are kept follows from who looks.
  mutating func visit(_ archive: inout Archive, turns: Int) throws(ArchiveError) {
    let tasks = weights.indices
    try archive.number("step", &step, in: Archive.counts)
    try archive.number("kept-step", &keptStep, in: Archive.counts)
    try archive.number("epoch", &epoch, in: Archive.counts)
    try archive.flags("is-on", &turn.isOn, count: tasks.count)
    try archive.number("restriction", &restriction, in: 0...(tasks.count - 1))
    try archive.numbers("weights", &weights, count: tasks.count)
    try archive.flags("has-trained", &hasTrained, count: tasks.count)
    try archive.part("turn") { archive throws(ArchiveError) in
      try archive.number("number", &turn.turn, in: 0...(turns - 1))
      try archive.number("task", &turn.task, in: 0...(tasks.count - 1))
      try archive.flags("active", &turn.active, count: tasks.count)
      try archive.sums("sums", &turn.sums)
      try archive.sums("terms", &turn.terms)
    }
    try visitBrokenTerm(&archive)
  }

  private mutating func visitBrokenTerm(_ archive: inout Archive) throws(ArchiveError) {
    var (task, loss) = (brokenTerm?.task, brokenTerm?.loss)
    try archive.number("broken-term/task", &task, in: 0...(weights.count - 1))
    try archive.number("broken-term/loss", &loss)
    brokenTerm = loss.map { (task, $0) }
  }
}

extension Archive {
  /// Visits sums, of which there are always as many.
  fileprivate mutating func sums(_ name: String, _ all: inout [LossSums]) throws(ArchiveError) {
    var numbers = all.flatMap { [$0.loss, $0.predictions, $0.labels, $0.rows] }
    try self.numbers(name, &numbers, shape: [all.count, 4])
    for index in all.indices {
      all[index].loss = numbers[4 * index]
      all[index].predictions = numbers[4 * index + 1]
      all[index].labels = numbers[4 * index + 2]
      all[index].rows = numbers[4 * index + 3]
    }
  }
}
