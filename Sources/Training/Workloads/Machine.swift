internal import CKernels
import Tensors

/// What this machine does at best, just now.
public struct Machine: Sendable {
  /// Threads that take part.
  public var threads: Int
  /// Multiply-adds in registers, in operations a second.
  public var multiplyAddPeak: Double
  /// A packed product of 256 × 256 × 256 in the cache, in operations a second.
  public var productPeak: Double
  /// y ← y + w·x over 64 MB arrays, in bytes a second.
  public var bandwidth: Double
  /// Random rows of 16 floats read from a 128 MB table, in rows a second.
  public var gatheredRows: Double
  /// Such rows changed in place.
  public var scatteredRows: Double

  /// Measures with this many threads, for about two seconds.
  public init(threads: Int) {
    self.threads = threads
    let pool = WorkerPool(threads: threads)
    multiplyAddPeak = Self.multiplyAddPeak(on: pool, seconds: 0.3)
    productPeak = Self.rate(
      ParallelLoop(ProductProbe(threads)), pool, count: ProductProbe.operations)
    bandwidth = Self.rate(ParallelLoop(StreamProbe(on: pool)), pool, count: StreamProbe.bytes)
    let rows = ParallelLoop(RowProbe(threads))
    gatheredRows = Self.rate(rows, pool, count: Double(RowProbe.rows))
    rows.body.writes = true
    scatteredRows = Self.rate(rows, pool, count: Double(RowProbe.rows))
  }

  /// Operations a second of all threads of a pool together, in registers.
  static func multiplyAddPeak(on pool: WorkerPool, seconds: Double) -> Double {
    let probe = ParallelLoop(PeakProbe(pool.threads, seconds: seconds))
    pool.run(probe, chunks: pool.threads)
    return probe.body.rates.array.reduce(0, +)
  }

  /// The best of several runs of a probe, one chunk a thread: things a second.
  private static func rate(_ probe: AnyParallelLoop, _ pool: WorkerPool, count: Double) -> Double {
    var best = Double.infinity
    let start = ContinuousClock.now
    repeat {
      let before = ContinuousClock.now
      pool.run(probe, chunks: pool.threads)
      best = min(best, (ContinuousClock.now - before).seconds)
    } while (ContinuousClock.now - start).seconds < 0.4
    return count * Double(pool.threads) / best
  }
}

private struct PeakProbe: ParallelBody, ~Copyable {
  let seconds: Double
  let rates: Storage<Double>

  init(_ threads: Int, seconds: Double) {
    self.seconds = seconds
    rates = Storage(count: threads, filling: 0)
  }

  func run(chunk: Int, thread: Int) {
    rates.base[chunk] = ck_multiply_add_peak(seconds)
  }
}

struct ProductProbe: ParallelBody, ~Copyable {
  private static let extent = 256
  private static let repeats = 40
  static let operations = 2 * Double(extent * extent * extent) * Double(repeats)
  private let x: [Storage<Float>]
  private let packed: [Storage<Float>]
  private let y: [Storage<Float>]

  init(_ threads: Int) {
    func matrices() -> [Storage<Float>] {
      (0..<threads).map { _ in Storage(count: Self.extent * Self.extent, filling: 1e-3) }
    }
    x = matrices()
    y = matrices()
    let n = Int64(Self.extent)
    packed = (0..<threads).map { _ in Storage(count: Int(ck_packed_count(n, n)), filling: 1e-3) }
  }

  func run(chunk: Int, thread: Int) {
    let n = Int64(Self.extent)
    for _ in 0..<Self.repeats {
      ck_product(n, n, n, x[chunk].base, n, packed[chunk].base, y[chunk].base, n, nil, 0)
    }
  }
}

struct StreamProbe: ParallelBody, ~Copyable {
  typealias Arrays = (x: Storage<Float>, y: Storage<Float>)
  fileprivate static let count = 16 << 20
  /// Two floats are read and one is written.
  static let bytes = 12 * Double(count)
  private let arrays: [Arrays]

  /// Arrays for every thread of a pool, beside its core.
  init(on pool: WorkerPool) {
    arrays = (0..<pool.threads).map { _ in
      (Storage(unwritten: Self.count), Storage(unwritten: Self.count))
    }
    pool.runOnEach(ParallelLoop(StreamFilling(arrays: arrays)))
  }

  func run(chunk: Int, thread: Int) {
    let (x, y) = arrays[thread]
    ck_add_scaled(Int64(Self.count), 1e-9, x.base, y.base, 1)
  }
}

/// Fills the arrays of a thread for the first time.
private struct StreamFilling: ParallelBody, ~Copyable {
  let arrays: [StreamProbe.Arrays]

  func run(chunk: Int, thread: Int) {
    let (x, y) = arrays[thread]
    x.base.update(repeating: 1, count: StreamProbe.count)
    y.base.update(repeating: 1, count: StreamProbe.count)
  }
}

private struct RowProbe: ParallelBody, ~Copyable {
  static let rows = 40_960
  private static let vocabulary = 2_000_000
  var writes = false
  private let table = Storage<Float>(count: RowProbe.vocabulary * 16, filling: 1)
  private let ids: [Storage<Int32>]
  private let values: [Storage<Float>]
  /// 0, 1, 2, …: every row is a group of its own.
  private let counting = Storage((0...Int32(RowProbe.rows)).map { $0 })

  init(_ threads: Int) {
    let random = RandomSource(seed: 1, .data)
    ids = (0..<threads).map { thread in
      Storage(
        (0..<Self.rows).map {
          Int32(random.index(below: Self.vocabulary / threads, UInt64($0), UInt64(thread)))
            + Int32(thread * Self.vocabulary / threads)
        })
    }
    values = (0..<threads).map { _ in Storage(count: Self.rows * 16, filling: 1e-9) }
  }

  func run(chunk: Int, thread: Int) {
    let (ids, values) = (ids[chunk], values[chunk])
    guard writes else {
      return ck_gather(Int64(Self.rows), 16, table.base, ids.base, 1, nil, values.base, 16)
    }
    var groups = ck_groups(
      count: Int64(Self.rows), ids: ids.base, starts: counting.base, rows: counting.base)
    ck_sgd_rows(&groups, 16, table.base, values.base, 16, 1e-9)
  }
}
