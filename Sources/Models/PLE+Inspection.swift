public import Runs

extension PLE {
  /// The gates by level, and the losses' weights.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// How much of each gate goes to a task's own experts and how much to the shared ones.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let shares = levels.map { level in names.indices.map { level.share(of: $0, reading) } }
    let sharedGates = levels.indices.compactMap { j in
      levels[j].hasSharedGate ? sharedGate(of: j, reading) : nil
    }
    return Inspection(
      views: shares.indices.map { gates(of: $0, shares[$0]) } + sharedGates,
      traces: shares.indices.map { j in
        ModelTrace(
          name: "own_share.\(j)", title: "own experts' share, level \(j)",
          note: "What a task's gate gives its own experts; the rest goes to the shared ones.",
          series: names, values: shares[j].map(\.mean))
      } + [weights(reading)])
  }

  private func gates(of level: Int, _ shares: [(mean: Float, deviation: Float)]) -> ModelView {
    let bars = zip(names, shares).map { name, share in
      let spread = share.deviation.isFinite ? Int((100 * share.deviation).rounded()) : 0
      return ModelView.Bars.Bar(
        name: "\(name) ± \(spread) %", values: [share.mean, 1 - share.mean])
    }
    return ModelView(
      name: "gates.\(level)", title: "gates, level \(level)",
      note: "What each task's gate gives its own and the shared experts: means over validation "
        + "rows, ± the deviation between rows.",
      content: .bars(.init(parts: ["own", "shared"], bars: bars, most: 1)))
  }

  private func sharedGate(of level: Int, _ reading: ModelReading) -> ModelView {
    let weights = reading.mean(of: levels[level].watched("shared"))
    var rest = weights[...]
    var bars = zip(names, levels[level].ownCounts).map { name, count in
      let own = rest.prefix(count).reduce(0, +)
      rest = rest.dropFirst(count)
      return ModelView.Bars.Bar(name: name, values: [own])
    }
    bars.append(.init(name: "shared", values: [rest.reduce(0, +)]))
    return ModelView(
      name: "shared_gate.\(level)", title: "shared gate, level \(level)",
      note: "Whose experts feed the shared state of the next level; means over validation rows.",
      content: .bars(.init(bars: bars, most: 1)))
  }

  private func weights(_ reading: ModelReading) -> ModelTrace {
    ModelTrace(
      name: "weights", title: "weights of the losses",
      note: "ω γ^t by task; falling lines let a task fade.", series: names,
      values: reading.weights)
  }
}

extension ExtractionLevel {
  /// The share of a task's gate that its own experts get: mean and deviation over rows.
  func share(of task: Int, _ reading: ModelReading) -> (mean: Float, deviation: Float) {
    guard let (values, width) = reading.watched(watched(names[task])), reading.batch.rows > 0
    else { return (.nan, .nan) }
    let shares = (0..<reading.batch.rows).map { row in
      (0..<ownCounts[task]).reduce(0.0) { $0 + Double(values[row * width + $1]) }
    }
    let mean = shares.reduce(0, +) / Double(shares.count)
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count)
    return (Float(mean), Float(variance.squareRoot()))
  }
}
