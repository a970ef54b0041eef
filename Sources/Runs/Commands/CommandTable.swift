/// The commands that a person may type.
///
/// The engine's own are the same for `--at` and for the explorer's `:`; the explorer adds those of
/// its screens.
public struct CommandTable: Sendable {
  /// In the order of help.
  public let entries: [CommandEntry]
  /// Whether a screen is there to ask for what was left out.
  public let isOnScreen: Bool

  /// A table of commands.
  public init(_ entries: [CommandEntry], isOnScreen: Bool) {
    self.entries = entries
    self.isOnScreen = isOnScreen
  }

  /// What the engine does, as `--at` takes it.
  public static let engine = CommandTable(engineEntries, isOnScreen: false)

  /// The entry of this name.
  public subscript(name: String) -> CommandEntry? { entries.first { $0.name == name } }

  /// Every name and every spelling with `=`, in the order of the table.
  public var names: [String] { entries.flatMap { [$0.name] + $0.assignments.map(\.name) } }

  /// How each command is written, in the order of the table.
  public var usages: [String] { entries.map { $0.usage(onScreen: isOnScreen) } }
}

extension CommandTable {
  /// The engine's commands.
  public static let engineEntries: [CommandEntry] = changes + steering

  private static let task = CommandArgument("TASK", .name(.task))

  /// A balancer and what is chosen about it.
  private static let balancer = [
    CommandArgument("NAME", .name(.balancer)),
    CommandArgument("NAME=VALUE", kinds: [.setting], presence: .optional, repeats: true),
  ]

  /// What changes how the model is trained.
  private static let changes: [CommandEntry] = [
    .engine(
      "task", [task, CommandArgument("", .word(["on", "off"]), presence: .askedOnScreen)],
      summary: "train the task, or do not",
      assignments: [
        .init(name: "task.on", trailing: ["on"], summary: "train the task"),
        .init(name: "task.off", trailing: ["off"], summary: "leave the task out"),
      ]
    ) { values in
      guard case .text(let task)? = values.first, case .text(let state)? = values.dropFirst().first
      else { return nil }
      return .setTask(task, isOn: state == "on")
    },
    .engine(
      "weight", [task, CommandArgument("W", .factor, presence: .askedOnScreen)],
      summary: "weight of the task's loss",
      assignments: [
        .init(name: "task.weight", trailing: [], summary: "weigh the task's loss by W")
      ]
    ) { values in
      guard case .text(let task)? = values.first,
        case .number(let weight)? = values.dropFirst().first
      else { return nil }
      return .setTaskWeight(task, weight)
    },
    .engine(
      "weight reset", [CommandArgument("TASK", .name(.task), presence: .askedOnScreen)],
      summary: "weight 1 again"
    ) { values in
      guard case .text(let task)? = values.first else { return nil }
      return .setTaskWeight(task, 1)
    },
    .engine(
      "lr", [CommandArgument("xFACTOR", .factor, presence: .askedOnScreen)],
      summary: "factor on learning rate",
      assignments: [
        .init(name: "lr.factor", trailing: [], summary: "multiply the learning rate")
      ]
    ) { values in
      guard case .number(let factor)? = values.first else { return nil }
      return .setLearningRateFactor(factor)
    },
    .engine(
      "dial",
      [
        CommandArgument("NAME", .name(.dial)),
        CommandArgument("X", .dialValue, presence: .askedOnScreen),
      ],
      summary: "set a number of the model",
      assignments: [.init(name: "dial", trailing: [], summary: "set a number of the model")]
    ) { values in
      guard case .text(let dial)? = values.first,
        case .number(let value)? = values.dropFirst().first
      else { return nil }
      return .setDial(dial, value)
    },
    .engine(
      "balancer",
      balancer, summary: "how the tasks' losses and gradients are put together",
      assignments: [
        .init(name: "balancer", trailing: [], summary: "put the tasks' gradients together so")
      ]
    ) { values in
      BalancerSetting(values).map { .setBalancer($0) }
    },
    plain("undo", .undo, "take back the last action"),
    plain("redo", .redo, "do again what was undone"),
  ]

