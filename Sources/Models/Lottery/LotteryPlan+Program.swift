extension LotteryPlan {
  /// Tasks in turns as the schedule says, with its moments.
  ///
  ///     shared      one optimiser's, so that a weight moves on by momentum in another task's turn
  ///     strict      one optimiser's, but what the task's masks leave out stands still
  ///     per-task    each task's own
  public var program: StepProgram {
    StepProgram(
      [
        Turn(
          moments: schedule.moments == "per-task" ? .task : .common,
          held: schedule.moments == "strict" ? held : [])
      ], alternation: Alternation(rawValue: schedule.alternation) ?? .joint)
  }

  /// By task, the masked weights with the masks that it trains.
  private var held: [[HeldWeight]] {
    (layers.first?.masks.indices ?? 0..<0).map { task in
      layers.map { layer in
        HeldWeight(
          layer.weight,
          masks: [layer.masks[task]] + (layer.negatives.isEmpty ? [] : [layer.negatives[task]]))
      }
    }
  }
}
