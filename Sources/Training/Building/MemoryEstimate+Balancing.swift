import Datasets
import Graph
import Models
import Objectives
import Runs

extension MemoryEstimate {
  /// Adds what a balancer takes that sees the gradients of T tasks apart.
  ///
  ///     gradients by task       [lanes, T, dense] instead of [lanes, dense]
  ///     sums by task            [T, rows of a batch, D] of every table, where products or entries are seen
  ///     memory of a balancer    [T, dense] and [T, V, D] of every shared table, where it remembers entries
  ///
  /// A balancer that cannot be made takes nothing: it is refused later.
  mutating func add(
    _ setting: BalancerSetting, _ specifications: [ParameterSpecification],
    tasks: [TaskDefinition], batchSize: Int
  ) {
    let balanced = BalancedTasks(tasks)
    let balancer: any Balancing
    do throws(BalancerError) {
      balancer = try BalancerRegistry.make(setting.name, setting: setting.options, for: balanced)
    } catch { return }
    guard balancer.sees.needsGradients else { return }
    var (dense, tables, touched) = (0.0, 0.0, 0.0)
    for one in specifications {
      switch one.kind {
      case .dense(let count): dense += Double(count)
      case .table(let vocabulary, let width):
        touched += Double(batchSize) * Double(width)
        if one.owner == .shared { tables += Double(vocabulary) * Double(width) }
      case .given, .average: break
      }
    }
    let count = Double(tasks.count)
    let rows = Workspace.gradientRows(sections: tasks.count) - Workspace.mostLanes
    append("the tasks' gradients", Double(rows) * dense)
    if !balancer.sees.isDisjoint(with: [.gram, .entries]) {
      append("the tasks' gradients of tables", count * touched)
    }
    if balancer.entryMemory > 0 {
      append("the balancer's memory", count * (dense + tables))
    }
  }
}
