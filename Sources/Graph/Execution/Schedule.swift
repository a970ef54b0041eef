/// How threads share a training step.
///
/// Both give the same bits: sums go over the rows of a block, the blocks of a lane and the lanes of a
/// batch in order, whoever computes them.
public enum Schedule: String, Sendable, Hashable, CaseIterable {
  /// A thread takes a lane: forward, backward, and the gradients of all parameters over its rows, which
  /// the update sums over the lanes.
  case lanes
  /// A thread takes some rows, forward and backward but for the gradients of parameters; when all rows
  /// have been through, it takes tiles of these gradients over the whole batch.
  ///
  /// More pieces than lanes, one copy of the gradients instead of one a lane, and one meeting of the
  /// threads more; what the tiles read has memory for the whole batch.
  case pieces

  /// What suits a batch: pieces with more than two threads, if there are less than two lanes for each.
  ///
  /// With two lanes a thread and more, lanes are shared well enough and read less memory.
  public static func usual(rows: Int, threads: Int) -> Schedule {
    threads > 2 && 2 * threads > Lanes.count(of: rows, sections: 1) ? .pieces : .lanes
  }
}

/// The nodes that have memory for the whole batch.
struct SpanningNodes {
  /// Whose values are read when all rows have been through.
  var values = Set<Int>()
  /// Whose gradients are.
  var gradients = Set<Int>()

  /// None.
  init() {}

  /// What tiles and roots read, which are computed once more for their tallies.
  init(_ nodes: [Graph.Node], roots: [Int], reached: Set<Int>) {
    for root in roots { values.formUnion(nodes[root].inputs) }
    for node in reached {
      guard let tiled = nodes[node].operation as? any TiledGradient, tiled.tiles > 0 else {
        continue
      }
      values.formUnion(nodes[node].inputs)
      gradients.insert(node)
    }
  }
}

/// Why a plan is run by lanes, though pieces were asked for.
enum LanesReason {
  /// A sentence without a full stop; nil if nothing is in the way of pieces.
  static func of(
    _ plan: (purpose: Plan.Purpose, sections: Int, isParted: Bool), _ nodes: [Graph.Node],
    order: [Int], reached: Set<Int>, rowless: Set<Int>
  ) -> String? {
    if plan.purpose == .evaluation { return "it has no backward pass" }
    if plan.sections > 1 { return "the tasks' gradients are kept apart" }
    if plan.isParted { return "it stops between forward and backward" }
    var learned: [Parameter: any TiledGradient] = [:]
    for node in order {
      let operation = nodes[node].operation
      if nodes[node].extent.column != nil { return "rows have entries of any number" }
      guard operation is any RowByRow, !rowless.contains(node) else {
        return "\(operation.name) does not go row by row"
      }
      guard reached.contains(node), !(operation is Lookup) else { continue }
      guard !operation.parameters.isEmpty else { continue }
      guard let tiled = operation as? any TiledGradient else {
        return "the gradient of \(operation.name) has no tiles"
      }
      for parameter in operation.parameters {
        if let other = learned[parameter], !haveSameTiles(other, tiled) {
          return "two operations share parameters of which they have different tiles"
        }
        learned[parameter] = tiled
      }
    }
    return nil
  }

  /// Whether a tile of one is a tile of the other, and of the same parameters.
  private static func haveSameTiles(
    _ first: any TiledGradient, _ second: any TiledGradient
  ) -> Bool {
    first.parameters == second.parameters && first.tiles == second.tiles
      && (0..<first.tiles).allSatisfy { first.floats(ofTile: $0) == second.floats(ofTile: $0) }
  }
}

/// How the lanes of a batch are cut into pieces of rows.
struct RowPieces {
  /// Rows in the batch.
  let rows: Int
  /// Its lanes.
  let lanes: Int
  /// Pieces of every lane.
  let perLane: Int

  /// Fewer rows than this are not worth a piece: the weights pass through the caches for each.
  static let fewest = 32
  /// As many pieces a thread let nobody wait long for another.
  static let perThread = 3

  /// Pieces of at most as many rows as a block has.
  init(rows: Int, blockRows: Int, threads: Int) {
    self.rows = rows
    lanes = Lanes.count(of: rows, sections: 1)
    let largest = Lanes.rows(of: rows, sections: 1)
    let wanted = min(Self.perThread * threads, rows / Self.fewest)
    perLane = max(1, (largest + blockRows - 1) / blockRows, (wanted + lanes - 1) / lanes)
  }

  /// How many there are.
  var count: Int { lanes * perLane }

  /// The rows of a piece and its lane; none where a lane has fewer rows than pieces.
  func piece(_ number: Int) -> (lane: Int, rows: Range<Int>) {
    let (lane, part) = (number / perLane, number % perLane)
    let all = Lanes.range(of: lane, rows: rows, sections: 1)
    let first = all.lowerBound + all.count * part / perLane
    return (lane, first..<(all.lowerBound + all.count * (part + 1) / perLane))
  }
}
