import Tensors

/// A trace made ready to run: what is not needed is dropped, what can be joined is joined, and every
/// value has its place in an arena.
///
/// A plan runs a batch in *lanes* (fixed parts of the rows, whose parameter gradients are kept apart
/// and summed in order) and each lane in *blocks* (few enough rows that the values stay in the
/// cache). Forward and backward of a block follow each other on one thread, so a step needs three
/// meetings of the threads: after packing the weights, after the lanes, after the update.
///
/// Where there are more threads than lanes give work to, lanes are cut into *pieces* of rows, and the
/// gradients of parameters follow in tiles, after one meeting more; see ``Schedule``.
///
/// The backward pass descends from *roots*. It has one *section* for all of them together, or several,
/// each for some roots, whose gradients are kept apart for whoever joins them.
///
/// A *parted* plan goes forward with all rows, stops there, and goes backward when somebody has looked
/// at what operations have added up and chosen the scales. What the backward pass reads then has memory
/// for the whole batch, ``spanningFloats``; nothing is computed twice but the roots.
public final class Plan {
  /// What a plan is for.
  public enum Purpose: Sendable, Hashable {
    /// Forward and backward from the roots.
    case training
    /// Forward only.
    case evaluation
  }

  /// What it is for.
  public let purpose: Purpose
  /// Rows of a batch at most.
  public let capacity: Int
  /// Values that are written for the whole batch: logits and watched values.
  public let outputs: [(name: Watched, node: Int, width: Int)]

  /// The trace after joining; dropped nodes stay as places.
  let nodes: [Graph.Node]
  /// The nodes that are computed, in order.
  let order: [Int]
  /// The nodes whose gradient each section computes.
  let sections: [Set<Int>]
  /// The nodes whose gradient is computed by any section.
  let reached: Set<Int>
  /// The ragged columns whose entries it has rows for, parents before what they have.
  let columns: [RaggedColumn]
  /// What a batch must have.
  let needs: BatchNeeds
  /// Rows of a block.
  let blockRows: Int
  /// Rows, or entries, of each node in a block at most.
  let blockRooms: [Int]
  /// Where each node's values and gradients lie in a thread's arena; nil if nowhere.
  let places: ArenaLayout
  /// Nodes whose gradient spans the batch: the inputs of the network.
  let lookups: [Int]
  /// Whether an operation needs the whole batch: every lane is then one block, whose values stay
  /// while the lanes meet.
  let hasMeetings: Bool
  /// The roots that are computed once more when the scales are known; nil: the plan is not parted.
  let parted: [Int]?
  /// The nodes that it descends from.
  let roots: [Int]
  /// How threads share a run.
  public let schedule: Schedule
  /// Why that is by lanes though pieces were asked for; nil if it is not so.
  public let whyLanes: String?
  /// Nodes that have one row for a whole block, because they depend on parameters alone.
  let rowless: Set<Int>

  /// Multiply-adds a row, forward.
  public let multiplyAdds: Int
  /// Multiply-adds a row, backward: two for every one forward that a section reaches.
  public let backwardMultiplyAdds: Int

