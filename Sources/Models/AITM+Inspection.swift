public import Runs

extension AITM {
  /// The attention and the violations.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// What each step reads of its own and of the step before it, and how often it is predicted above.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let shares = links.map { reading.mean(of: .attention(names[$0.later])) }
    let steps = links.map { names[$0.later] }
    let bars = zip(steps, shares).map { ModelView.Bars.Bar(name: $0, values: $1) }
    return Inspection(
      views: [
        ModelView(
          name: "attention", title: "attention of each step",
          note: "What a step reads of its own column, and of what the step before it hands on; "
            + "means over validation rows.",
          content: .bars(.init(parts: ["own", "transferred"], bars: bars, most: 1)))
      ],
      traces: [
        ModelTrace(
          name: "transferred", title: "attention on what is handed on",
          note: "Rising lines lean more and more on the step before.", series: steps,
          values: shares.map { $0.count == 2 ? $0[1] : .nan }),
        ModelTrace(
          name: "violation_rate", title: "violations",
          note: "The share of validation rows where a step is predicted above the one before it; "
            + "the calibrator holds it down.",
          series: steps, values: links.map { violations(of: $0, reading) }),
      ])
  }

  private func violations(of link: Link, _ reading: ModelReading) -> Float {
    guard let earlier = reading.watched(.logit(names[link.earlier]))?.values,
      let later = reading.watched(.logit(names[link.later]))?.values, reading.batch.rows > 0
    else { return .nan }
    let count = (0..<reading.batch.rows).reduce(0) { $0 + (later[$1] > earlier[$1] ? 1 : 0) }
    return Float(count) / Float(reading.batch.rows)
  }
}
