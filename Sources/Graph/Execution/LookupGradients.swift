import Tensors

/// Where the gradients of a plan's lookups lie for the whole batch, by section.
///
/// A lookup has memory of its own in each section that reaches it, unless one of its tables is read by
/// another column of ids too. Such *joint* lookups lie in one piece of memory a section, laid out alike in
/// all, so that a row of a table's gradient is found at the same distance from its first part. What a
/// section does not reach there is 0 and stays so.
struct LookupGradients {
  /// Where each joint lookup starts in a piece, by node.
  private let starts: [Int: Int]
  /// By section, the memory of what is reached and not joint, by node.
  private let own: [[Int: Storage<Float>]]
  /// By section, the joint lookups; empty if it reaches none of them.
  private let joint: [Storage<Float>]
  /// The joint lookups of all sections, if a section does not reach all of them; else empty.
  private let united: Storage<Float>

  init(_ plan: Plan) {
    var (starts, size) = ([Int: Int](), 0)
    let nodes = Self.jointLookups(of: plan)
    for node in nodes {
      starts[node] = size
      size += Self.floats(of: node, plan)
    }
    precondition(
      size <= Int(Int32.max), "the gradients of a table's lookups take \(size) floats")
    self.starts = starts
    own = plan.sections.map { reached in
      let alone = plan.lookups.filter { reached.contains($0) && starts[$0] == nil }
      return Dictionary(
        uniqueKeysWithValues: alone.map {
          ($0, Storage(count: Self.floats(of: $0, plan), filling: 0))
        })
    }
    joint = plan.sections.map { reached in
      Storage(count: nodes.contains(where: reached.contains) ? size : 0, filling: 0)
    }
    united = Storage(count: Self.isUneven(nodes, plan) ? size : 0, filling: 0)
  }

  /// Floats of all memory that is taken.
  static func floats(of plan: Plan) -> Double {
    let joint = jointLookups(of: plan)
    let all = joint.reduce(0) { $0 + Double(floats(of: $1, plan)) }
    let start = isUneven(joint, plan) ? all : 0
    return plan.sections.reduce(start) { sum, reached in
      let alone = plan.lookups.filter { reached.contains($0) && !joint.contains($0) }
      return alone.reduce(sum + (joint.contains(where: reached.contains) ? all : 0)) {
        $0 + Double(floats(of: $1, plan))
      }
    }
  }

  /// The lookups with a gradient of which a table is read by more than one column, in order.
  private static func jointLookups(of plan: Plan) -> [Int] {
    let lookups = plan.lookups.filter(plan.reached.contains)
    var readers: [Parameter: Int] = [:]
    for table in lookups.flatMap({ plan.nodes[$0].operation.parameters }) {
      readers[table, default: 0] += 1
    }
    return lookups.filter { node in
      plan.nodes[node].operation.parameters.contains { readers[$0, default: 0] > 1 }
    }
  }

  /// Whether a section reaches some of these lookups and not all.
  private static func isUneven(_ lookups: [Int], _ plan: Plan) -> Bool {
    plan.sections.contains { reached in
      lookups.contains(where: reached.contains) && !lookups.allSatisfy(reached.contains)
    }
  }

  private static func floats(of node: Int, _ plan: Plan) -> Int {
    plan.mostRows(of: node) * ArenaLayout.stride(of: plan.nodes[node].width)
  }

  /// Where a lookup's gradient lies in a section that reaches it, or that reaches a joint one beside it.
  func base(of node: Int, section: Int) -> UnsafeMutablePointer<Float> {
    if let start = starts[node] { return joint[section].base + start }
    guard let own = own[section][node] else {
      preconditionFailure("the gradient of a lookup that the section does not reach")
    }
    return own.base
  }

  /// Where a section leaves the gradients of the tables that it reaches.
  func tableGradients(of plan: Plan, section: Int) -> [Executor.TableGradient] {
    let reached = plan.sections[section]
    let tables = plan.lookups.filter(reached.contains).flatMap {
      plan.nodes[$0].operation.parameters
    }
    var found: [Executor.TableGradient] = []
    for table in tables where !found.contains(where: { $0.parameter == table }) {
      let columns = plan.lookups.filter { reached.contains($0) || starts[$0] != nil }
      let parts = columns.flatMap { self.parts(of: table, at: $0, section: section, plan) }
      guard let width = parts.first?.width else { continue }
      precondition(
        parts.allSatisfy { $0.width == width }, "a table is looked up with different widths")
      found.append(
        Executor.TableGradient(parameter: table, width: width, parts: parts.map(\.part)))
    }
    return found
  }

  private func parts(
    of table: Parameter, at node: Int, section: Int, _ plan: Plan
  ) -> [(part: Executor.TableGradient.Part, width: Int)] {
    guard let lookup = plan.nodes[node].operation as? Lookup else { return [] }
    let stride = ArenaLayout.stride(of: plan.nodes[node].width)
    return lookup.tables.indices.filter { lookup.tables[$0] == table }.map { place in
      let before = lookup.widths[..<place].reduce(0, +)
      let part = Executor.TableGradient.Part(
        column: lookup.columns[place], list: lookup.lists[place],
        base: base(of: node, section: section) + before, stride: stride, lookup: node,
        isReached: plan.sections[section].contains(node))
      return (part, lookup.widths[place])
    }
  }

  /// Where the gradients of all sections together are to lie.
  func joined(_ gradient: Executor.TableGradient) -> Executor.TableGradient {
    guard united.count > 0, let piece = piece(of: gradient) else { return gradient }
    let parts = gradient.parts.map { part in
      Executor.TableGradient.Part(
        column: part.column, list: part.list, base: united.base + (part.base - piece.base),
        stride: part.stride, lookup: part.lookup, isReached: true)
    }
    return Executor.TableGradient(
      parameter: gradient.parameter, width: gradient.width, parts: parts)
  }

  /// The piece of joint memory that a gradient lies in; nil if it lies elsewhere.
  private func piece(of gradient: Executor.TableGradient) -> Storage<Float>? {
    guard starts[gradient.parts[0].lookup] != nil else { return nil }
    return joint.first { piece in
      piece.count > 0 && piece.base <= gradient.base
        && gradient.base < piece.base + piece.count
    }
  }
}
