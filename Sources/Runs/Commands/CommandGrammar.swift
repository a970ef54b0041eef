/// The text forms of a command.
///
/// ``description`` is the one of logs, JSON and `--at`: `task.off=income`, `task.weight=income:0.5`,
/// `lr.factor=0.5`, `dial=alpha:0.1`, `balancer=pcgrad`, `expert.without=3`, `expert.matrix=wait`,
/// `mask.thin=income:0.2`, `shadow.without=income`, `shadow.balancer=pcgrad`, `step=10`, `pace=5`, and
/// by name alone `pause`, `resume`, `stop`, `shadow drop`, `evaluate`, `cancel`, `undo`, `redo`.
/// ``typed`` is the one of the explorer's `:`:
/// `task income off`, `weight income 0.5`, `lr x0.5`. Changes that are one action have `+` between
/// them: `task.off=click + task.off=like`. Both are read everywhere; a name that could be read
/// otherwise has quotes: `task.off="a + b"`.
extension Command: CustomStringConvertible {
  /// The text form with `=`.
  public var description: String {
    switch self {
    case .pause: "pause"
    case .resume: "resume"
    case .step(let count): "step=\(count)"
    case .setPace(let pace): "pace=\(Self.text(ofPace: pace))"
    case .stop: "stop"
    case .setTask(let task, isOn: true): "task.on=\(CommandText.quoted(task))"
    case .setTask(let task, isOn: false): "task.off=\(CommandText.quoted(task))"
    case .setTaskWeight(let task, let weight):
      "task.weight=\(CommandText.quoted(task)):\(weight)"
    case .setLearningRateFactor(let factor): "lr.factor=\(factor)"
    case .setDial(let name, let value): "dial=\(CommandText.quoted(name)):\(value)"
    case .setBalancer(let balancer):
      balancer.options.isEmpty ? "balancer=\(balancer.name)" : typed
    case .together(let changes):
      changes.map(\.description).joined(separator: CommandText.and)
    case .knockOut(let expert): "expert.without=\(expert)"
    case .knockOutAll(let meanwhile): "expert.matrix=\(meanwhile.rawValue)"
    case .thinMask(let task, let share): "mask.thin=\(CommandText.quoted(task)):\(share)"
    case .shadow(let task): "shadow.without=\(CommandText.quoted(task))"
    case .shadowUnder(let balancer):
      balancer.options.isEmpty ? "shadow.balancer=\(balancer.name)" : typed
    case .dropShadow: "shadow drop"
    case .cancel: "cancel"
    case .evaluate: "evaluate"
    case .undo: "undo"
    case .redo: "redo"
    }
  }

  /// The text form of words.
  public var typed: String {
    switch self {
    case .step(let count): "step \(count)"
    case .setPace(let pace): "pace \(Self.text(ofPace: pace))"
    case .setTask(let task, let isOn):
      "task \(CommandTable.quoted(task, behind: "task")) \(isOn ? "on" : "off")"
    case .setTaskWeight(let task, let weight):
      "weight \(CommandTable.quoted(task, behind: "weight")) \(weight)"
    case .setLearningRateFactor(let factor): "lr x\(factor)"
    case .setDial(let name, let value):
      "dial \(CommandTable.quoted(name, behind: "dial")) \(value)"
    case .setBalancer(let balancer): "balancer \(balancer)"
    case .together(let changes): changes.map(\.typed).joined(separator: CommandText.and)
    case .knockOut(let expert): "knock out \(expert)"
    case .knockOutAll(let meanwhile): "matrix \(meanwhile.rawValue)"
    case .thinMask(let task, let share):
      "thin \(CommandTable.quoted(task, behind: "thin")) \(share)"
    case .shadow(let task): "shadow \(CommandTable.quoted(task, behind: "shadow"))"
    case .shadowUnder(let balancer): "shadow balancer \(balancer)"
    case .pause, .resume, .stop, .evaluate, .undo, .redo, .cancel, .dropShadow: description
    }
  }

  private static func text(ofPace pace: Double) -> String { pace > 0 ? shortest(pace) : "off" }

  /// Reads either text form.
  ///
  /// - Throws: ``CommandError``.
  public init(parsing text: String) throws(CommandError) {
    let parts = try CommandTable.engine.read(text).compactMap(\.command)
    self = parts.count == 1 ? parts[0] : .together(parts)
  }
}

extension CommandTable {
  /// A name in quotes, if it would be read as another one, or as a part of the command's name.
  static func quoted(_ name: String, behind command: String) -> String {
    let first = name.split(separator: " ").first.map(String.init) ?? ""
    let isPart = engineEntries.contains { $0.name.hasPrefix("\(command) \(first)") }
    return isPart && !first.isEmpty ? CommandText.inQuotes(name) : CommandText.quoted(name)
  }
}
