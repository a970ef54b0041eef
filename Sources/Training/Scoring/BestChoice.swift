import Graph
import Tensors

/// Keeps the numbers of the best validation score, and says when waiting is no use any more.
///
/// Scores of different sets of tasks cannot be compared: each set has a best of its own, which counts
/// again when the set comes back, so that a change that is undone costs nothing.
struct BestChoice {
  /// The best of one set of tasks: everything that its answers follow from.
  fileprivate struct Best {
    var score = -Double.infinity
    /// Nil before the first defined score.
    var step: Int?
    var copy: ParameterCopy?
    var epochsWithoutBetter = 0
    var improvedThisEpoch = false

    /// Changes the copy, if there is one.
    mutating func change(_ body: (inout ParameterCopy) -> Void) {
      guard var changed = copy else { return }
      copy = nil
      body(&changed)
      copy = changed
    }
  }

  private let store: ParameterStore
  private var best = Best()
  private var others: [(isOn: [Bool], best: Best)] = []
  /// The newest step that was scored.
  private(set) var lastConsidered = -1

  /// Sets of tasks whose best is remembered besides that of now: each costs a copy of the numbers.
  private static let setsAtMost = 2

  init(store: ParameterStore) { self.store = store }

  /// The step of the best numbers; nil before the first defined score.
  var bestStep: Int? { best.step }

  /// The steps of all numbers that are remembered.
  var rememberedSteps: [Int] { ([best] + others.map(\.best)).compactMap(\.step) }

  /// Takes in a score, larger is better; true if it is the best so far.
  ///
  /// An undefined score, NaN, is never the best.
  mutating func consider(_ score: Double, step: Int) -> Bool {
    lastConsidered = step
    guard !score.isNaN, best.step == nil || score > best.score else { return false }
    best.score = score
    best.step = step
    best.improvedThisEpoch = true
    if best.copy?.write(from: store, .everything) == nil {
      best.copy = store.copy(.everything)
    }
    return true
  }

  /// Ends an epoch; true if the run should end: `patience` epochs in a row were not better than the
  /// best, where there is one.
  mutating func epochEnded(patience: Int) -> Bool {
    best.epochsWithoutBetter = best.improvedThisEpoch ? 0 : best.epochsWithoutBetter + 1
    best.improvedThisEpoch = false
    return patience > 0 && best.step != nil && best.epochsWithoutBetter >= patience
  }

  /// Goes on with the best of another set of tasks, where there is one.
  mutating func tasksChanged(from old: [Bool], to new: [Bool]) {
    guard old != new else { return }
    others.append((old, best))
    if let place = others.firstIndex(where: { $0.isOn == new }) {
      best = others.remove(at: place).best
    } else {
      best = Best()
    }
    if others.count > Self.setsAtMost { others.removeFirst() }
  }

  /// Forgets every best score.
  mutating func restart() {
    best = Best()
    others = []
  }

  /// Changes all numbers that are remembered, in an order that all ranks have.
  mutating func forEachCopy(_ body: (inout ParameterCopy) -> Void) {
    best.change(body)
    for index in others.indices { others[index].best.change(body) }
  }

  /// Puts the best numbers back, all that answers follow from, and returns their step; nil if no
  /// score was defined.
  func restore() -> Int? {
    guard let copy = best.copy, let step = best.step else { return nil }
    store.restore(.everything, from: copy)
    return step
  }
}

// MARK: - Saving

extension BestChoice {
  /// Visits the bests of all sets of tasks with their copies of the numbers.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.number("last-considered", &lastConsidered)
    try archive.part("now") { archive throws(ArchiveError) in
      try best.visit(&archive, store)
    }
    var count = others.count
    try archive.number("other-sets", &count)
    guard (0...Self.setsAtMost).contains(count) else {
      throw .content("other-sets", "\(count) sets of tasks, expected at most \(Self.setsAtMost)")
    }
    if archive.isLoading { others = (0..<count).map { _ in ([], Best()) } }
    for index in others.indices {
      try archive.part("other-\(index)") { archive throws(ArchiveError) in
        try archive.flags("is-on", &others[index].isOn)
        try others[index].best.visit(&archive, store)
      }
    }
  }
}

extension BestChoice.Best {
  fileprivate mutating func visit(
    _ archive: inout Archive, _ store: ParameterStore
  ) throws(ArchiveError) {
    try archive.number("score", &score)
    try archive.number("step", &step)
    try archive.number("epochs-without-better", &epochsWithoutBetter, in: Archive.counts)
    try archive.flag("improved-this-epoch", &improvedThisEpoch)
    try archive.part("copy") { archive throws(ArchiveError) in
      try store.visit(copy: &copy, .everything, in: &archive)
    }
  }
}
