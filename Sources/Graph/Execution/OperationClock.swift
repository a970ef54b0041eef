public import Tensors

/// How long each operation of a plan has taken, by direction, while a profile is made.
public final class OperationClock {
  /// One operation's time.
  public struct Entry: Sendable {
    /// Its name and shape, `linear+relu 167→2048`.
    public var name: String
    /// What it is.
    public var kind: WorkKind
    /// Seconds forward, all threads together.
    public var forward: Double
    /// Seconds backward.
    public var backward: Double
  }

  private let work: WorkClock
  private let names: [String]
  private let kinds: [WorkKind]
  /// [threads, operations, 2] in nanoseconds.
  private let times: Storage<Int64>

  init(_ plan: Plan, work: WorkClock) {
    self.work = work
    names = plan.order.map { node in
      let one = plan.nodes[node]
      let inputs = one.inputWidths.map(String.init).joined(separator: "+")
      return "\(one.operation.name) \(inputs)→\(one.width)"
    }
    kinds = plan.order.map { plan.nodes[$0].operation.kind }
    times = Storage(count: work.threads * names.count * 2, filling: 0)
  }

  func add(_ nanoseconds: Int64, operation: Int, isBackward: Bool, thread: Int) {
    work.add(nanoseconds, to: kinds[operation], thread: thread)
    times.base[(thread * names.count + operation) * 2 + (isBackward ? 1 : 0)] += nanoseconds
  }

  /// Every operation, in the order of the plan.
  public var entries: [Entry] {
    names.indices.map { place in
      func seconds(_ direction: Int) -> Double {
        1e-9
          * (0..<work.threads).reduce(0) {
            $0 + Double(times.base[($1 * names.count + place) * 2 + direction])
          }
      }
      return Entry(
        name: names[place], kind: kinds[place], forward: seconds(0), backward: seconds(1))
    }
  }
}
