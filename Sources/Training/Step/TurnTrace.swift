import Datasets
import Graph
import Layers
import Models
import Objectives
import Runs

/// What a turn of some tasks computes: the model traced once, and of its losses those that count.
struct TurnTrace {
  let graph: Graph
  /// The losses of the tasks that take part, then the terms.
  let losses: [Variable]
  /// The task whose weight each has; nil for none.
  let owners: [Int?]
  /// What is watched, but for gates of tasks that do not take part.
  let outputs: [(name: Watched, value: Variable)]

  init(
    _ model: any MultiTaskModel, tasks: [TaskDefinition], turn: Turn, key: CompiledTurn.Key
  ) {
    let active = key.active
    let (graph, logits, all) = Trainer.trace(model, tasks, isTraining: true)
    let losses = model.losses(logits, tasks: tasks)
    let terms =
      key.needs.contains(.noTerms)
      ? []
      : all.filter { term in
        term.turn == key.turn && (term.task.map { active[$0] } ?? true)
          && term.needed.allSatisfy { active[$0] }
      }
    let on = turn.losses == .tasks ? tasks.indices.filter { active[$0] } : []
    self.graph = graph
    self.losses = on.map { losses[$0] } + terms.map(\.value)
    owners = on + terms.map(\.task)
    let idle = model.gates { !active[$0] }
    outputs = graph.watchedValues.filter { !idle.contains($0.name) }
  }

  /// The losses by task, and behind them those that are nobody's, if there are some.
  var sections: [(task: Int?, losses: [Variable])] {
    var sections: [(task: Int?, losses: [Variable])] = []
    for (loss, owner) in zip(losses, owners) where owner != nil {
      if let known = sections.firstIndex(where: { $0.task == owner }) {
        sections[known].losses.append(loss)
      } else {
        sections.append((owner, [loss]))
      }
    }
    let nobodys = zip(losses, owners).filter { $0.1 == nil }.map(\.0)
    return sections + (nobodys.isEmpty ? [] : [(nil, nobodys)])
  }
}

extension MultiTaskModel {
  /// What the gates of some tasks are watched as.
  func gates(of isWanted: (Int) -> Bool) -> Set<Watched> {
    Set(gateDeclarations.filter { $0.task.map(isWanted) ?? false }.map(\.watched))
  }
}

extension Graph {
  /// What a screen may look at.
  var watchedValues: [(name: Watched, value: Variable)] {
    watched.map { (name: $0.name, value: Variable(graph: self, node: $0.node)) }
  }
}

extension Variable {
  /// The loss that it ends in.
  var asLoss: any Loss {
    let operation = graph.nodes[node].operation
    guard let loss = operation as? any Loss else {
      preconditionFailure("\(operation.name): a model's loss is not a Loss")
    }
    return loss
  }
}
