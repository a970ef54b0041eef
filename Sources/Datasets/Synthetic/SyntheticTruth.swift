import Runs

/// What the log's maker knows and its reader cannot: the text of `truth.json`.
struct SyntheticTruth {
  private let log: SyntheticLog
  private let rows: [SyntheticImpression]
  private let clicked: [SyntheticImpression]
  /// Rows by group.
  private let groupCounts: [Int]

  /// Makes every row of a log.
  init(of log: SyntheticLog) {
    self.log = log
    rows = (0..<log.requests.count).flatMap { log.requests($0) }
    clicked = rows.filter(\.outcome.click)
    var counts = SyntheticGroup.all.map { _ in 0 }
    for row in rows {
      let segment = log.requests.world.users[row.user].segment
      counts[SyntheticGroup(device: row.device, segment: segment).index] += 1
    }
    groupCounts = counts
  }

  private var design: SyntheticDesign { log.requests.design }

  /// The file's text, but for its seal.
  func text(logChecksum: String) -> TruthText {
    .table([
      ("written_by", .word("mtl-tui data generate")),
      ("log", .table([("file", .word("log.csv")), ("checksum", .word(logChecksum))])),
      ("preset", .word(log.preset.rawValue)),
      ("seed", .word("\(log.seed)")),
      ("impressions", .count(rows.count)),
      ("requests", .count(log.requests.count)),
      ("population", population),
      ("tasks", .table(SyntheticTask.allCases.map { ($0.name, task($0)) })),
      ("task_correlation", .table(SyntheticTask.allCases.map { ($0.name, correlations($0)) })),
      ("position_bias", positionBias),
      ("conversion", conversion),
    ])
  }
}

// MARK: - By design
extension SyntheticTruth {
  private var population: TruthText {
    let population = log.preset.population
    return .table([
      ("users", .count(population.users)), ("items", .count(population.items)),
      ("categories", .count(population.categories)), ("authors", .count(population.authors)),
    ])
  }

  /// G_s · G_t for every task t; the mean over the rows where it depends on the row.
  private func correlations(_ task: SyntheticTask) -> TruthText {
    .list(
      SyntheticTask.allCases.map { other in
        let sum = zip(SyntheticGroup.all, groupCounts).reduce(0.0) { sum, group in
          let (one, two) = (design.law(task).mixture, design.law(other).mixture)
          return sum + Double(group.1) * (one(group.0) * two(group.0)).sum()
        }
        return .number(sum / Double(rows.count))
      })
  }

  /// β[device, slot], slots 1 to 10.
  private var positionBias: TruthText {
    .table(
      SyntheticDesign.devices.enumerated().map { device, name in
        let slots = 1...SyntheticDesign.slots
        let biases = slots.map { design.positionBias(device: device, slot: $0) }
        return (name, .list(biases.map { .number($0) }))
      })
  }

  /// G_t; by device or segment where it differs.
  private func mixture(_ task: SyntheticTask) -> TruthText {
    func row(_ group: SyntheticGroup) -> TruthText {
      let mixture = design.law(task).mixture(group)
      return .list(mixture.indices.map { .number(mixture[$0]) })
    }
    let first = SyntheticGroup.all[0]
    return switch design.law(task).mixture {
    case .all: row(first)
    case .byDevice:
      .table(
        SyntheticDesign.devices.enumerated().map {
          ($1, row(SyntheticGroup(device: $0, segment: first.segment)))
        })
    case .bySegment:
      .table(
        SyntheticSegment.allCases.map {
          ($0.rawValue, row(SyntheticGroup(device: first.device, segment: $0)))
        })
    }
  }
}

// MARK: - By counting
extension SyntheticTruth {
  private func task(_ task: SyntheticTask) -> TruthText {
    let law: [(String, TruthText)] = [
      ("mixture", mixture(task)),
      ("scale", .number(design.law(task).scale)),
      ("bias", .number(design.law(task).bias)),
    ]
    return .table(law + (task == .watch ? watchBounds : binaryBounds(task)))
  }

  private func binaryBounds(_ task: SyntheticTask) -> [(String, TruthText)] {
    let positives = rows.count { $0.outcome.happened(task) }
    return [
      ("positives", .count(positives)),
      ("rate", .number(Double(positives) / Double(rows.count))),
      ("bayes_auc", .number(bound(task, rows))),
      ("bayes_auc_by_split", bounds(task, by: split)),
      ("bayes_auc_by_segment", bounds(task, by: segment)),
      ("bayes_auc_random_traffic", .number(bound(task, rows.filter(\.isRandom)))),
    ]
  }

  private func bound(_ task: SyntheticTask, _ rows: [SyntheticImpression]) -> Double {
    expectedAUC(rows.compactMap { $0.chances.whole(task) })
  }

  private func bounds<Group: CaseIterable & RawRepresentable<String>>(
    _ task: SyntheticTask, by group: (SyntheticImpression) -> Group
  ) -> TruthText where Group: Equatable {
    .table(
      Group.allCases.map { value in
        (value.rawValue, .number(bound(task, rows.filter { group($0) == value })))
      })
  }

  private func split(_ row: SyntheticImpression) -> SyntheticSplit {
    log.requests.split(ofRequest: row.request)
  }

  private func segment(_ row: SyntheticImpression) -> SyntheticSegment {
    log.requests.world.users[row.user].segment
  }

  /// The conversion rate P(purchase | click), where it is seen and where it is wanted.
  private var conversion: TruthText {
    let whole = rows.map(\.chances.conversion)
    let seen = clicked.map(\.chances.conversion)
    return .table([
      ("mean_clicked", .number(seen.mean)),
      ("mean_whole", .number(whole.mean)),
      ("potential_purchases", .count(rows.count { $0.outcome.potentialPurchase })),
      ("bayes_auc_clicked", .number(expectedAUC(seen))),
      ("bayes_auc_whole", .number(expectedAUC(whole))),
    ])
  }
}

// MARK: - Watch time
extension SyntheticTruth {
  /// The mean over clicks, and the RMSE of log(1 + seconds) that the best prediction leaves.
  private var watchBounds: [(String, TruthText)] {
    let seconds = clicked.map { Double($0.outcome.watchTenths) / 10 }
    let variances = clicked.map { row in
      variance(of: row.chances.watch, duration: log.requests.world.items[row.item].duration)
    }
    return [
      ("mean_seconds_clicked", .number(seconds.mean)),
      ("bayes_rmse_log1p_clicked", .number(variances.mean.squareRoot())),
    ]
  }

  /// Var[log(1 + min(exp(μ + 0.7 ε), 3) · duration)], by the trapezium rule over ε in ±4.
  private func variance(of location: Double, duration: Int) -> Double {
    var (weights, sum, squares) = (0.0, 0.0, 0.0)
    for step in -16...16 {
      let noise = Double(step) / 4
      let share = exponential(location + SyntheticDesign.watchNoise * noise)
      let value = naturalLogarithm(
        1 + min(share, SyntheticDesign.watchCap) * Double(duration))
      let weight = exponential(-0.5 * noise * noise)
      weights += weight
      sum += weight * value
      squares += weight * value * value
    }
    return squares / weights - (sum / weights) * (sum / weights)
  }
}
