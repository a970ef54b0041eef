import Datasets
import Foundation
import Graph
public import Runs

extension RankAndRate {
  /// How items move, and how the ranking and the rating agree.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// How far items move, the items that move most, scores beside ratings, and the course of both.
  public func inspect(_ reading: ModelReading) -> Inspection {
    var views = [scatter(reading)]
    var traces = [
      rank.pairsRight(reading), reading.error(of: rating),
      factors.lengths(reading, moved: deviation),
    ]
    if let moves = Moves(self, reading) {
      views = [moves.histogram, moves.table] + views
    } else {
      traces[2].note = "Mean lengths of the vectors; items do not move between ranking and rating."
    }
    return Inspection(views: views, traces: traces)
  }

  // MARK: - Rows

  private func scatter(_ reading: ModelReading) -> ModelView {
    let scores = reading.watched(.logit(reading.tasks[rank.task].name))?.values
    let points = ModelView.Scatter.rows(of: reading.batch.rows).compactMap { row in
      guard let score = scores?[row], let rating = reading.answer(row: row, task: rating)
      else { return ModelView.Scatter.Point?.none }
      return ModelView.Scatter.Point(x: score, y: Float(rating))
    }
    return ModelView(
      name: "scores_ratings", title: "rank score × predicted rating",
      note: "A point a validation row. On a line both tasks say the same of an item; a cloud says "
        + "that what is chosen is not what is liked.",
      content: .scatter(.init(x: "rank score", y: "rating", points: points)))
  }
}

/// How items move between ranking and rating.
private struct Moves {
  let model: RankAndRate
  let reading: ModelReading
  /// ‖D_i‖ of every item, that of the unknown left out; item i at i − 1.
  let lengths: [Float]
  private let moved: Parameter

  /// Items that are listed.
  private static let most = 10
  private static let bins = 10
  /// Users over whom a change is a mean.
  private static let mostUsers = 256

  /// Nil where items do not move.
  init?(_ model: RankAndRate, _ reading: ModelReading) {
    guard let moved = model.deviation else { return nil }
    self.model = model
    self.reading = reading
    self.moved = moved
    let field = reading.schema.fields[model.factors.fields.item]
    lengths = (1..<max(2, field.vocabulary)).map {
      $0 < field.vocabulary
        ? reading.length(ofRow: $0, of: moved, width: model.factors.width) : 0
    }
  }

  /// Which share of the items moves how far.
  var histogram: ModelView {
    let most = max(lengths.filter(\.isFinite).max() ?? 0, .leastNormalMagnitude)
    var counts = [Float](repeating: 0, count: Self.bins)
    for length in lengths where length.isFinite {
      counts[min(Self.bins - 1, Int(length / most * Float(Self.bins)))] += 1
    }
    let all = max(1, counts.reduce(0, +))
    let bars = counts.enumerated().map { bin, count in
      let bounds = [bin, bin + 1].map {
        String(format: "%.3g", Double(most) * Double($0) / Double(Self.bins))
      }
      return ModelView.Bars.Bar(name: bounds.joined(separator: "–"), values: [count / all])
    }
    return ModelView(
      name: "moves", title: "how far items move",
      note:
        "Shares of items by ‖D_i‖, which is added to an item before it is rated. All at 0: ranking and "
        + "rating see the same item; a lower deviation-l2 lets them part.",
      content: .bars(.init(bars: bars)))
  }

  /// The items that move most, and whether they are liked better or less for it.
  var table: ModelView {
    // What is no number stands first: it is what there is to see.
    let sizes = lengths.map { $0.isNaN ? .infinity : $0 }
    let order = sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(Self.most)
    let users = chosenUsers
    let field = reading.schema.fields[model.factors.fields.item]
    let rows = order.map { index -> [String] in
      let item = index + 1
      let change = change(of: item, for: users)
      let name = field.categories.indices.contains(item) ? field.categories[item] : "\(item)"
      return [
        name, String(format: "%.3g", lengths[index]), String(format: "%+.2g", change),
        change > 0 ? "better" : change < 0 ? "worse" : change == 0 ? "as before" : "no number",
      ]
    }
    return ModelView(
      name: "movers", title: "items that move most",
      note: "What the move changes of an item's predicted rating, a mean over "
        + "\(users.count) users: better or worse than its rank vector promised.",
      content: .table(
        .init(columns: ["item", "‖D‖", "rating change", "once consumed"], rows: rows)))
  }

  /// Users at even distances, by φ of their vectors.
  private var chosenUsers: [[Float]] {
    let all = reading.schema.fields[model.factors.fields.user].vocabulary - 1
    let count = min(all, Self.mostUsers)
    let base = reading.store.base(of: model.factors.users)
    return (0..<max(0, count)).map { number in
      tied(base + (1 + number * all / count) * model.factors.width, plus: nil)
    }
  }

  /// φ(V_i + D_i) − φ(V_i) as the users see it, in the unit of the rating.
  private func change(of item: Int, for users: [[Float]]) -> Double {
    let at = item * model.factors.width
    let base = reading.store.base(of: model.factors.items) + at
    let before = tied(base, plus: nil)
    let after = tied(base, plus: reading.store.base(of: moved) + at)
    let sum = users.reduce(0.0) { sum, user in
      sum + user.indices.reduce(0.0) { $0 + Double(user[$1] * (after[$1] - before[$1])) }
    }
    return users.isEmpty
      ? 0 : sum / Double(users.count) * reading.tasks[model.rating].scale.deviation
  }

  /// φ of a vector, or of the sum of two.
  private func tied(_ x: UnsafePointer<Float>, plus d: UnsafePointer<Float>?) -> [Float] {
    model.tied(
      (0..<model.factors.width).map { x[$0] + (d?[$0] ?? 0) }, reading.store)
  }
}

extension RankAndRate {
  /// φ(x) = act(W x + b) of numbers.
  fileprivate func tied(_ x: [Float], _ store: ParameterStore) -> [Float] {
    let weight = store.base(of: transform.weight)
    let bias = transform.bias.map { store.base(of: $0) }
    let hidden = configuration.hidden
    return (0..<hidden).map { unit in
      let sum = x.indices.reduce(bias?[unit] ?? 0) { $0 + x[$1] * weight[$1 * hidden + unit] }
      switch configuration.activation {
      case "tanh": return tanh(sum)
      case "relu": return max(0, sum)
      default: return sum
      }
    }
  }
}
