/// A value of a model, by row, that somebody may look at: told by what it is.
public enum Watched: Sendable, Hashable {
  /// What a task's tower answers.
  case logit(_ task: String)
  /// How a gate weighs experts: the task that it serves or `shared`, and its level in a model that
  /// counts them.
  case gate(_ owner: String, level: Int? = nil)
  /// What an attention takes of what it looks at: by the task whose it is, or by what looks at what.
  case attention(_ name: String)
  /// What the experts give whose outputs lie in a node.
  case experts(node: Int)
  /// Another value by the name that the model gives it.
  case value(_ name: String)
  /// A value of a part of the model, which is a model itself.
  indirect case part(_ name: String, Watched)
}

extension Watched: CustomStringConvertible {
  /// `logits.click`, `levels.0.gates.click`: for messages, never to look a value up.
  public var description: String {
    switch self {
    case .logit(let task): "logits.\(task)"
    case .gate(let owner, nil): "gates.\(owner)"
    case .gate(let owner, let level?): "levels.\(level).gates.\(owner)"
    case .attention(let name): "attention.\(name)"
    case .experts(let node): "experts.\(node)"
    case .value(let name): name
    case .part(let name, let watched): "\(name).\(watched)"
    }
  }
}
