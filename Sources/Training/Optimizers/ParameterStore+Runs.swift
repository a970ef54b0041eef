import Graph

extension ParameterStore {
  /// Neighbouring dense floats that are updated alike.
  struct Run {
    var range: Range<Int>
    let rateFactor: Double
    let decays: Bool
  }

  /// The dense floats of an owner, cut where the rate's factor or the decay changes.
  func runs(of segment: Int) -> [Run] {
    var runs: [Run] = []
    for (index, one) in specifications.enumerated()
    where self.segment(of: Parameter(index: index)) == segment {
      guard case .dense = one.kind else { continue }
      let start = offsets[index]
      if let last = runs.last, last.rateFactor == one.rateFactor, last.decays == one.decays {
        continue
      }
      if let last = runs.indices.last { runs[last].range = runs[last].range.lowerBound..<start }
      runs.append(
        Run(
          range: start..<segments[segment].upperBound, rateFactor: one.rateFactor,
          decays: one.decays))
    }
    return runs
  }
}
