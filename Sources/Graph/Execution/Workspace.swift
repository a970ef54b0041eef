public import Tensors

/// Memory that several plans of one model use in turn: arenas, lanes of parameter gradients, tallies.
public final class Workspace {
  /// The threads that run plans.
  public let pool: WorkerPool
  /// Gradients of the dense parameters, one row a lane and section: [lanes, sections, dense]; it is
  /// another piece of memory once a plan of more sections has been made ready to run.
  public private(set) var laneGradients: Storage<Float>
  /// The distance of two rows.
  public let laneStride: Int
  /// Numbers that operations add up, see ``Call/tallies``.
  public let tallyCount: Int
  /// How threads share training steps, from the next plan on; nil: as suits a batch,
  /// ``Schedule/usual(rows:threads:)``.
  public var schedule: Schedule?
  /// Whether something is added to the first lane's gradients before the lanes are summed: pieces leave
  /// no lanes.
  public var addsToFirstLane = false
  /// The lanes of training plans that are run here; to be set before the first plan is made.
  public var share = LaneShare.whole
  /// Gives other processes what the own lanes have, and gets what theirs have; nil: all lanes are run here.
  public var exchange: (any LaneExchange)?
  /// Rows of ``laneGradients`` at most, with one section.
  public static let mostLanes = Lanes.most

  /// Rows of ``laneGradients`` with so many sections.
  public static func gradientRows(sections: Int) -> Int {
    max(mostLanes, Lanes.mostOfSections * sections)
  }

  /// What running means follow, one row a lane; then one a lane for what roots add a second time in
  /// the second part of a parted run, which nobody reads.
  let laneAverages: Storage<Float>
  let averageStride: Int
  /// A row of numbers a lane; then one a thread, what pieces of rows add and nobody reads.
  let tallies: Storage<Double>
  /// What ``Call/scales`` has.
  let scales: Storage<Float>
  private(set) var arenas: [Storage<Float>] = []
  private(set) var scratch: [Storage<Float>] = []
  /// Values of a whole batch, between forward and backward of a parted plan.
  private(set) var spanning = Storage<Float>(count: 0, filling: 0)
  /// What lanes show to each other, on its way between processes.
  private var meetings = Storage<Float>(count: 0, filling: 0)

  /// Memory for the plans of one store, whose operations add up so many numbers and read so many scales.
  public init(store: ParameterStore, tallies: Int = 0, scales: Int = 0, pool: WorkerPool) {
    self.pool = pool
    tallyCount = tallies
    laneStride = store.dense.count
    laneGradients = Storage(count: Lanes.most * store.dense.count, filling: 0)
    averageStride = store.averages.stride
    laneAverages = Storage(count: 2 * Lanes.most * averageStride, filling: 0)
    self.tallies = Storage(count: (Lanes.most + pool.threads) * tallies, filling: 0)
    self.scales = Storage(count: scales, filling: 0)
  }

  /// The tallies of a lane; of those behind all lanes, what a thread's pieces add.
  func tallies(ofRow row: Int) -> UnsafeMutablePointer<Double> {
    tallies.base + row * tallyCount
  }

  /// How a training plan of so many rows is to be run.
  public func schedule(rows: Int) -> Schedule {
    addsToFirstLane || share != .whole
      ? .lanes : schedule ?? Schedule.usual(rows: rows, threads: pool.working)
  }

  /// Sees to it that the lanes of a plan of so many backward sections have room.
  func reserve(sections: Int) {
    let floats = Self.gradientRows(sections: sections) * laneStride
    if laneGradients.count < floats { laneGradients = Storage(count: floats, filling: 0) }
  }

  /// Sees to it that a parted plan has room for the values of a whole batch.
  func reserve(spanning floats: Int) {
    if spanning.count < floats { spanning = Storage(count: floats, filling: 0) }
  }

  /// Memory for what all lanes show of one operation.
  func meetingRows(floats: Int) -> UnsafeMutablePointer<Float> {
    if meetings.count < floats { meetings = Storage(count: floats, filling: 0) }
    return meetings.base
  }

  /// Sees to it that every thread has this much memory, and that there are so many arenas, one a
  /// thread or one a lane.
  func reserve(arena: Int, count: Int, scratch floats: Int) {
    let known = arenas.first?.count ?? -1
    if known < arena || arenas.count < count {
      let floats = max(known, arena)
      let most = max(count, arenas.count)
      arenas =
        most == pool.threads
        ? FirstTouch.memory(of: pool, floats: floats)
        : (0..<most).map { _ in Storage(count: floats, filling: 0) }
    }
    if (scratch.first?.count ?? -1) < floats {
      scratch = FirstTouch.memory(of: pool, floats: floats)
    }
  }
}
