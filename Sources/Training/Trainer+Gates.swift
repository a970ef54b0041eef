import Graph
import Models

// MARK: - Gates and experts

extension Trainer {
  /// The gates of the model, and what they weigh.
  public var gateDeclarations: [GateDeclaration] { model.gateDeclarations }

  /// How many experts may be left out of an evaluation; nil: the model has no gates.
  public var expertCount: Int? {
    let experts = GateDirectory.experts(of: model.gateDeclarations)
    return experts.isEmpty ? nil : experts.count
  }

  /// Evaluates without an expert from now on, wherever a gate weighs it, or with all of them again.
  ///
  /// - Parameter expert: its number among all experts: by level, then by task, shared ones last.
  public func leaveOut(_ expert: Int?) {
    store.leaveOut(expert, of: model.gateDeclarations)
  }
}

extension ParameterStore {
  /// Leaves an expert of this number out wherever one of these gates weighs it, and keeps the others.
  func leaveOut(_ expert: Int?, of gates: [GateDeclaration]) {
    let experts = GateDirectory.experts(of: gates)
    let left = expert.flatMap { experts.indices.contains($0) ? experts[$0] : nil }
    for gate in gates {
      change(gate.kept) { kept in
        for (index, member) in gate.experts.enumerated() { kept[index] = member == left ? 0 : 1 }
      }
    }
  }
}

/// A plan that answers with gates and with what their experts give, of a few rows.
///
/// Every watched gate's weights go into a mixture; what the mixture sums up is what the experts give.
/// So no model has to say where its experts' outputs are, and steps do not keep them for anybody.
struct GateSurvey {
  /// Outputs of experts that lie side by side, [B, n·H].
  struct Group {
    let name: Watched
    /// The experts' numbers among all of the model.
    let experts: [Int]
  }

  /// Rows that are looked at at most.
  static let capacity = 256

  let executor: Executor
  let groups: [Group]

  /// Looks for the mixtures of a trace whose weights are watched as gates.
  init(
    _ graph: Graph, _ declarations: [GateDeclaration], store: ParameterStore,
    workspace: Workspace
  ) {
    let experts = GateDirectory.experts(of: declarations)
    var outputs: [(name: Watched, value: Variable)] = []
    var groups: [Group] = []
    for gate in declarations {
      guard let node = graph.watched.first(where: { $0.name == gate.watched })?.node else {
        continue
      }
      outputs.append((gate.watched, Variable(graph: graph, node: node)))
      var members = gate.experts.map { expert in experts.firstIndex(of: expert) ?? 0 }[...]
      for input in Self.mixed(by: node, in: graph) {
        let value = Variable(graph: graph, node: input.node)
        let numbers = Array(members.prefix(value.width / input.width))
        members = members.dropFirst(numbers.count)
        guard !groups.contains(where: { $0.experts == numbers }) else { continue }
        groups.append(Group(name: .experts(node: input.node), experts: numbers))
        outputs.append((.experts(node: input.node), value))
      }
    }
    self.groups = groups
    executor = Executor(
      Plan(
        graph, purpose: .evaluation, roots: [], outputs: outputs, capacity: Self.capacity),
      store: store, workspace: workspace)
  }

  /// What a gate's weights are mixed with: nodes, and the width of one expert.
  private static func mixed(by gate: Int, in graph: Graph) -> [(node: Int, width: Int)] {
    let mixture = graph.nodes.first { $0.operation is Mixture && $0.inputs.first == gate }
    guard let mixture else { return [] }
    return mixture.inputs.dropFirst().map { ($0, mixture.width) }
  }
}

extension Trainer {
  /// Runs a few rows through the gates; nil for a model without.
  func survey(_ batch: Batch) -> GateSurvey? {
    let declarations = model.gateDeclarations
    guard !declarations.isEmpty else { return nil }
    let survey =
      answers.gateSurvey
      ?? GateSurvey(
        Self.trace(model, tasks, isTraining: false).graph, declarations, store: store,
        workspace: workspace)
    answers.gateSurvey = survey
    survey.executor.run(sources.answered(batch, by: survey.executor.plan))
    return survey
  }
}
