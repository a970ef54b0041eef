import Datasets
import Foundation
import Graph
import Layers
import Objectives
public import Runs

extension MTER {
  /// Errors of the tensors, pairs, zeros, cores, and why the first row's item.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// The pair of the first row explained, the cores' slices, and the courses of errors, pairs and zeros.
  public func inspect(_ reading: ModelReading) -> Inspection {
    var views = [ModelView]()
    var feature = overall
    if reading.batch.rows > 0 {
      let found = pinned(reading)
      feature = found.reasons.first?.feature ?? overall
      views.append(reasons(found, reading))
    }
    return Inspection(
      views: views + slices(feature, reading),
      traces: [errors(reading), pairs(reading), zeros(reading)])
  }

  // MARK: - Of one pair

  private func pinned(_ reading: ModelReading) -> MTERExplanation {
    let (user, item) = (
      reading.id(row: 0, field: fields.user), reading.id(row: 0, field: fields.item)
    )
    return MTERNumbers(self, store: reading.store, user: user, item: item)
      .explanation(ofItem: item, Mentions(reading.opinions), length: Self.told)
  }

  private func reasons(_ found: MTERExplanation, _ reading: ModelReading) -> ModelView {
    let names = [fields.user, fields.item].map { field in
      reading.schema.fields[field].name(of: reading.id(row: 0, field: field))
    }
    let rows = found.reasons.map { reason in
      [
        // Numbers that went bad are shown as they are.
        words.features[reason.feature], String(format: "%.2f", reason.score),
        reason.opinions.map { words.opinions[$0] }.joined(separator: ", "),
      ]
    }
    let sentence = sentence(found).map { ". In a sentence: " + $0 } ?? "."
    return ModelView(
      name: "mter.reasons", title: "why item \(names[1]) for user \(names[0])",
      note:
        "What the first row's user should think of the item's features, and words that fit both"
        + sentence,
      content: .table(.init(columns: ["feature", "expected", "words"], rows: rows)))
  }

  // MARK: - Of the cores

  /// The cores without their feature: of the rating, and of the pair's first feature.
  private func slices(_ feature: Int, _ reading: ModelReading) -> [ModelView] {
    let c = configuration
    let name = feature == overall ? "the rating" : words.features[feature]
    let quality = mix(cores.quality, overall, c.userWidth, c.itemWidth, reading) {
      ($0 * c.itemWidth + $1) * c.featureWidth + $2
    }
    func said(_ core: TuckerCore, _ rows: Int) -> [Float] {
      mix(core, feature, rows, c.opinionWidth, reading) {
        ($0 * c.featureWidth + $2) * c.opinionWidth + $1
      }
    }
    return [
      slice(
        "quality", ("users'", c.userWidth), ("items'", c.itemWidth), "the rating", quality),
      slice(
        "user", ("users'", c.userWidth), ("words'", c.opinionWidth), name,
        said(cores.user, c.userWidth)),
      slice(
        "item", ("items'", c.itemWidth), ("words'", c.opinionWidth), name,
        said(cores.item, c.itemWidth)),
    ]
  }

  /// Σ over the features' factors of a core times the factors of one feature; `place` says where
  /// (row, column, factor) lies.
  private func mix(
    _ core: TuckerCore, _ feature: Int, _ rows: Int, _ columns: Int, _ reading: ModelReading,
    _ place: (Int, Int, Int) -> Int
  ) -> [Float] {
    let numbers = reading.store.base(of: core.core)
    let width = configuration.featureWidth
    let factors = reading.store.base(of: factors.feature) + feature * width
    return (0..<rows).flatMap { row in
      (0..<columns).map { column in
        (0..<width).reduce(Float(0)) { $0 + numbers[place(row, column, $1)] * factors[$1] }
      }
    }
  }

  /// A slice: factors are numbered from 1, and are no users, items or words themselves.
  private func slice(
    _ name: String, _ rows: (whose: String, count: Int), _ columns: (whose: String, count: Int),
    _ feature: String, _ values: [Float]
  ) -> ModelView {
    ModelView(
      name: "mter.core.\(name)",
      title: "core: \(rows.whose) × \(columns.whose) factors, \(feature)",
      note: "How a factor of a row (\(rows.whose)) and one of a column (\(columns.whose)) count "
        + "together; factors that are 0 everywhere are dead.",
      content: .matrix(
        .init(
          rows: (1...rows.count).map { "factor \($0)" },
          columns: (1...columns.count).map { "\($0)" }, values: values,
          scale: .magnitude)))
  }
}

// MARK: - Over time

extension MTER {
  /// √ of the mean squared error of the newest step's entries, tensor by tensor.
  private func errors(_ reading: ModelReading) -> ModelTrace {
    func root(_ sums: LossSums?) -> Float {
      guard let sums, sums.rows > 0 else { return .nan }
      return Float((sums.loss / sums.rows).squareRoot())
    }
    func of(_ task: Int) -> LossSums? {
      reading.sums.indices.contains(task) ? reading.sums[task] : nil
    }
    func term(_ place: Int) -> LossSums? {
      reading.terms.indices.contains(place) ? reading.terms[place] : nil
    }
    return ModelTrace(
      name: "mter.errors", title: "error of the three tensors",
      note:
        "Root mean squared error of the entries that the newest step drew, on a logarithmic axis: "
        + "from `start=unit` it begins far above the ratings' scale. Rating and features are slices of "
        + "the first tensor, users × items × features; words are users × features × words and items × "
        + "features × words.",
      isLogarithmic: true,
      series: ["rating", "features", "users' words", "items' words"],
      values: [
        Float(scale.deviation) * root(of(roles.rating)), root(term(1)), root(of(roles.opinions)),
        root(term(0)),
      ])
  }

  /// How many of the newest step's pairs are in order, and how many count.
  private func pairs(_ reading: ModelReading) -> ModelTrace {
    let sums = roles.ranking.flatMap { reading.sums.indices.contains($0) ? reading.sums[$0] : nil }
    let drawn = Double(configuration.pairs)
    let counted = sums?.rows ?? 0
    return ModelTrace(
      name: "mter.pairs", title: "pairs of items",
      note: "Of the pairs that the newest step drew: the share in the right order of those whose "
        + "ratings differ, and the share that is skipped because they do not.",
      series: ["right", "skipped"],
      values: [
        counted > 0 ? Float((sums?.predictions ?? 0) / counted) : .nan,
        roles.ranking != nil && drawn > 0 ? Float(1 - counted / drawn) : .nan,
      ])
  }

  /// What the cut at 0 has left of the factors.
  private func zeros(_ reading: ModelReading) -> ModelTrace {
    let tables = [
      ("users", factors.user), ("items", factors.item), ("features", factors.feature),
      ("words", factors.opinion),
    ]
    var (zeros, dead): ([Float], [Float]) = ([], [])
    for (_, table) in tables {
      guard case .table(let rows, let width) = reading.store.specifications[table.index].kind
      else { continue }
      let base = reading.store.base(of: table)
      var (numbers, empty) = (0, 0)
      for row in 0..<rows {
        let count = (0..<width).count { base[row * width + $0] == 0 }
        numbers += count
        empty += count == width ? 1 : 0
      }
      zeros.append(Float(numbers) / Float(max(1, rows * width)))
      dead.append(Float(empty) / Float(max(1, rows)))
    }
    return ModelTrace(
      name: "mter.zeros", title: "factors that are 0",
      note: "The share of numbers that are 0, and of rows that are 0 throughout: a dead row has no "
        + "gradient any more and stays so.",
      series: tables.map(\.0) + tables.map { "dead \($0.0)" },
      values: zeros + dead)
  }
}
