import Models

/// Drops the smallest of the weights that are left.
///
///     order     the cutoff is the round(r·n)-th smallest magnitude, counted from 0
///     linear    the cutoff is the r-quantile, interpolated between two magnitudes
///     M ← M ∘ [|w| ≥ cutoff]
///
/// A magnitude equal to the cutoff stays, so equal magnitudes lose nothing. One cutoff holds for all
/// layers together, or each layer has its own.
public struct Pruning: Sendable {
  /// Whether one cutoff holds for all layers.
  public var isGlobal: Bool
  /// Whether the cutoff lies between two magnitudes.
  public var isInterpolated: Bool
  /// r, the share of what is left that goes.
  public var rate: Double

  /// Chooses a rule.
  public init(isGlobal: Bool, isInterpolated: Bool, rate: Double) {
    self.isGlobal = isGlobal
    self.isInterpolated = isInterpolated
    self.rate = rate
  }

  /// The rule of a schedule, with a rate of its own if asked.
  init(_ schedule: LotterySchedule, rate: Double? = nil) {
    self.init(
      isGlobal: schedule.scope == "global", isInterpolated: schedule.quantile == "linear",
      rate: rate ?? min(1, schedule.rate))
  }

  /// The cutoff of each layer, from weights and masks by layer.
  public func cutoffs(_ weights: [[Float]], _ masks: [[Float]]) -> [Double] {
    let left = zip(weights, masks).map { layer, mask in
      zip(layer, mask).compactMap { $1 == 0 ? nil : Double(abs($0)) }
    }
    guard isGlobal else { return left.map(cutoff) }
    let common = cutoff(left.flatMap { $0 })
    return left.map { _ in common }
  }

  /// The masks after the smallest weights are dropped.
  public func thinned(_ weights: [[Float]], _ masks: [[Float]]) -> [[Float]] {
    zip(zip(weights, masks), cutoffs(weights, masks)).map { layer, cutoff in
      zip(layer.0, layer.1).map { $1 != 0 && Double(abs($0)) < cutoff ? 0 : $1 }
    }
  }

  private func cutoff(_ magnitudes: [Double]) -> Double {
    guard !magnitudes.isEmpty else { return 0 }
    let sorted = magnitudes.sorted()
    guard isInterpolated else {
      return sorted[min(sorted.count - 1, Int((rate * Double(sorted.count)).rounded()))]
    }
    let place = rate * Double(sorted.count - 1)
    let low = min(sorted.count - 1, Int(place))
    let high = min(sorted.count - 1, low + 1)
    return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
  }
}
