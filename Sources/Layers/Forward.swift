public import Graph

/// One pass through a model while it is traced.
public struct Forward {
  /// The trace that is recorded.
  public let graph: Graph
  /// Whether the pass will be trained on: dropout and the like are on then.
  public let isTraining: Bool
  /// Whether the logits are wanted as answers, as a person means them, and not for the losses.
  public let isAnswering: Bool
  /// The number of tasks: the places of losses begin with theirs.
  public let tasks: Int
  /// Draws that are given instead of made, by name; for tests.
  public private(set) var draws: [String: Variable] = [:]
  /// What is minimised besides the tasks' losses; the same list in all parts of a model.
  private let recorded = TermList()
  /// The part of a model that is passed through, and those that it is a part of before it.
  private var parts: [String] = []
  /// Which of a step's turns descends from what is minimised, unless that is said.
  private var turn = 0

  /// A pass that records into a trace, which knows from then on whether it will be trained on.
  public init(_ graph: Graph, isTraining: Bool, isAnswering: Bool? = nil, tasks: Int = 0) {
    self.graph = graph
    self.isTraining = isTraining
    self.isAnswering = isAnswering ?? !isTraining
    self.tasks = tasks
    graph.isTraining = isTraining
  }

  /// The same pass through a part of a model, whose names begin with its own, and whose losses are
  /// those of a turn.
  public func through(_ part: String? = nil, in turn: Int = 0) -> Forward {
    var pass = self
    if let part { pass.parts.append(part) }
    pass.turn = turn
    return pass
  }

  /// The same pass, with draws that are given instead of made, by name.
  public func drawing(_ draws: [String: Variable]) -> Forward {
    var pass = self
    pass.draws = draws
    return pass
  }

  /// What has been minimised so far besides the tasks' losses, in order.
  public var terms: [Term] { recorded.terms }

  /// A name behind those of the parts, `static.gate_keep.click`.
  private func named(_ name: String) -> String { (parts + [name]).joined(separator: ".") }

  /// Makes a value visible to screens, and hands it on.
  @discardableResult public func watch(_ value: Variable, as name: Watched) -> Variable {
    graph.watch(value, as: parts.reversed().reduce(name) { .part($1, $0) })
    return value
  }

  /// Adds a loss of its own to what is minimised, while training.
  ///
  /// - Parameters:
  ///   - name: its name, `calibrator.purchase`.
  ///   - task: the task whose weight it shares and without which it falls away; nil for none.
  ///   - needed: further tasks without which it falls away.
  ///   - turn: which of a step's turns descends from it, where a step has several.
  ///   - loss: records it; it is given the place of its sums and its scale.
  public func minimise(
    _ name: String, of task: Int?, needing needed: [Int] = [], in turn: Int? = nil,
    _ loss: (_ place: Int) -> Variable
  ) {
    guard isTraining else { return }
    recorded.append(
      Term(
        name: named(name), value: loss(tasks + recorded.terms.count), task: task, needed: needed,
        turn: turn ?? self.turn))
  }

  /// Zeros and ones [B, columns] of a name, drawn in every step; 0 with the probability `share`.
  public func keep(_ name: String, columns: Int, dropping share: Parameter) -> Variable {
    let name = named(name)
    if let given = draws[name] { return given }
    return graph.bernoulli(dropping: share, columns: columns, stream: Self.stream(of: name))
  }

  /// One of the entries of a row [B, n], chosen by its logit; see ``StraightThrough``.
  ///
  /// While training with noise that is drawn in every step, else the likeliest one. Noise that is
  /// given under the name [B, n] is added whatever the pass is for.
  public func choice(
    _ name: String, by logits: Variable, temperature: Parameter, keeping mask: Variable,
    as form: StraightThrough.Output = .choice
  ) -> Variable {
    let name = named(name)
    let noise = draws[name]
    return (noise.map { logits + $0 } ?? logits).chosen(
      of: .fixed(logits.width), temperature: temperature,
      stream: isTraining && noise == nil ? Self.stream(of: name) : nil, keeping: mask, as: form)
  }

  /// What keeps the draws of a name apart from those of others.
  private static func stream(of name: String) -> UInt64 {
    var stream: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { stream = (stream ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return stream
  }
}
