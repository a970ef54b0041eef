internal import CKernels

extension Plan {
  /// Bytes that running the plan takes besides parameters and their gradients.
  ///
  /// These are the arenas of the threads, packed weights, and what is kept for the whole batch. Nothing
  /// is taken to say so.
  public func bytes(threads: Int) -> Double {
    func sum(_ numbers: some Sequence<Double>) -> Double { numbers.reduce(0, +) }
    let scratch = order.map { self.scratch(of: $0) }.max() ?? 0
    let tiles = schedule == .pieces ? TileBody.scratch(self) : 0
    let arenas = Double(threads) * (Double(places.size) + Double(scratch + tiles))
    let kept = sum(outputs.map { Double(mostRows(of: $0.node)) * Double($0.width) })
    let gradients = LookupGradients.floats(of: self)
    let spanning = Double(spanningFloats)
    let both = purpose == .training ? 2.0 : 1
    let packed = sum(
      Set(order.flatMap { nodes[$0].operation.packed }).map {
        both * Double(ck_packed_count(Int64($0.inputs), Int64($0.outputs)))
      })
    return 4 * (arenas + kept + spanning + gradients + packed)
  }
}

// MARK: - Rooms of extents

extension Plan {
  /// Bytes that packed entries have for a whole batch: answers and watched values of theirs, the gradients
  /// of rows that are looked up for them, and what is kept of them between forward and backward.
  ///
  /// Every row has room for as many entries as a row may have.
  public var packedBytes: Double {
    let kept =
      outputs.map { ($0.node, $0.width) } + lookups.map { ($0, nodes[$0].rowWidth) }
      + places.spanning.map { ($0.node, $0.width) }
    return kept.reduce(0) { sum, one in
      guard let column = nodes[one.0].extent.column else { return sum }
      return sum + 4 * Double(capacity) * Double(column.mostOfRow) * Double(one.1)
    }
  }

  /// Bytes of ``packedBytes`` that nobody should ask for, 256 MiB.
  public static let mostPackedBytes = Double(256 << 20)
}

extension Plan {
  /// The ragged columns of some nodes, parents before what they have.
  static func columns(of nodes: [Graph.Node], in order: [Int]) -> [RaggedColumn] {
    var found: [RaggedColumn] = []
    func add(_ extent: Extent) {
      guard let column = extent.column, !found.contains(column) else { return }
      add(column.parent)
      precondition(
        !found.contains { $0.index == column.index },
        "ragged column \(column.index) is described in two ways")
      found.append(column)
    }
    for node in order { add(nodes[node].extent) }
    return found
  }

  /// Entries of a column that a block of so many rows has room for: a longest row always fits.
  static func room(of column: RaggedColumn, rows: Int, isExact: Bool) -> Int {
    let most = rows * column.mostOfRow
    if isExact { return most }
    let typical = (1.25 * column.typicalOfRow * Double(rows)).rounded(.up)
    return max(column.mostOfRow, min(most, Int(typical)))
  }

  /// Entries of a column that a block has room for.
  func room(of column: RaggedColumn) -> Int {
    Self.room(of: column, rows: blockRows, isExact: hasMeetings)
  }

  /// Rows, or entries, of a node in a batch at most.
  func mostRows(of node: Int) -> Int {
    capacity * (nodes[node].extent.column?.mostOfRow ?? 1)
  }

  /// Scratch floats that a node needs.
  func scratch(of node: Int) -> Int {
    nodes[node].operation.scratch(
      rows: blockRooms[node], inputs: nodes[node].inputs.map { blockRooms[$0] })
  }
}

extension Extent {
  /// Rows of it that a row of the batch has in the mean.
  var typical: Double { column?.typicalOfRow ?? 1 }
}