  /// Compiles a trace.
  ///
  /// - Parameters:
  ///   - graph: the trace.
  ///   - purpose: whether there is a backward pass.
  ///   - roots: the nodes to descend from; empty for an evaluation.
  ///   - apart: the roots of each backward section; nil: one section for all.
  ///   - isParted: whether it can stop between forward and backward.
  ///   - wanted: values to keep for the whole batch.
  ///   - capacity: rows of a batch at most.
  ///   - schedule: how threads are to share a run, if nothing in the trace is in the way.
  public init(
    _ graph: Graph, purpose: Purpose, roots: [Variable], apart: [[Variable]]? = nil,
    isParted: Bool = false, outputs wanted: [(name: Watched, value: Variable)], capacity: Int,
    schedule: Schedule = .lanes
  ) {
    (self.purpose, self.capacity) = (purpose, capacity)
    let joined = Self.joined(graph.nodes, keeping: Set(wanted.map(\.value.node)))
    let (nodes, sources) = Self.ungrouped(joined)
    let wanted = wanted.map { (name: $0.name, node: sources[$0.value.node]) }
    order = Self.needed(nodes, from: roots.map(\.node) + wanted.map(\.node))
    sections = purpose == .training ? Self.sections(of: nodes, from: apart ?? [roots]) : []
    self.nodes = nodes
    reached = sections.reduce(into: []) { $0.formUnion($1) }
    outputs = wanted.map { ($0.name, $0.node, nodes[$0.node].rowWidth) }
    lookups = order.filter { nodes[$0].operation is Lookup }
    let rowless = Set(nodes.indices.filter { nodes[$0].extent.whole == .block })
    self.rowless = rowless
    columns = Self.columns(of: nodes, in: order)
    needs = Self.needs(of: nodes, in: order)
    multiplyAdds = Self.multiplyAdds(of: nodes, in: order, without: rowless)
    backwardMultiplyAdds =
      2 * sections.reduce(0) { $0 + Self.multiplyAdds(of: nodes, in: $1, without: rowless) }
    hasMeetings = Self.hasMeetings(nodes, in: order)
    blockRows =
      hasMeetings
      ? Lanes.mostRows(upTo: capacity, sections: sections.count)
      : Self.rowsInCache(nodes, order, capacity: Lanes.rows(of: capacity, sections: sections.count))
    blockRooms = Self.blockRooms(of: nodes, rows: blockRows, isExact: hasMeetings)
    self.roots = roots.map(\.node)
    parted = isParted ? self.roots : nil
    let reason = LanesReason.of(
      (purpose, sections.count, isParted), nodes, order: order, reached: reached, rowless: rowless)
    whyLanes = schedule == .lanes ? nil : reason
    self.schedule = whyLanes == nil ? schedule : .lanes
    places = ArenaLayout(
      nodes: nodes, order: order, sections: sections, lookups: Set(lookups), rows: blockRooms,
      roots: parted.map { Set($0) }, keepsBlocks: hasMeetings,
      spanning: self.schedule == .pieces
        ? SpanningNodes(nodes, roots: self.roots, reached: reached) : SpanningNodes())
  }

  /// Floats that are kept for the whole batch between forward and backward, or until the gradients of
  /// parameters are computed; 0 unless the plan is parted or run by pieces.
  public var spanningFloats: Int {
    places.spanning.reduce(0) { $0 + mostRows(of: $1.node) * ArenaLayout.stride(of: $1.width) }
  }

  /// The nodes that each backward section reaches from its roots.
  private static func sections(of nodes: [Graph.Node], from roots: [[Variable]]) -> [Set<Int>] {
    roots.map { own in
      Set(needed(nodes, from: own.map(\.node)) { $0.operation.handsOnGradient })
    }
  }

  /// By node, how many rows or entries a block of so many rows has room for.
  private static func blockRooms(of nodes: [Graph.Node], rows: Int, isExact: Bool) -> [Int] {
    nodes.map { node in
      node.extent.column.map { room(of: $0, rows: rows, isExact: isExact) } ?? rows
    }
  }

  /// Multiply-adds a row of some nodes, forward; those that have one row for a whole block cost nothing.
  private static func multiplyAdds(
    of nodes: [Graph.Node], in order: some Sequence<Int>, without rowless: Set<Int>
  ) -> Int {
    order.reduce(0) { sum, node in
      guard !rowless.contains(node) else { return sum }
      let own = nodes[node]
      let each = own.entries * own.operation.multiplyAdds(inputs: own.inputWidths)
      return sum + Int((own.extent.typical * Double(each)).rounded())
    }
  }

  /// Whether an operation needs the whole batch at a time, which it can have of rows alone.
  private static func hasMeetings(_ nodes: [Graph.Node], in order: [Int]) -> Bool {
    let meeting = order.filter { nodes[$0].operation.meets }
    for node in meeting {
      precondition(
        nodes[node].extent == .rows,
        "\(nodes[node].operation.name): needs the whole batch, and reads \(nodes[node].extent)")
    }
    return !meeting.isEmpty
  }

