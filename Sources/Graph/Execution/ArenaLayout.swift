/// Where the values and gradients of a block lie in one piece of memory, laid out by how long each
/// is needed.
///
/// Time runs over the operations forward and then backward. A value lives from the operation that
/// makes it to the last that reads it; a gradient from the first operation that adds to it to the
/// backward pass of its own node. Two that are never alive together may share memory.
///
/// In a parted run ``Stages`` every block goes forward before any goes backward: what is read again
/// then has memory for the whole batch, and lies in no block's.
struct ArenaLayout {
  /// Where each node's values start; nil if the node is not computed.
  var values: [Int?]
  /// Where what each node keeps for its backward pass starts; nil if it keeps nothing in the arena.
  var kept: [Int?]
  /// Where each node's gradient starts, by section; nil if it has none in the arena.
  var gradients: [[Int?]]
  /// Floats in the arena.
  var size: Int
  /// What has memory for the whole batch.
  var spanning: [Spanning] = []

  /// The rows of a node that span the batch.
  struct Spanning {
    var node: Int
    var width: Int
    var content: Content
  }

  /// What of a node has memory.
  enum Content: Hashable {
    /// Its values.
    case value
    /// What it keeps for its backward pass.
    case kept
    /// Its gradient in a section.
    case gradient(section: Int)
  }

  /// The distance of rows of a value: whole vectors, and never a multiple of 512 bytes, so that
  /// the rows of a column do not all fall into one set of the cache.
  static func stride(of width: Int) -> Int {
    if width == 1 { return 1 }
    let whole = (width + 15) & ~15
    return whole % 128 == 0 ? whole + 16 : whole
  }

  /// Lays out a block's memory.
  ///
  /// `rows` has the rows of every node in a block, `sections` the nodes that each backward section
  /// reaches, `roots` those that a parted run computes once more; nil: it is not parted. With
  /// `keepsBlocks` each block has an arena of its own; the nodes of `wanted` have memory for the whole
  /// batch.
  init(
    nodes: [Graph.Node], order: [Int], sections: [Set<Int>], lookups: Set<Int>, rows: [Int],
    roots: Set<Int>? = nil, keepsBlocks: Bool = false, spanning wanted: SpanningNodes = .init()
  ) {
    values = [Int?](repeating: nil, count: nodes.count)
    kept = values
    gradients = sections.map { _ in [Int?](repeating: nil, count: nodes.count) }
    size = 0
    var lives: [Life] = []
    let times = Times(nodes: nodes, order: order, sections: sections, roots: roots ?? [])
    for node in order {
      func add(_ content: Content, width: Int, _ span: ClosedRange<Int>) {
        let outlives =
          roots.map { !keepsBlocks && span.upperBound >= order.count && !$0.contains(node) }
        if wanted.has(content, of: node) || content.isForward && outlives == true {
          spanning.append(Spanning(node: node, width: width, content: content))
        } else {
          lives.append(
            Life(node: node, content: content, floats: floats(width: width), span: span))
        }
      }
      func floats(width: Int) -> Int { (rows[node] * Self.stride(of: width) + 15) & ~15 }
      add(.value, width: nodes[node].rowWidth, times.valueSpan(of: node))
      if nodes[node].keptWidth > 0 {
        let width = nodes[node].entries * nodes[node].keptWidth
        add(.kept, width: width, times.keptSpan(of: node, in: sections))
      }
      guard !lookups.contains(node) else { continue }
      for section in sections.indices where sections[section].contains(node) {
        add(
          .gradient(section: section), width: nodes[node].rowWidth,
          times.gradientSpan(of: node, in: section))
      }
    }
    place(lives)
  }

  /// First fit, in the order in which the buffers come to life.
  private mutating func place(_ lives: [Life]) {
    var placed: [(life: Life, start: Int)] = []
    for life in lives.sorted(by: { $0.span.lowerBound < $1.span.lowerBound }) {
      let taken =
        placed.filter { $0.life.span.overlaps(life.span) }
        .map { $0.start..<($0.start + $0.life.floats) }
        .sorted { $0.lowerBound < $1.lowerBound }
      var start = 0
      for range in taken where start + life.floats > range.lowerBound {
        start = max(start, range.upperBound)
      }
      placed.append((life, start))
      size = max(size, start + life.floats)
      switch life.content {
      case .value: values[life.node] = start
      case .kept: kept[life.node] = start
      case .gradient(let section): gradients[section][life.node] = start
      }
    }
  }

  private struct Life {
    var node: Int
    var content: Content
    var floats: Int
    var span: ClosedRange<Int>
  }

  /// When each operation runs: forward at its place in the order, then section after section
  /// mirrored behind it.
  private struct Times {
    var first: [Int]
    var lastRead: [Int]
    /// By section.
    var firstAdded: [[Int]]
    let count: Int

    init(nodes: [Graph.Node], order: [Int], sections: [Set<Int>], roots: Set<Int>) {
      count = order.count
      first = [Int](repeating: 0, count: nodes.count)
      lastRead = first
      firstAdded = sections.map { _ in [Int](repeating: .max, count: nodes.count) }
      for (time, node) in order.enumerated() {
        first[node] = time
        lastRead[node] = time
        for input in nodes[node].inputs { lastRead[input] = time }
      }
      // Computed once more when all else has gone forward.
      for root in roots {
        for node in [root] + nodes[root].inputs { lastRead[node] = max(lastRead[node], count) }
      }
      for (section, reached) in sections.enumerated() {
        for node in order.reversed() where reached.contains(node) {
          let time = backward(node, in: section)
          let keeps = nodes[node].operation.keeps
          if keeps.contains(.output) { lastRead[node] = max(lastRead[node], time) }
          for input in nodes[node].inputs {
            firstAdded[section][input] = min(firstAdded[section][input], time)
            if keeps.contains(.inputs) { lastRead[input] = max(lastRead[input], time) }
          }
        }
      }
    }

    func valueSpan(of node: Int) -> ClosedRange<Int> { first[node]...lastRead[node] }

    func keptSpan(of node: Int, in sections: [Set<Int>]) -> ClosedRange<Int> {
      let ends = sections.indices.filter { sections[$0].contains(node) }
      return first[node]...(ends.map { backward(node, in: $0) }.max() ?? first[node])
    }

    func gradientSpan(of node: Int, in section: Int) -> ClosedRange<Int> {
      let last = backward(node, in: section)
      return min(firstAdded[section][node], last)...last
    }

    private func backward(_ node: Int, in section: Int) -> Int {
      count * (section + 2) - 1 - first[node]
    }
  }
}

extension ArenaLayout.Content {
  /// Whether the forward pass leaves it.
  fileprivate var isForward: Bool {
    if case .gradient = self { false } else { true }
  }
}

extension SpanningNodes {
  /// Whether something of a node spans the batch.
  fileprivate func has(_ content: ArenaLayout.Content, of node: Int) -> Bool {
    switch content {
    case .value: values.contains(node)
    case .kept: false
    case .gradient: gradients.contains(node)
    }
  }
}
