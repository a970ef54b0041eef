public import Tensors

/// The numbers of a model: dense blocks in one piece of memory, ordered by owner, tables, and numbers that are given.
///
///     dense:  | shared … | task 0 … | task 1 … |        tables: [V, D] each        given
///
/// Every block starts on a cache line; the floats between blocks are 0 and stay 0. Rows of a very large
/// table come into being when they are looked up, see ``GrowingTable``.
public final class ParameterStore {
  /// What every parameter is, by ``Parameter/index``.
  public let specifications: [ParameterSpecification]
  /// All dense blocks.
  public let dense: Storage<Float>
  /// Where each dense block starts; −1 for others.
  public let offsets: [Int]
  /// The memory of each table, row by row but for those that grow; nil for others.
  public let tables: [Storage<Float>?]
  /// The tables whose rows come into being when they are looked up; nil for others.
  public let growing: [GrowingTable?]
  /// The memory of numbers that are given and not learned; nil for others.
  public let givens: [Storage<Float>?]
  /// Where what running means follow is added up.
  let averages: RunningAverages
  /// The dense floats of each owner, by ``segment(of:)``: those of a group follow one another.
  public let segments: [Range<Int>]

  /// How often numbers have been written since the store was made: who keeps something that follows
  /// from them, such as packed weights, sees by it that they have changed.
  public private(set) var version = 0
  /// Owners of a group of parameters: all tasks together, and each task.
  public let ownerCount: Int

  /// Lays parameters out and draws their first values.
  ///
  /// - Parameters:
  ///   - specifications: what they are.
  ///   - tasks: how many tasks there are.
  ///   - seed: what draws begin with.
  ///   - bound: bytes of values above which tables grow; the numbers are the same.
  public init(
    _ specifications: [ParameterSpecification], tasks: Int, seed: UInt64,
    growingAbove bound: Int = GrowingTable.usualBound
  ) {
    self.specifications = specifications
    var offsets = [Int](repeating: -1, count: specifications.count)
    var segments: [Range<Int>] = []
    var end = 0
    let owners = tasks + 1
    let groups = (specifications.map(\.group).max() ?? 0) + 1
    for segment in 0..<(groups * owners) {
      let start = end
      for (index, one) in specifications.enumerated()
      where one.group * owners + one.owner.segment == segment {
        guard case .dense(let count) = one.kind else { continue }
        offsets[index] = end
        end += (count + 15) & ~15
      }
      segments.append(start..<end)
    }
    self.offsets = offsets
    self.segments = segments
    ownerCount = owners
    dense = Storage(count: end, filling: 0)
    growing = specifications.map { GrowingTable($0, seed: seed, above: bound) }
    tables = zip(specifications, growing).map { one, growing in
      guard case .table(let vocabulary, let width) = one.kind else { return nil }
      return growing?.values ?? Storage(count: vocabulary * width, filling: 0)
    }
    givens = specifications.map { one in
      switch one.kind {
      case .given(let count), .average(let count, _): Storage(count: count, filling: 1)
      case .dense, .table: nil
      }
    }
    averages = RunningAverages(specifications)
    version = 0
    drawFirstValues(seed: seed)
  }

  /// Draws what is there from the beginning; rows of tables that grow are drawn when they come.
  private func drawFirstValues(seed: UInt64) {
    for (index, one) in specifications.enumerated() where growing[index] == nil {
      let base = memory(of: Parameter(index: index))
      for piece in one.pieces {
        let draw = PieceDraw(piece, seed: seed)
        forEachElement(of: piece) { place, at in base[at] = draw.value(place) }
      }
    }
  }

  /// A store of the same layout with the numbers that another one has now.
  public init(copyOf other: ParameterStore) {
    func copy(_ from: Storage<Float>) -> Storage<Float> {
      let to = Storage<Float>(count: from.count, filling: 0)
      to.base.update(from: from.base, count: from.count)
      return to
    }
    specifications = other.specifications
    offsets = other.offsets
    segments = other.segments
    ownerCount = other.ownerCount
    averages = other.averages
    dense = copy(other.dense)
    growing = other.growing.map { $0.map(GrowingTable.init(copyOf:)) }
    tables = zip(other.tables, growing).map { table, growing in
      growing?.values ?? table.map(copy)
    }
    givens = other.givens.map { $0.map(copy) }
  }

  /// Bytes that the numbers take; of a table that grows, those of the rows that there are.
  public var bytes: Int {
    let fixed = zip(tables, growing).compactMap { $1 == nil ? $0 : nil }
    let blocks = [dense] + fixed + givens.compactMap { $0 }
    let grown = growing.reduce(0) { $0 + ($1.map { $0.count * $0.width } ?? 0) }
    return blocks.reduce(grown) { $0 + $1.count } * MemoryLayout<Float>.stride
  }

  /// The first number of a parameter, to be read: all of them are there, in the order of the array.
  public func base(of parameter: Parameter) -> UnsafePointer<Float> {
    UnsafePointer(memory(of: parameter))
  }

  /// Where a lookup reads a table: that of one that grows by ``GrowingTable/slots``.
  func rowBase(of table: Parameter) -> UnsafePointer<Float> {
    growing[table.index].map { UnsafePointer($0.values.base) } ?? base(of: table)
  }

  /// Where the rows of a table lie, by id and counted from 1; nil: in the order of ids.
  func slots(of table: Parameter) -> UnsafePointer<Int32>? {
    growing[table.index].map { UnsafePointer($0.slots.base) }
  }

  private func memory(of parameter: Parameter) -> UnsafeMutablePointer<Float> {
    growing[parameter.index]?.settle()
    if let block = tables[parameter.index] ?? givens[parameter.index] { return block.base }
    return dense.base + offsets[parameter.index]
  }

  /// Writes numbers of a parameter, which is counted.
  public func change(
    _ parameter: Parameter, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    body(memory(of: parameter))
    version += 1
  }

  /// Counts what has been written to the memory of many parameters at once: an optimiser's update, an
  /// older copy.
  public func countWrite() { version += 1 }

  /// Which owner of which group has a parameter: group · (T + 1) + ``Owner/segment``.
  public func segment(of parameter: Parameter) -> Int {
    let one = specifications[parameter.index]
    return one.group * ownerCount + one.owner.segment
  }

  /// How many numbers are learned, without the gaps.
  public var parameterCount: Int {
    specifications.reduce(0) { sum, one in
      guard one.isLearned else { return sum }
      return sum + one.pieces.reduce(0) { $0 + $1.count }
    }
  }
}

/// Calls `body` with the place in the named array, row by row, and the place in the block.
func forEachElement(of piece: ParameterPiece, _ body: (_ place: Int, _ at: Int) -> Void) {
  let columns = piece.shape.dropFirst().reduce(1, *)
  for i in 0..<piece.shape[0] {
    for j in 0..<columns {
      body(
        i * columns + j, piece.offset + i * piece.strides.first + j * piece.strides.second)
    }
  }
}
