/// The choices of a model whose masks are found by a lottery.
public protocol LotteryConfiguration: ModelConfiguration {
  /// How its masks are found and used.
  var schedule: LotterySchedule { get set }
}

extension LotteryConfiguration {
  /// The schedule's choices by name.
  static var scheduleOptions: [ModelOption<Self>] {
    [
      ModelOption("warm-up", .whole(\.schedule.warmUpEpochs), "dense epochs before pruning"),
      ModelOption("rounds", .whole(\.schedule.rounds), "prunings of each task"),
      ModelOption(
        "rate", .number(\.schedule.rate, in: 0...0.999),
        "share of what is left that a round drops"),
      ModelOption("round-epochs", .count(\.schedule.epochsPerRound), "epochs of a round"),
      ModelOption(
        "scope", .word(\.schedule.scope, of: ["global", "layer"]),
        "one threshold for all layers, or one for each"),
      ModelOption(
        "quantile", .word(\.schedule.quantile, of: ["order", "linear"]),
        "how the threshold is found among the magnitudes"),
      ModelOption(
        "min-sparsity", .number(\.schedule.leastSparsity, in: 0...0.999),
        "a chosen mask has dropped more than this share; 0: any mask"),
      ModelOption(
        "rewind", .word(\.schedule.rewind, of: ["warm-up", "start"]),
        "where a task goes back to after a round"),
      ModelOption(
        "masks", .word(\.schedule.masks, of: ["search", "random"]), "found by pruning, or drawn"),
      ModelOption(
        "alternation", .word(\.schedule.alternation, of: ["turns", "batches", "epochs", "joint"]),
        "how tasks take turns when they train together"),
      ModelOption(
        "moments", .word(\.schedule.moments, of: ["shared", "strict", "per-task"]),
        "whether a task's step may move what its mask leaves out"),
    ]
  }
}

extension LotteryConfiguration {
  /// Refuses moments of turns where no task has a turn.
  func checkSchedule(of model: String) throws(ModelError) {
    guard schedule.alternation == "joint", schedule.moments != "shared" else { return }
    throw .badValue(
      model: model, option: "moments", found: schedule.moments,
      expected: "shared: with alternation=joint no task has a turn of its own")
  }
}
