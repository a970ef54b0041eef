/// Where the values and gradients of a block lie in one piece of memory, laid out by how long each
/// is needed.
///
/// Time runs over the operations forward and then backward. A value lives from the operation that
/// makes it to the last that reads it; a gradient from the first operation that adds to it to the
/// backward pass of its own node. Two that are never alive together may share memory.
struct ArenaLayout {
  /// Where each node's values start; nil if the node is not computed.
  var values: [Int?]
  /// Where each node's gradient starts; nil if it has none in the arena.
  var gradients: [Int?]
  /// Floats in the arena.
  var size: Int

  /// The distance of rows of a value: whole vectors, and never a multiple of 512 bytes, so that
  /// the rows of a column do not all fall into one set of the cache.
  static func stride(of width: Int) -> Int {
    if width == 1 { return 1 }
    let whole = (width + 15) & ~15
    return whole % 128 == 0 ? whole + 16 : whole
  }

  init(nodes: [Graph.Node], order: [Int], reached: Set<Int>, lookups: Set<Int>, rows: Int) {
    values = [Int?](repeating: nil, count: nodes.count)
    gradients = values
    size = 0
    var lives: [Life] = []
    let times = Times(nodes: nodes, order: order, reached: reached)
    for node in order {
      let floats = (rows * Self.stride(of: nodes[node].width) + 15) & ~15
      lives.append(
        Life(node: node, isGradient: false, floats: floats, span: times.valueSpan(of: node)))
      guard reached.contains(node), !lookups.contains(node) else { continue }
      lives.append(
        Life(node: node, isGradient: true, floats: floats, span: times.gradientSpan(of: node)))
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
      if life.isGradient { gradients[life.node] = start } else { values[life.node] = start }
    }
  }

  private struct Life {
    var node: Int
    var isGradient: Bool
    var floats: Int
    var span: ClosedRange<Int>
  }

  /// When each operation runs: forward at its place in the order, backward mirrored behind it.
  private struct Times {
    var first: [Int]
    var lastRead: [Int]
    var firstAdded: [Int]
    var backward: [Int]

    init(nodes: [Graph.Node], order: [Int], reached: Set<Int>) {
      first = [Int](repeating: 0, count: nodes.count)
      lastRead = first
      backward = first
      firstAdded = [Int](repeating: .max, count: nodes.count)
      for (time, node) in order.enumerated() {
        first[node] = time
        lastRead[node] = time
        backward[node] = 2 * order.count - 1 - time
        for input in nodes[node].inputs { lastRead[input] = time }
      }
      for node in order.reversed() where reached.contains(node) {
        let time = backward[node]
        let keeps = nodes[node].operation.keeps
        if keeps.contains(.output) { lastRead[node] = max(lastRead[node], time) }
        for input in nodes[node].inputs {
          firstAdded[input] = min(firstAdded[input], time)
          if keeps.contains(.inputs) { lastRead[input] = max(lastRead[input], time) }
        }
      }
    }

    func valueSpan(of node: Int) -> ClosedRange<Int> { first[node]...lastRead[node] }

    func gradientSpan(of node: Int) -> ClosedRange<Int> {
      min(firstAdded[node], backward[node])...backward[node]
    }
  }
}