  /// What steers the run and asks it for scores.
  private static let steering: [CommandEntry] = [
    plain("pause", .pause, "wait before the next step"),
    plain("resume", .resume, "go on after a pause"),
    .engine(
      "step", [CommandArgument("N", .count(1...Int.max), presence: .optional)],
      summary: "N steps or one, then pause",
      assignments: [.init(name: "step", trailing: [], summary: "take N steps, then pause")]
    ) { values in
      guard case .count(let count)? = values.first else { return .step(1) }
      return .step(count)
    },
    .engine(
      "run", [CommandArgument("N", .count(1...Int.max))], summary: "N steps, then pause"
    ) { values in
      guard case .count(let count)? = values.first else { return nil }
      return .step(count)
    },
    .engine(
      "pace", [CommandArgument("N", .number(0.001...1_000_000), .number(0...0), .word(["off"]))],
      summary: "steps a second at most; 0: no limit",
      assignments: [.init(name: "pace", trailing: [], summary: "steps a second at most")]
    ) { values in
      if case .number(let pace)? = values.first { return .setPace(pace) }
      return values.isEmpty ? nil : .setPace(0)
    },
    plain("evaluate", .evaluate, "score validation rows now"),
    .engine(
      "knock out", [CommandArgument("EXPERT", .expert, presence: .askedOnScreen)],
      summary: "score without the expert",
      assignments: [.init(name: "expert.without", trailing: [], summary: "score without an expert")]
    ) { values in
      guard case .count(let expert)? = values.first else { return nil }
      return .knockOut(expert)
    },
    .engine(
      "matrix",
      [
        CommandArgument(
          "", .word(TrainingMeanwhile.allCases.map(\.rawValue)), presence: .optional)
      ],
      summary: "score without each expert; training waits or goes on",
      assignments: [
        .init(name: "expert.matrix", trailing: [], summary: "score without each expert")
      ]
    ) { values in
      guard case .text(let word)? = values.first else { return .knockOutAll(.waits) }
      return TrainingMeanwhile(rawValue: word).map { .knockOutAll($0) }
    },
    .engine(
      "thin",
      [task, CommandArgument("SHARE", .number(0.001...0.999), presence: .askedOnScreen)],
      summary: "score with a share of the task's mask pruned",
      assignments: [
        .init(name: "mask.thin", trailing: [], summary: "score with a thinner mask")
      ]
    ) { values in
      guard case .text(let task)? = values.first,
        case .number(let share)? = values.dropFirst().first
      else { return nil }
      return .thinMask(task, share: share)
    },
    .engine(
      "shadow", [task], summary: "the same run without the task, beside this one",
      assignments: [
        .init(name: "shadow.without", trailing: [], summary: "a run without a task beside this one")
      ]
    ) { values in
      guard case .text(let task)? = values.first else { return nil }
      return .shadow(without: task)
    },
    .engine(
      "shadow balancer", balancer, summary: "the same run under another balancer, beside this one",
      assignments: [
        .init(
          name: "shadow.balancer", trailing: [],
          summary: "a run under another balancer beside this one")
      ]
    ) { values in
      BalancerSetting(values).map { .shadowUnder($0) }
    },
    plain("shadow drop", .dropShadow, "give up the run beside this one"),
    plain("cancel", .cancel, "give up what is being scored"),
    plain("stop", .stop, "end the run, keep results"),
  ]

  private static func plain(_ name: String, _ command: Command, _ summary: String) -> CommandEntry {
    .engine(name, summary: summary) { _ in command }
  }
}

extension BalancerSetting {
  /// The balancer that a person has written.
  fileprivate init?(_ values: [ArgumentValue]) {
    guard case .text(let name)? = values.first else { return nil }
    self.init(name)
    for case .setting(let option, let value) in values.dropFirst() { options[option] = value }
  }
}

extension CommandTable {
  /// The rows of a table in Markdown: in words, with `=`, what it does.
  public var markdown: String {
    entries.map { entry in
      let assignments = entry.assignments.map { "`\(Self.cell(entry.usage(of: $0)))`" }
      let usage = Self.cell(entry.usage(onScreen: isOnScreen))
      return "| `\(usage)` | \(assignments.joined(separator: ", ")) | \(entry.summary) |"
    }.joined(separator: "\n")
  }

  private static func cell(_ text: String) -> String {
    text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
  }
}
