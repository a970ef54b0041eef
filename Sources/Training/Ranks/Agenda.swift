import Foundation
import Ranks
import Runs

/// What all ranks do next, which rank 0 alone decides: it has the clock, the person and the screen.
struct Agenda: Equatable {
  /// Commands that are carried out now, before anything else.
  var tickets: [CommandTicket] = []
  /// Whether the run is closed.
  var closes = false
  /// Whether the run's time is over.
  var isLate = false
  /// Whether a step is taken, and whether its watched values are kept.
  var takesStep = false
  var keepsWatched = false
  /// Whether ranks tell each other how long their steps took.
  var tellsTimes = false
  /// Whether the state behind the newest step is saved before anything else, by all ranks together.
  var saves = false

  fileprivate init(flags: UInt32) {
    closes = flags & 1 != 0
    isLate = flags & 2 != 0
    takesStep = flags & 4 != 0
    keepsWatched = flags & 8 != 0
    tellsTimes = flags & 16 != 0
    saves = flags & 32 != 0
  }

  init() {}

  fileprivate var flags: UInt32 {
    (closes ? 1 : 0) | (isLate ? 2 : 0) | (takesStep ? 4 : 0) | (keepsWatched ? 8 : 0)
      | (tellsTimes ? 16 : 0) | (saves ? 32 : 0)
  }
}

/// How the ranks of a run come to do the same: one broadcast of 16 bytes a step, and the commands behind
/// it where there are some; about once a second all ranks say how long their steps took.
///
///     step (8 bytes) · flags (4) · bytes of the commands that follow (4)
///     of each rank: seconds of a step by itself (8) · seconds with the others (8) · seconds of both (8)
final class RankAgendas {
  /// Whether this rank decides, writes, records and shows.
  var isFirst: Bool { group.wire.rank == 0 }
  /// Whether the run was closed, which all ranks know at the same step.
  var isClosed = false
  /// What ranks say to each other, beside the steps.
  private(set) var communication: Communication

  private let group: RankGroup
  /// What was said before the first step.
  private var before = RankTraffic()
  private var watch: StepWatch
  /// Whether the newest agenda took a step.
  private var hasStepped = false
  private let header = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 8)

  /// - Parameters:
  ///   - group: the ranks.
  ///   - lanes: of a full batch; as many as ranks unless told.
  init(_ group: RankGroup, lanes: Int? = nil) {
    self.group = group
    communication = Communication(ranks: group.wire.count)
    watch = StepWatch(group, lanes: lanes ?? group.wire.count)
  }

  /// The number of this rank.
  var rank: Int { group.wire.rank }
  /// How many ranks there are.
  var count: Int { group.wire.count }
  /// Whether they run on several machines.
  var isSpread: Bool { !watch.times.hosts.isEmpty }

  /// Gives everybody some bytes of rank 0, which the others ask for with nil.
  func share(_ bytes: Data?) throws -> Data {
    header.storeBytes(of: Int64(bytes?.count ?? 0), toByteOffset: 0, as: Int64.self)
    header.storeBytes(of: Int64(0), toByteOffset: 8, as: Int64.self)
    try group.broadcast(header, from: 0, for: .agenda)
    let count = Int(header.load(fromByteOffset: 0, as: Int64.self))
    return try broadcast(bytes ?? Data(count: count))
  }

  /// Sees to it that every rank has all numbers, of which each has an equal part, in the order of ranks.
  func gather(_ numbers: inout [UInt64]) throws {
    let bytes = 8 * numbers.count / count
    let parts = (0..<count).map { (bytes * $0)..<(bytes * ($0 + 1)) }
    try numbers.withUnsafeMutableBytes { memory in
      guard let base = memory.baseAddress else { return }
      try group.gather(base, parts: parts, for: .agenda)
    }
  }

  /// Notes a step and how long it took.
  func stepTaken(_ duration: Duration) {
    communication.add(duration)
    watch.stepTaken(duration)
  }

  /// Counts from here on: what ranks said to each other to begin is no part of a step.
  func begin() throws(RankError) {
    try watch.begin()
    before = group.traffic
  }

  /// How long steps take on each rank, of the newest second or so; nil before the first.
  var snapshot: RanksSnapshot? { watch.times.snapshot }

  /// What a person should know of that, once; nothing on other ranks than the first.
  func takeNews() -> [String] {
    let news = watch.news
    if !news.isEmpty { watch.news = [] }
    return isFirst ? news : []
  }

  /// What this rank has sent since then for steps; scoring is none.
  var traffic: RankTraffic { group.traffic.since(before).without(.answers) }

  /// Says that the steps are over.
  func leave() { group.leave() }

  /// Says that this rank's work is done, what it had to say included.
  func end() { group.end() }

  /// What is to be said of that; nil: no step was taken, or another rank says it.
  var words: String? {
    isFirst && communication.steps > 0 ? communication.words(traffic) : nil
  }

  deinit { header.deallocate() }

  /// What rank 0 has decided at a step; `decide` is asked there alone.
  func agree(at step: Int, _ decide: () throws -> Agenda) throws -> Agenda {
    group.step = step
    let waitedBefore = group.traffic.time[.agenda, default: .zero]
    let agenda = try isFirst ? announce(decide(), at: step) : follow(at: step)
    // What comes behind a pause was waited for by nobody's fault.
    if hasStepped, agenda.takesStep {
      watch.waited += group.traffic.time[.agenda, default: .zero] - waitedBefore
    }
    hasStepped = agenda.takesStep
    if agenda.tellsTimes { try watch.tell() }
    return agenda
  }

  /// Tells the others what this rank has decided.
  private func announce(_ decided: Agenda, at step: Int) throws -> Agenda {
    var agenda = decided
    agenda.tellsTimes = agenda.takesStep && watch.isDue
    let commands = agenda.tickets.isEmpty ? Data() : try JSONEncoder().encode(agenda.tickets)
    header.storeBytes(of: Int64(step), toByteOffset: 0, as: Int64.self)
    header.storeBytes(of: agenda.flags, toByteOffset: 8, as: UInt32.self)
    header.storeBytes(of: UInt32(commands.count), toByteOffset: 12, as: UInt32.self)
    try group.broadcast(header, from: 0, for: .agenda)
    if !commands.isEmpty { _ = try broadcast(commands) }
    return agenda
  }

  /// Hears what rank 0 has decided.
  private func follow(at step: Int) throws -> Agenda {
    try group.broadcast(header, from: 0, for: .agenda)
    let found = Int(header.load(fromByteOffset: 0, as: Int64.self))
    guard found == step else {
      throw RankError.unlike(expected: "step \(step)", found: "step \(found)", from: 0)
    }
    var agenda = Agenda(flags: header.load(fromByteOffset: 8, as: UInt32.self))
    let count = Int(header.load(fromByteOffset: 12, as: UInt32.self))
    if count > 0 {
      agenda.tickets = try JSONDecoder().decode(
        [CommandTicket].self, from: broadcast(Data(count: count)))
    }
    return agenda
  }

  private func broadcast(_ bytes: Data) throws -> Data {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: bytes)
    try group.broadcast(memory, from: 0, for: .agenda)
    return Data(memory)
  }
}
