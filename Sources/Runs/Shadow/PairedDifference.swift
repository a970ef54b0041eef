/// The mean of differences that come one by one, and how far it is by chance, in bounded memory.
///
/// Neighbours may depend on each other, so the noise is that of the means of blocks of neighbours
/// (the method of batch means): blocks become longer as the steps go on. What counts is the newest
/// half: what has just been changed has not taken effect yet.
///
///     d̄ ± s / √m     over the newest m blocks, s the deviation of their means
public struct PairedDifference: Sendable, Equatable {
  /// What is known of the difference.
  public struct Estimate: Sendable, Equatable, Codable {
    /// The mean.
    public var mean: Double
    /// Its standard error.
    public var error: Double
    /// Steps that it is of.
    public var steps: Int

    /// Records a mean.
    public init(mean: Double, error: Double, steps: Int) {
      self.mean = mean
      self.error = error
      self.steps = steps
    }

    /// Whether it is further from 0 than two standard errors.
    public var isClear: Bool { abs(mean) > 2 * error }
  }

  /// Blocks at most; of more, two neighbours become one.
  public static let mostBlocks = 64
  /// Blocks that an estimate needs.
  public static let fewestBlocks = 8

  /// Differences in a whole block.
  public private(set) var blockSize = 1
  private var blocks: [Double] = []
  private var open = (sum: 0.0, count: 0)

  /// No difference yet.
  public init() {}

  /// Takes in a difference; what is no finite number is left out.
  public mutating func add(_ difference: Double) {
    guard difference.isFinite else { return }
    open.sum += difference
    open.count += 1
    guard open.count == blockSize else { return }
    blocks.append(open.sum / Double(blockSize))
    open = (0, 0)
    guard blocks.count == Self.mostBlocks else { return }
    blocks = stride(from: 0, to: blocks.count, by: 2).map { (blocks[$0] + blocks[$0 + 1]) / 2 }
    blockSize *= 2
  }

  /// The mean of the newest half; nil before there are enough.
  public var estimate: Estimate? {
    guard blocks.count >= Self.fewestBlocks else { return nil }
    let newest = blocks.suffix(blocks.count / 2)
    let mean = newest.reduce(0, +) / Double(newest.count)
    let squares = newest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let variance = squares / Double(newest.count - 1)
    return Estimate(
      mean: mean, error: (variance / Double(newest.count)).squareRoot(),
      steps: newest.count * blockSize)
  }

  /// Equal blocks.
  public static func == (a: Self, b: Self) -> Bool {
    a.blocks == b.blocks && a.blockSize == b.blockSize && a.open == b.open
  }
}
