import Graph
import Models
import Runs
import Tensors

extension Lottery {
  /// Visits where the lottery stands: its stage, all masks that were tried, and where it goes back to.
  ///
  /// The trainer is visited before: the masks in use are numbers of its store.
  func visit(_ archive: inout Archive) throws(ArchiveError) {
    try visitStage(&archive)
    try archive.number("epochs-in-stage", &epochsInStage, in: Archive.counts)
    try archive.number("draws", &draws, in: 0...(1 << 32))
    try archive.flags("was-on", &wasOn, count: tasks.count)
    try archive.value("remarks", &remarks)
    try archive.part("ladder", visitLadder)
    try visitChosen(&archive)
    try archive.part("best", visitBest)
    var point: ParameterCopy? = rewindPoint
    try archive.part("rewind-point") { archive throws(ArchiveError) in
      try trainer.store.visit(copy: &point, .trained, in: &archive)
    }
    guard let point else { throw archive.invalid("rewind-point", "there is none to go back to") }
    rewindPoint = point
    if archive.isLoading { phase = words }
  }

  private func visitStage(_ archive: inout Archive) throws(ArchiveError) {
    var (kind, task, round): (StageKind, Int?, Int?) = (.warmUp, nil, nil)
    switch stage {
    case .warmUp: break
    case .search(let own, let number): (kind, task, round) = (.search, own, number)
    case .joint: kind = .joint
    }
    try archive.word("stage", &kind)
    try archive.number("task", &task, in: 0...(tasks.count - 1))
    try archive.number("round", &round, in: 0...plan.schedule.rounds)
    switch (kind, task, round) {
    case (.warmUp, nil, nil): stage = .warmUp
    case (.search, .some(let task), .some(let round)): stage = .search(task: task, round: round)
    case (.joint, nil, nil): stage = .joint
    default: throw archive.invalid("stage", "a \(kind.rawValue) has another task and round")
    }
  }

  private enum StageKind: String {
    case warmUp = "warm-up"
    case search
    case joint
  }

  private func visitLadder(_ archive: inout Archive) throws(ArchiveError) {
    var (found, rounds) = (ladder.map(\.task), ladder.map(\.round))
    var (densities, scores) = (ladder.map(\.density), ladder.map(\.score))
    var masks = ladder.flatMap { $0.masks.flatMap { $0.map { $0 != 0 } } }
    let sizes = plan.layers.map { $0.inputs * $0.outputs }
    try archive.numbers("tasks", &found)
    let count = found.count
    try archive.numbers("rounds", &rounds, count: count, in: 0...plan.schedule.rounds)
    try archive.numbers("densities", &densities, count: count)
    try archive.numbers("scores", &scores, count: count)
    try archive.flags("masks", &masks, count: count * sizes.reduce(0, +))
    guard found.allSatisfy(tasks.indices.contains) else {
      throw archive.invalid("tasks", "\(found) are not all tasks of \(tasks.count)")
    }
    guard archive.isLoading else { return }
    var left = masks[...]
    ladder = found.indices.map { rung in
      let layers = sizes.map { size -> [Float] in
        defer { left = left.dropFirst(size) }
        return left.prefix(size).map { $0 ? 1 : 0 }
      }
      return Rung(
        task: found[rung], round: rounds[rung], density: densities[rung], score: scores[rung],
        masks: layers)
    }
  }

  private func visitChosen(_ archive: inout Archive) throws(ArchiveError) {
    for task in tasks.indices {
      var rung = chosen[task]
      try archive.number("chosen/task-\(task)", &rung, in: 0...max(0, ladder.count - 1))
      if let rung, !ladder.indices.contains(rung) || ladder[rung].task != task {
        throw archive.invalid("chosen/task-\(task)", "rung \(rung) is not one of task \(task)")
      }
      chosen[task] = rung
    }
  }

  private func visitBest(_ archive: inout Archive) throws(ArchiveError) {
    var (score, copy) = (best?.score, best?.copy)
    try archive.number("score", &score)
    try trainer.store.visit(copy: &copy, .trained, in: &archive)
    switch (score, copy) {
    case (.some(let score), .some(let copy)): best = (score, copy)
    case (nil, nil): best = nil
    default: throw archive.invalid("best", "a score without numbers, or numbers without a score")
    }
  }
}
