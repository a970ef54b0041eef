/// The facts of a log whose rows are all kept: exact, in 120 bytes a row.
final class KeptFacts: SyntheticFacts {
  private let requests: SyntheticRequests
  private var rows: [SyntheticImpression] = []

  init(of requests: SyntheticRequests) {
    self.requests = requests
    rows.reserveCapacity(requests.count * SyntheticDesign.slots)
  }

  func add(_ rows: [SyntheticImpression]) { self.rows += rows }

  var rowCount: Int { rows.count }

  var groupCounts: [Int] {
    var counts = SyntheticGroup.all.map { _ in 0 }
    for row in rows { counts[requests.group(of: row).index] += 1 }
    return counts
  }

  func positives(_ task: SyntheticTask) -> Int { rows.count { $0.outcome.happened(task) } }

  func bound(_ task: SyntheticTask, _ part: SyntheticPart) -> SyntheticBound {
    let chances = rows.compactMap { part.contains($0, of: requests) ? $0.chances.whole(task) : nil }
    return SyntheticBound(area: expectedAUC(chances))
  }

  func conversion(clicked: Bool) -> (mean: Double, bound: SyntheticBound) {
    let chances = rows.compactMap {
      !clicked || $0.outcome.click ? $0.chances.conversion : nil
    }
    return (chances.mean, SyntheticBound(area: expectedAUC(chances)))
  }

  var potentialPurchases: Int { rows.count { $0.outcome.potentialPurchase } }

  var meanSecondsClicked: Double {
    rows.compactMap { $0.outcome.click ? Double($0.outcome.watchTenths) / 10 : nil }.mean
  }

  var meanWatchVariance: Double {
    rows.compactMap { row in
      row.outcome.click
        ? watchVariance(
          of: row.chances.watch, duration: requests.world.items[row.item].duration) : nil
    }.mean
  }

  var method: String? { nil }
}

/// Var[log(1 + min(exp(μ + 0.7 ε), 3) · duration)], by the trapezium rule over ε in ±4.
func watchVariance(of location: Double, duration: Int) -> Double {
  var (weights, sum, squares) = (0.0, 0.0, 0.0)
  for (noise, weight) in trapezium {
    let share = exponential(location + SyntheticDesign.watchNoise * noise)
    let value = naturalLogarithm(
      1 + min(share, SyntheticDesign.watchCap) * Double(duration))
    weights += weight
    sum += weight * value
    squares += weight * value * value
  }
  return squares / weights - (sum / weights) * (sum / weights)
}

/// The ε of the rule, and what each weighs: e^(−ε² / 2).
private let trapezium = (-16...16).map { step in
  let noise = Double(step) / 4
  return (noise: noise, weight: exponential(-0.5 * noise * noise))
}
