import Datasets
import Foundation
import Graph
import Runs

extension FactorTables {
  /// The course of the lengths of vectors, with that of D where items move.
  func lengths(_ reading: ModelReading, moved: Parameter? = nil) -> ModelTrace {
    let tables =
      [("users", users), ("items", items)] + (moved.map { [("how far items move", $0)] } ?? [])
    return ModelTrace(
      name: "lengths", title: "lengths of vectors",
      note:
        "Means over all users and items. Ranking makes vectors long, and the rating inherits it.",
      series: tables.map(\.0),
      values: tables.map { reading.meanLength(of: $0.1, width: width) })
  }
}

extension RankHead {
  /// A row's score, and that of an item that was drawn beside it.
  struct ScoredPair {
    let own, drawn: Float
  }

  /// The pairs of the rows that are looked at; of each row so many drawn items.
  func pairs(_ reading: ModelReading, ofEachRow most: Int = .max) -> [ScoredPair] {
    let (store, batch) = (reading.store, reading.batch)
    guard let drawn = batch.drawn, batch.drawnCount == negatives,
      let scores = reading.watched(.logit(reading.tasks[task].name))?.values
    else { return [] }
    let (users, items, biases) = (
      store.base(of: factors.users), store.base(of: factors.items), store.base(of: bias)
    )
    var pairs: [ScoredPair] = []
    for row in 0..<batch.rows where reading.label(row: row, task: task) != nil {
      let user = users + reading.id(row: row, field: factors.fields.user) * factors.width
      let own = reading.id(row: row, field: factors.fields.item)
      for number in 0..<min(most, negatives) {
        let other = Int(drawn[row * batch.drawnCount + number])
        guard other != own else { continue }
        let item = items + other * factors.width
        let score = (0..<factors.width).reduce(biases[other]) { $0 + user[$1] * item[$1] }
        pairs.append(ScoredPair(own: scores[row], drawn: score))
      }
    }
    return pairs
  }

  /// The course of the share of pairs in order, by items drawn beside validation rows.
  func pairsRight(_ reading: ModelReading) -> ModelTrace {
    let pairs = pairs(reading)
    let right = pairs.reduce(0.0) { $0 + ($1.own > $1.drawn ? 1 : $1.own == $1.drawn ? 0.5 : 0) }
    return ModelTrace(
      name: "pairs_right", title: "ranking: pairs in order",
      note: "The share of validation rows' items that score above items drawn beside them; 0.5 is "
        + "by chance.",
      series: ["pairs in order"],
      values: [pairs.isEmpty ? .nan : Float(right / Double(pairs.count))])
  }
}

extension PMF {
  /// How ratings are expected, and the course of their error.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// What is expected beside what the data have, the course of the error and of the vectors' lengths.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let points = ModelView.Scatter.rows(of: reading.batch.rows).compactMap { row in
      reading.label(row: row, task: 0).flatMap { label in
        reading.answer(row: row, task: 0).map { expected in
          let observed = reading.tasks[0].scale.original(Double(label))
          return ModelView.Scatter.Point(x: Float(observed), y: Float(expected))
        }
      }
    }
    return Inspection(
      views: [
        ModelView(
          name: "expected_observed", title: "expected × observed rating",
          note: "A point a validation row. What lies flat does not tell the ratings apart.",
          content: .scatter(.init(x: "observed", y: "expected", points: points)))
      ], traces: [reading.error(of: 0), factors.lengths(reading)])
  }
}

extension BPRMF {
  /// How pairs are put in order.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// Scores of own items beside those of drawn ones, the course of their order and of the vectors'
  /// lengths.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let pairs = rank.pairs(reading, ofEachRow: 1)
    let points = ModelView.Scatter.rows(of: pairs.count).map {
      ModelView.Scatter.Point(x: pairs[$0].drawn, y: pairs[$0].own)
    }
    return Inspection(
      views: [
        ModelView(
          name: "own_drawn", title: "score of a row's item × of a drawn one",
          note: "A point a validation row and an item drawn beside it: where the row's own item "
            + "scores higher, the pair is in order.",
          content: .scatter(.init(x: "drawn item's score", y: "own item's score", points: points)))
      ], traces: [rank.pairsRight(reading), factors.lengths(reading)])
  }
}

extension ModelView.Scatter {
  /// Rows at even distances, no more than there may be points.
  static func rows(of count: Int) -> [Int] {
    let shown = min(count, mostPoints)
    return (0..<shown).map { $0 * count / shown }
  }
}
