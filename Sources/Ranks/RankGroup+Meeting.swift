extension RankGroup {
  /// Ranks that notice when one of them is lost: `report` says so, on a thread of its own, before the
  /// process ends with code 3; once for all ranks, by rank 0, or by the next one where that is lost.
  ///
  /// - Throws: ``RankStartError`` where ranks cannot reach each other, ``RankError`` of the wire.
  public static func watched(
    over wire: any Wire, whenLost report: @escaping @Sendable ([LostRank]) -> Void
  ) throws -> RankGroup {
    let group = RankGroup(wire)
    guard wire.count > 1 else { return group }
    let heartbeat = try Heartbeat.connecting(group)
    try heartbeat.start(report)
    group.heartbeat = heartbeat
    return group
  }

  /// Says that this rank ends with an error of its own, which it names itself: the others end silently.
  ///
  /// Nothing where it has left.
  public func fail() {
    if !hasLeft { heartbeat?.fail() }
  }

  /// The same for any thread, before the run has come to its end.
  public var farewell: @Sendable () -> Void {
    let heartbeat = heartbeat
    return { heartbeat?.fail() }
  }

  /// Says that this rank needs the others no more; all ranks say it.
  ///
  /// One that ends from then on is not lost.
  public func leave() {
    hasLeft = true
    heartbeat?.leave()
  }

  /// Gives up what connects the ranks, behind all that this one has to do and to say: a launcher that was
  /// asked to end the run lets none through its library any more.
  public func end() {
    if !hasLeft { leave() }
    wire.leave()
  }

  /// Compares what must be alike on all ranks, each by its name and its value, of which 64 bytes count.
  ///
  /// - Throws: ``RankError/differing(_:rank:found:expected:)``, on all ranks the same, which have left then.
  public func compare(_ facts: [(name: String, value: String)]) throws(RankError) {
    let width = 64
    var all = [UInt8](repeating: 0, count: wire.count * facts.count * width)
    let own = wire.rank * facts.count * width
    for (index, fact) in facts.enumerated() {
      for (offset, byte) in fact.value.utf8.prefix(width).enumerated() {
        all[own + index * width + offset] = byte
      }
    }
    let parts = (0..<wire.count).map {
      ($0 * facts.count * width)..<(($0 + 1) * facts.count * width)
    }
    let done: Result<Void, RankError> = all.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return .success(()) }
      return Result { () throws(RankError) in try gather(base, parts: parts, for: .agenda) }
    }
    try done.get()
    for rank in 1..<max(1, wire.count) {
      for (index, fact) in facts.enumerated() {
        func value(_ rank: Int) -> String {
          let start = (rank * facts.count + index) * width
          return String(decoding: all[start..<(start + width)].prefix { $0 != 0 }, as: UTF8.self)
        }
        guard value(rank) != value(0) else { continue }
        // All say the same and end, so that nobody is missed.
        end()
        throw .differing(fact.name, rank: rank, found: value(rank), expected: value(0))
      }
    }
  }
}
