import Runs

/// What the log's maker knows and its reader cannot: the text of `truth.json`.
struct SyntheticTruth {
  private let log: SyntheticLog
  private let facts: any SyntheticFacts

  /// Takes what was counted of a log's rows.
  init(of log: SyntheticLog, _ facts: any SyntheticFacts) {
    self.log = log
    self.facts = facts
  }

  private var design: SyntheticDesign { log.requests.design }

  /// The file's text, but for its seal.
  func text(logChecksum: String) -> TruthText {
    let origin: [(String, TruthText)] = [
      ("written_by", .word("mtl-tui data generate")),
      ("log", .table([("file", .word("log.csv")), ("checksum", .word(logChecksum))])),
      ("preset", .word(log.preset.rawValue)),
      ("seed", .word("\(log.seed)")),
      ("impressions", .count(facts.rowCount)),
      ("requests", .count(log.requests.count)),
      ("population", population),
    ]
    return .table(
      origin + notes + [
        ("tasks", .table(SyntheticTask.allCases.map { ($0.name, task($0)) })),
        ("task_correlation", .table(SyntheticTask.allCases.map { ($0.name, correlations($0)) })),
        ("position_bias", positionBias),
        ("conversion", conversion),
      ])
  }
}

// MARK: - By design
extension SyntheticTruth {
  /// How the bounds of a huge log are worked out, and which columns say nothing.
  private var notes: [(String, TruthText)] {
    let method = facts.method.map { [("bounds_by", TruthText.word($0))] } ?? []
    guard log.preset == .huge else { return method }
    let columns = WideColumns.withoutInfluence.map { TruthText.word($0) }
    return method + [("columns_without_influence", .list(columns))]
  }

  private var population: TruthText {
    let population = log.preset.population(requests: log.requests.count)
    return .table([
      ("users", .count(population.users)), ("items", .count(population.items)),
      ("categories", .count(population.categories)), ("authors", .count(population.authors)),
    ])
  }

  /// G_s · G_t for every task t; the mean over the rows where it depends on the row.
  private func correlations(_ task: SyntheticTask) -> TruthText {
    .list(
      SyntheticTask.allCases.map { other in
        let sum = zip(SyntheticGroup.all, facts.groupCounts).reduce(0.0) { sum, group in
          let (one, two) = (design.law(task).mixture, design.law(other).mixture)
          return sum + Double(group.1) * (one(group.0) * two(group.0)).sum()
        }
        return .number(sum / Double(facts.rowCount))
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
    let positives = facts.positives(task)
    let all = facts.bound(task, .all)
    var worst = all.areaError
    func bound(_ part: SyntheticPart) -> TruthText {
      let bound = facts.bound(task, part)
      // NaN, of a part without both labels, is no error of another.
      worst = max(worst, bound.area.isNaN ? 0 : bound.areaError)
      return .number(bound.area)
    }
    let areas: [(String, TruthText)] = [
      ("bayes_auc", .number(all.area)),
      (
        "bayes_auc_by_split",
        .table(SyntheticSplit.allCases.map { ($0.rawValue, bound(.split($0))) })
      ),
      (
        "bayes_auc_by_segment",
        .table(SyntheticSegment.allCases.map { ($0.rawValue, bound(.segment($0))) })
      ),
      ("bayes_auc_random_traffic", bound(.randomOrder)),
    ]
    let counts: [(String, TruthText)] = [
      ("positives", .count(positives)),
      ("rate", .number(Double(positives) / Double(facts.rowCount))),
    ]
    return counts + areas + errors(all, area: worst)
  }

  /// How far the numbers of a task may be off, and its log loss; nothing where rows were kept.
  private func errors(_ bound: SyntheticBound, area: Double) -> [(String, TruthText)] {
    guard let loss = bound.logLoss else { return [] }
    return [
      ("bayes_auc_error", .error(area)),
      ("bayes_log_loss", .number(loss.value)),
      ("bayes_log_loss_error", .error(loss.error)),
    ]
  }

  /// The conversion rate P(purchase | click), where it is seen and where it is wanted.
  private var conversion: TruthText {
    let (whole, seen) = (facts.conversion(clicked: false), facts.conversion(clicked: true))
    let numbers: [(String, TruthText)] = [
      ("mean_clicked", .number(seen.mean)),
      ("mean_whole", .number(whole.mean)),
      ("potential_purchases", .count(facts.potentialPurchases)),
      ("bayes_auc_clicked", .number(seen.bound.area)),
      ("bayes_auc_whole", .number(whole.bound.area)),
    ]
    guard facts.method != nil else { return .table(numbers) }
    let errors = [whole, seen].map { $0.bound.area.isNaN ? 0 : $0.bound.areaError }
    return .table(numbers + [("bayes_auc_error", .error(errors.max() ?? 0))])
  }

  /// The mean over clicks, and the RMSE of log(1 + seconds) that the best prediction leaves.
  private var watchBounds: [(String, TruthText)] {
    [
      ("mean_seconds_clicked", .number(facts.meanSecondsClicked)),
      ("bayes_rmse_log1p_clicked", .number(facts.meanWatchVariance.squareRoot())),
    ]
  }
}
