/// What lanes show to each other: a row of floats a lane, with room for every operation that needs
/// the whole batch.
struct Meetings {
  let base: UnsafeMutablePointer<Float>
  /// The distance of two lanes' rows.
  let stride: Int
}

/// The parts of a run between which the threads meet.
///
/// Time runs over the operations forward and then backward, section after section. A stage ends
/// behind what an operation has to show to the other lanes (``Operation/meet(_:)``), and the next one
/// begins with that operation. Where nothing meets, there is one stage.
///
/// A parted run stops between both directions, where all tallies are known. The second part begins
/// with the roots once more, which leave their derivatives with the scales that hold by then.
struct Stages {
  /// One operation in one direction.
  struct Entry {
    /// Its place in the order.
    let place: Int
    /// The section of its backward pass; −1: forward.
    let section: Int
  }

  /// A part of the time.
  struct Stage {
    let entries: Range<Int>
    /// Whether the first operation of the next stage shows its numbers at the end of this one.
    let endsInMeeting: Bool
  }

  let entries: [Entry]
  let stages: [Stage]
  /// The first stage of the second part; nil: the run is not parted.
  let parting: Int?

  /// - Parameters:
  ///   - meets: by operation, whether it needs the whole batch.
  ///   - isReached: by section and operation, whether it has a backward pass there.
  ///   - roots: of a parted run the places of the roots; nil: it is not parted.
  init(meets: [Bool], isReached: [[Bool]], roots: [Int]? = nil) {
    var entries = meets.indices.map { Entry(place: $0, section: -1) }
    var stages: [Stage] = []
    var first = 0
    func cut(at end: Int, meeting: Bool) {
      stages.append(Stage(entries: first..<end, endsInMeeting: meeting))
      first = end
    }
    for place in meets.indices where meets[place] { cut(at: place, meeting: true) }
    var parting: Int?
    if let roots {
      cut(at: entries.count, meeting: false)
      parting = stages.count
      entries += roots.map { Entry(place: $0, section: -1) }
      // What the roots read of other lanes is overwritten behind them.
      if meets.contains(true) { cut(at: entries.count, meeting: false) }
    }
    for section in isReached.indices {
      // A section's meetings use the memory of those before.
      if section > 0, meets.contains(true) { cut(at: entries.count, meeting: false) }
      for place in meets.indices.reversed() where isReached[section][place] {
        if meets[place] { cut(at: entries.count, meeting: true) }
        entries.append(Entry(place: place, section: section))
      }
    }
    cut(at: entries.count, meeting: false)
    self.entries = entries
    self.stages = stages
    self.parting = parting
  }
}
