public import Tensors

/// The numbers of a model: dense blocks in one piece of memory, ordered by owner, tables, and numbers that are given.
///
///     dense:  | shared … | task 0 … | task 1 … |        tables: [V, D] each        given
///
/// Every block starts on a cache line; the floats between blocks are 0 and stay 0.
public final class ParameterStore {
  /// What every parameter is, by ``Parameter/index``.
  public let specifications: [ParameterSpecification]
  /// All dense blocks.
  public let dense: Storage<Float>
  /// Where each dense block starts; −1 for others.
  public let offsets: [Int]
  /// The memory of each table; nil for others.
  public let tables: [Storage<Float>?]
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
  public init(_ specifications: [ParameterSpecification], tasks: Int, seed: UInt64) {
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
    tables = specifications.map { one in
      guard case .table(let vocabulary, let width) = one.kind else { return nil }
      return Storage(count: vocabulary * width, filling: 0)
    }
    givens = specifications.map { one in
      switch one.kind {
      case .given(let count), .average(let count, _): Storage(count: count, filling: 1)
      case .dense, .table: nil
      }
    }
    averages = RunningAverages(specifications)
    for (index, one) in specifications.enumerated() {
      for piece in one.pieces { draw(piece, of: Parameter(index: index), seed: seed) }
    }
    version = 0
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
    tables = other.tables.map { $0.map(copy) }
    givens = other.givens.map { $0.map(copy) }
  }

  /// Bytes that the numbers take.
  public var bytes: Int {
    let blocks = [dense] + tables.compactMap { $0 } + givens.compactMap { $0 }
    return blocks.reduce(0) { $0 + $1.count * MemoryLayout<Float>.stride }
  }

  /// The first number of a parameter, to be read.
  public func base(of parameter: Parameter) -> UnsafePointer<Float> {
    UnsafePointer(memory(of: parameter))
  }

  private func memory(of parameter: Parameter) -> UnsafeMutablePointer<Float> {
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

  private func draw(_ piece: ParameterPiece, of parameter: Parameter, seed: UInt64) {
    let base = memory(of: parameter)
    let random = RandomSource(seed: seed, stream: fnv1a((piece.drawnAs ?? piece.path).utf8))
    let inputs = piece.shape.dropFirst().reduce(1, *)
    forEachElement(of: piece) { place, at in
      let i = UInt64(place)
      switch piece.initialiser {
      case .zeros: base[at] = 0
      case .constant(let value): base[at] = Float(value)
      case .uniform(let range):
        let share = random.uniform(i)
        base[at] = Float(range.lowerBound + share * (range.upperBound - range.lowerBound))
      case .normal(let deviation): base[at] = Float(random.normal(i) * deviation)
      case .stitch(let columns, let own):
        let entry = place % (columns * columns)
        let isOwn = entry / columns == entry % columns
        base[at] = Float(isOwn ? own : (1 - own) / Double(max(1, columns - 1)))
      case .bernoulli(let probability): base[at] = random.uniform(i) < probability ? 1 : 0
      case .heNormal: base[at] = Float(random.normal(i) * (2 / Double(inputs)).squareRoot())
      case .glorotUniform:
        let limit = (6 / Double(inputs + piece.shape[0])).squareRoot()
        base[at] = Float((2 * random.uniform(i) - 1) * limit)
      }
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
