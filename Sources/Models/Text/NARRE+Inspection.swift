import Datasets
import Foundation
import Graph
public import Runs

extension NARRE {
  /// How its reviews are weighed.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// A few rows say as much as many.
  public var inspectedRows: Int { 64 }

  /// The reviews of the first row's user and item with their weights, and how evenly weights lie.
  public func inspect(_ reading: ModelReading) -> Inspection {
    guard reading.batch.rows > 0, reading.batch.ragged != nil else { return Inspection() }
    let reviews = Self.sides.flatMap { weighed($0, reading) }
    let largest = Self.sides.map { meanOfLargest($0, reading) }
    let widest = reviews.map(\.name.count).max() ?? 0
    return Inspection(
      views: [
        ModelView(
          name: "reviews.weights", title: "how much each review matters",
          note: "The reviews of the first row's user (number 1 is the last) and item, and their "
            + "weights in what the rating reads, which sum to 1 on each side.",
          content: .passages(
            .init(
              reviews.map { review in
                .init(
                  name: review.name + String(repeating: " ", count: widest - review.name.count)
                    + String(format: "  %.3f", review.weight),
                  text: review.text, isMarked: review.isLargest)
              })))
      ],
      traces: [
        ModelTrace(
          name: "reviews.largest", title: "weight of the review that matters most",
          note: "The largest weight of a side, a mean over rows with two reviews or more: 1 where "
            + "one review has all.",
          series: Self.sides, values: largest)
      ])
  }

  /// The reviews that the rating reads, by their weights.
  public func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation? {
    let rows = reading.model
    guard rows.batch.rows > 0, rows.batch.ragged != nil else { return nil }
    let reasons = Self.sides.flatMap { side in
      weighed(side, rows).map { review in
        Explanation.Reason(
          reading.reviewWords(ofUser: side == "user", with: review.other),
          score: Double(review.weight),
          evidence: [
            .init(
              review.text,
              source: "review \(review.number) of the \(side), \(reading.reviewOrder)")
          ])
      }
    }
    return Explanation(
      reasons: Array(reasons.sorted { ($0.score ?? 0) > ($1.score ?? 0) }.prefix(6)),
      scoreWords: "weight among the reviews of its side",
      note: reasons.isEmpty ? "Neither has a review: the rating comes of their ids alone." : nil)
  }

  private static let sides = ["user", "item"]

  /// A review of the first row.
  private struct Weighed {
    /// Its number among those of its side, from 1: `user's 2`, which no user is called.
    let name: String
    let number: Int
    /// The item of a user's review, the user of an item's; nil where the batch does not say.
    let other: Int32?
    let text: String
    let weight: Float
    let isLargest: Bool
  }

  private func columns(_ side: String) -> ReviewColumns.Side {
    side == "user" ? reviews.user : reviews.item
  }

  /// The weights of a row's reviews of a side; nil where nobody has watched them.
  private func weights(_ side: String, ofRow row: Int, _ reading: ModelReading) -> [Float]? {
    reading.watched(Self.weights(side)).map { weights in
      columns(side).places(ofRow: row, of: reading.batch).map { weights.values[$0] }
    }
  }

  /// The reviews of a side of the first row.
  private func weighed(_ side: String, _ reading: ModelReading) -> [Weighed] {
    guard let own = weights(side, ofRow: 0, reading) else { return [] }
    let texts = columns(side).texts(ofRow: 0, of: reading.batch)
    let others = columns(side).others(ofRow: 0, of: reading.batch)
    return zip(own, texts).enumerated().map { place, review in
      Weighed(
        name: "\(side)'s \(place + 1)", number: place + 1,
        other: others.indices.contains(place) ? others[place] : nil,
        text: reading.text(of: review.1.words, number: review.1.number + 1),
        weight: review.0, isLargest: review.0 == own.max())
    }
  }

  /// The mean of the largest weight over rows with two reviews or more; NaN without any.
  private func meanOfLargest(_ side: String, _ reading: ModelReading) -> Float {
    let largest = (0..<reading.batch.rows).compactMap { row -> Float? in
      guard let own = weights(side, ofRow: row, reading), own.count > 1 else { return nil }
      return own.max()
    }
    return largest.isEmpty ? .nan : largest.reduce(0, +) / Float(largest.count)
  }
}
