extension Command: Codable {
  /// Writes the line that is typed for it, ``description``.
  ///
  /// What no line stands for, as a weight below 0 that is to be refused, is written by its parts.
  public func encode(to encoder: any Encoder) throws {
    if (try? Command(parsing: description)) == self {
      var container = encoder.singleValueContainer()
      try container.encode(description)
    } else {
      try CommandInParts(self).encode(to: encoder)
    }
  }

  /// Reads either form.
  public init(from decoder: any Decoder) throws {
    guard let container = try? decoder.singleValueContainer(),
      let line = try? container.decode(String.self)
    else {
      self = try CommandInParts(from: decoder).command(readFrom: decoder)
      return
    }
    do throws(CommandError) {
      try self.init(parsing: line)
    } catch {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "'\(line)': \(error)")
    }
  }
}

/// A command as its name and what belongs to it, for those that no line stands for.
struct CommandInParts: Codable {
  var name: String
  var text: String?
  var number: Double?
  var count: Int?
  var isOn: Bool?
  var options: [String: String]?
  var changes: [Command]?

  init(_ command: Command) {
    switch command {
    case .pause: name = "pause"
    case .resume: name = "resume"
    case .step(let steps): (name, count) = ("step", steps)
    case .setPace(let pace): (name, number) = ("pace", pace)
    case .stop: name = "stop"
    case .setTask(let task, let state): (name, text, isOn) = ("task", task, state)
    case .setTaskWeight(let task, let weight): (name, text, number) = ("weight", task, weight)
    case .setLearningRateFactor(let factor): (name, number) = ("lr", factor)
    case .setDial(let dial, let value): (name, text, number) = ("dial", dial, value)
    case .setBalancer(let balancer):
      (name, text, options) = ("balancer", balancer.name, balancer.options)
    case .together(let parts): (name, changes) = ("together", parts)
    case .knockOut(let expert): (name, count) = ("knock out", expert)
    case .knockOutAll(let meanwhile): (name, text) = ("matrix", meanwhile.rawValue)
    case .thinMask(let task, let share): (name, text, number) = ("thin", task, share)
    case .shadow(let task): (name, text) = ("shadow", task)
    case .shadowUnder(let balancer):
      (name, text, options) = ("shadow balancer", balancer.name, balancer.options)
    case .dropShadow: name = "shadow drop"
    case .cancel: name = "cancel"
    case .evaluate: name = "evaluate"
    case .undo: name = "undo"
    case .redo: name = "redo"
    }
  }

  func command(readFrom decoder: any Decoder) throws -> Command {
    guard let command else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath, debugDescription: "no command '\(name)' of these parts"))
    }
    return command
  }

  private var command: Command? {
    switch name {
    case "pause": .pause
    case "resume": .resume
    case "step": count.map { .step($0) }
    case "pace": number.map { .setPace($0) }
    case "stop": .stop
    case "task": text.flatMap { task in isOn.map { .setTask(task, isOn: $0) } }
    case "weight": text.flatMap { task in number.map { .setTaskWeight(task, $0) } }
    case "lr": number.map { .setLearningRateFactor($0) }
    case "dial": text.flatMap { dial in number.map { .setDial(dial, $0) } }
    case "balancer":
      text.map { .setBalancer(BalancerSetting($0, options: options ?? [:])) }
    case "together": changes.map { .together($0) }
    case "knock out": count.map { .knockOut($0) }
    case "matrix": text.flatMap(TrainingMeanwhile.init).map { .knockOutAll($0) }
    case "thin": text.flatMap { task in number.map { .thinMask(task, share: $0) } }
    case "shadow": text.map { .shadow(without: $0) }
    case "shadow balancer":
      text.map { .shadowUnder(BalancerSetting($0, options: options ?? [:])) }
    case "shadow drop": .dropShadow
    case "cancel": .cancel
    case "evaluate": .evaluate
    case "undo": .undo
    case "redo": .redo
    default: nil
    }
  }
}
