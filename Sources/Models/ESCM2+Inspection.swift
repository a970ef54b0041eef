import Foundation
public import Runs

extension ESCM2 {
  /// The propensities.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// How the propensities lie, and what clipping them costs.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let propensities = propensities(reading)
    let (clipped, effective) = weights(of: propensities, reading)
    return Inspection(
      views: [histogram(of: propensities)],
      traces: [
        ModelTrace(
          name: "clip_rate", title: "clipped inverse propensities",
          note: "The share of validation rows whose inverse propensity is cut at the clip.",
          series: ["clipped"], values: [clipped]),
        ModelTrace(
          name: "effective_sample_size", title: "effective sample size",
          note: "What the weighted clicked rows are worth, (Σv)² / Σv²; far below the clicks a few "
            + "rows decide.",
          series: ["effective", "clicks"],
          values: [effective, Float(clicks(reading).count { $0 })]),
      ])
  }

  private func propensities(_ reading: ModelReading) -> [Double] {
    guard let logits = reading.watched(.logit(names[funnel.click]))?.values else { return [] }
    return (0..<reading.batch.rows).map { 1 / (1 + exp(-Double(logits[$0]))) }
  }

  private func clicks(_ reading: ModelReading) -> [Bool] {
    (0..<reading.batch.rows).map { reading.label(row: $0, task: funnel.click) == 1 }
  }

  /// The share of clipped rows, and (Σv)² / Σv² over clicked ones.
  func weights(
    of propensities: [Double], _ reading: ModelReading
  ) -> (clipped: Float, effective: Float) {
    let (floor, clip) = (reading.value(of: floor), reading.value(of: clip))
    let inverse = propensities.map { 1 / max($0, floor) }
    let isClipped = inverse.count { $0 >= clip }
    let used = zip(inverse, clicks(reading)).filter(\.1).map { min($0.0, clip) }
    let sum = used.reduce(0, +)
    let squares = used.reduce(0) { $0 + $1 * $1 }
    return (
      Float(isClipped) / Float(max(1, inverse.count)), squares > 0 ? Float(sum * sum / squares) : 0
    )
  }

  private static let edges = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]

  private func histogram(of propensities: [Double]) -> ModelView {
    let counts = Self.edges.indices.map { place in
      let from = place == 0 ? -1 : Self.edges[place - 1]
      return propensities.count { $0 > from && $0 <= Self.edges[place] }
    }
    let bars = zip(Self.edges, counts).map { edge, count in
      ModelView.Bars.Bar(
        name: "≤ \(edge)", values: [Float(count) / Float(max(1, propensities.count))])
    }
    return ModelView(
      name: "propensities", title: "propensities",
      note: "The share of validation rows by pCTR, whose inverse weighs a clicked row; much on top "
        + "means large weights.",
      content: .bars(.init(bars: bars)))
  }
}
