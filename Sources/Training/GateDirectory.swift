import Graph
import Models
import Runs

/// The gates and experts of a model by name and number, as its declarations have them.
struct GateDirectory {
  /// One gate.
  struct Gate {
    /// What its weights are watched as.
    let watched: Watched
    /// Its name for a person.
    let name: String
    /// The task that it serves; nil: all share it.
    let task: Int?
    let level: Int?
    /// What it weighs, in the order of the weights.
    let members: [GateExpert]
    /// Whether the weights are of the same experts in the same order as another's, by a number.
    let pool: Int
  }

  /// Every gate, level after level as the model declares them.
  let gates: [Gate]
  /// Every expert once: by level, then by task, the shared ones last.
  let experts: [ExpertDescription]

  init(_ declarations: [GateDeclaration], tasks: [String]) {
    let order = Self.experts(of: declarations)
    let hasLevels = Set(declarations.map(\.level)).count > 1
    let naming = ExpertNaming(tasks: tasks, isAlike: order.allSatisfy { $0.task == nil })
    experts = order.map { expert in
      ExpertDescription(
        name: (hasLevels ? "L\(expert.level) " : "") + naming.name(of: expert),
        task: expert.task.map { tasks[$0] }, level: hasLevels ? expert.level : nil)
    }
    var pools: [[GateDeclaration.Expert]] = []
    gates = declarations.map { gate in
      if !pools.contains(gate.experts) { pools.append(gate.experts) }
      let name = gate.task.map { tasks[$0] } ?? naming.shared
      return Gate(
        watched: gate.watched, name: hasLevels ? "L\(gate.level) \(name)" : name,
        task: gate.task,
        level: hasLevels ? gate.level : nil,
        members: naming.members(of: gate) { order.firstIndex(of: $0) ?? 0 },
        pool: pools.firstIndex(of: gate.experts) ?? 0)
    }
  }

  /// All experts of some gates in their order.
  static func experts(of declarations: [GateDeclaration]) -> [GateDeclaration.Expert] {
    func key(_ expert: GateDeclaration.Expert) -> [Int] {
      [expert.level, expert.task ?? .max, expert.number]
    }
    return Set(declarations.flatMap(\.experts)).sorted {
      key($0).lexicographicallyPrecedes(key($1))
    }
  }
}

/// How experts are called: by their owner and number, or `E0`, `E1` where all are shared alike.
private struct ExpertNaming {
  let tasks: [String]
  let isAlike: Bool
  /// The owner of what all share, and of what is a gate's own: words that no task is called by.
  let shared: String
  let own: String

  init(tasks: [String], isAlike: Bool) {
    self.tasks = tasks
    self.isAlike = isAlike
    func free(_ word: String) -> String { tasks.contains(word) ? free("(\(word))") : word }
    (shared, own) = (free("shared"), free("own"))
  }

  func name(of expert: GateDeclaration.Expert) -> String {
    isAlike ? "E\(expert.number)" : "\(owner(of: expert)) \(label(of: expert))"
  }

  /// A gate's experts; those of its own task are its own unless it weighs other tasks' besides.
  func members(
    of gate: GateDeclaration, index: (GateDeclaration.Expert) -> Int
  ) -> [GateExpert] {
    let hasOthers = gate.experts.contains { $0.task != nil && $0.task != gate.task }
    return gate.experts.map { expert in
      let task = expert.task.map { tasks[$0] }
      if isAlike { return GateExpert(label: "E\(expert.number)", index: index(expert)) }
      let isOwn = !hasOthers && expert.task != nil
      return GateExpert(
        owner: isOwn ? own : owner(of: expert), label: label(of: expert), task: task,
        index: index(expert))
    }
  }

  private func owner(of expert: GateDeclaration.Expert) -> String {
    expert.task.map { tasks[$0] } ?? shared
  }

  private func label(of expert: GateDeclaration.Expert) -> String {
    expert.label ?? "\(expert.number + 1)"
  }
}