  /// A ReLU right behind an affine map that nobody else reads becomes part of it.
  private static func joined(_ nodes: [Graph.Node], keeping kept: Set<Int>) -> [Graph.Node] {
    var readers = [Int](repeating: 0, count: nodes.count)
    for node in nodes { for input in node.inputs { readers[input] += 1 } }
    var joined = nodes
    for (place, node) in nodes.enumerated() where node.operation is Relu {
      let input = node.inputs[0]
      guard readers[input] == 1, !kept.contains(input),
        var linear = nodes[input].operation as? Linear, !linear.hasRelu
      else { continue }
      linear.hasRelu = true
      joined[place] = nodes[input]
      joined[place].operation = linear
    }
    return joined
  }

  /// The nodes without those that only regroup numbers: who reads one reads what it regroups.
  ///
  /// Beside them, by node, the one whose memory has its numbers.
  private static func ungrouped(
    _ nodes: [Graph.Node]
  ) -> (nodes: [Graph.Node], sources: [Int]) {
    var (found, sources) = (nodes, Array(nodes.indices))
    for place in nodes.indices {
      found[place].inputs = nodes[place].inputs.map { sources[$0] }
      if nodes[place].operation is Regrouping { sources[place] = found[place].inputs[0] }
    }
    return (found, sources)
  }

  /// The nodes that the roots depend on, in the order of the trace; through some nodes only.
  private static func needed(
    _ nodes: [Graph.Node], from roots: [Int],
    through isOpen: (Graph.Node) -> Bool = { _ in true }
  ) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: nodes.count)
    for root in roots { isNeeded[root] = true }
    for place in nodes.indices.reversed() where isNeeded[place] && isOpen(nodes[place]) {
      for input in nodes[place].inputs { isNeeded[input] = true }
    }
    return nodes.indices.filter { isNeeded[$0] }
  }

  /// Rows whose values and gradients fit the second-level cache, between 32 and the lane's rows.
  private static func rowsInCache(_ nodes: [Graph.Node], _ order: [Int], capacity: Int) -> Int {
    let floats = order.reduce(0) { sum, node in
      let entries = nodes[node].extent.typical
      let (width, kept) = (nodes[node].rowWidth, nodes[node].entries * nodes[node].keptWidth)
      let own = ArenaLayout.stride(of: width) + (kept > 0 ? ArenaLayout.stride(of: kept) : 0)
      return sum + Int((entries * Double(own)).rounded(.up))
    }
    let rows = cacheFloats / max(1, floats)
    return max(1, min(capacity, max(32, rows / 16 * 16)))
  }

  /// How many floats of values a block may have.
  ///
  /// Measured: throughput is flat from 256 Ki to 1 Mi floats and falls on either side.
  private static let cacheFloats = 512 * 1024
}

/// How a batch is cut into lanes; a function of the number of rows and of backward sections alone.
enum Lanes {
  /// Lanes at most: as many copies of the parameter gradients are kept.
  static let most = 8
  /// Lanes at most where every lane keeps several sections apart.
  static let mostOfSections = 4
  /// Fewer rows than this are not worth a lane of their own.
  static let fewestRows = 16
  /// From here on a batch has more than four lanes, so that a thread that is held up by another
  /// program leaves less for the others to wait for.
  private static let finerRows = 128

  /// How many lanes a batch has.
  static func count(of rows: Int, sections: Int) -> Int {
    let coarse = min(mostOfSections, rows / fewestRows)
    let fine = sections > 1 ? 0 : min(most, rows / finerRows)
    return max(1, coarse, fine)
  }

  /// Rows of the largest lane of a batch.
  static func rows(of rows: Int, sections: Int) -> Int {
    let lanes = count(of: rows, sections: sections)
    return (rows + lanes - 1) / lanes
  }

  /// Rows of the largest lane of any batch of so many rows at most.
  static func mostRows(upTo capacity: Int, sections: Int) -> Int {
    (1...max(1, capacity)).reduce(1) { max($0, rows(of: $1, sections: sections)) }
  }

  /// The rows of one lane.
  static func range(of lane: Int, rows: Int, sections: Int) -> Range<Int> {
    let lanes = count(of: rows, sections: sections)
    return (rows * lane / lanes)..<(rows * (lane + 1) / lanes)
  }
}
