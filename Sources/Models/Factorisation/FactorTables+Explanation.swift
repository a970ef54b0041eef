import Foundation
import Graph
public import Runs

extension FactorTables {
  /// What a factorisation can say of a pair: which items that the user met it holds to be like this one.
  ///
  ///     likeness of items i and j: cos(V_i, V_j), from −1 to 1
  ///
  /// - Parameters:
  ///   - pair: the user and the item.
  ///   - reading: the model's numbers, and the data with the user's training rows.
  ///   - moved: D of a model in which items move before they are rated; nil: V as it stands.
  ///   - rating: the task that is the rating, whose labels are the evidence; nil if there is none.
  /// - Returns: five reasons at most; nil where it is not known who met what.
  func explanation(
    of pair: ExplainedPair, _ reading: ExplainReading, moved: Parameter? = nil, rating: Int?
  ) -> Explanation? {
    guard let interactions = reading.dataset.interactions else { return nil }
    let rows = interactions.rows(ofUser: pair.user)
    let training = reading.dataset.training
    let columns = reading.dataset.features.fields.count
    let own = vector(pair.item, reading, moved)
    var seen = Set([pair.item])
    var like: [(item: Int32, row: Int32, likeness: Double)] = []
    for row in rows.reversed() {
      let item = training.ids[Int(row) * columns + fields.item]
      guard seen.insert(item).inserted else { continue }
      like.append((item, row, Self.cosine(own, vector(item, reading, moved))))
    }
    like.sort { ($1.likeness, $0.row) < ($0.likeness, $1.row) }
    let reasons = like.prefix(5).map { found -> Explanation.Reason in
      let stars = rating.flatMap { label(ofRow: found.row, task: $0, reading) }
      let evidence = stars.map { [Explanation.Passage("rated \(Self.words($0)) by this user")] }
      return Explanation.Reason(
        "like \(reading.itemName(found.item))", score: found.likeness, evidence: evidence ?? [])
    }
    return Explanation(
      reasons: Array(reasons), scoreWords: "likeness of items as the model sees them, −1 to 1",
      note: reasons.isEmpty
        ? "This user met nothing else in the training rows."
        : "Items of this user's that are most like it. A factorisation gives no other reasons.")
  }

  /// The label of a training row in its own unit; nil outside the task's sample space.
  private func label(ofRow row: Int32, task: Int, _ reading: ExplainReading) -> Double? {
    let tasks = reading.dataset.tasks
    let at = Int(row) * tasks.count + task
    guard reading.dataset.training.spaces.map({ $0[at] != 0 }) ?? true else { return nil }
    return tasks[task].scale.restored(reading.dataset.training.labels[at])
  }

  /// A whole number in full, another one in six digits: `100`, `87.5`.
  private static func words(_ rating: Double) -> String {
    let isWhole = rating == rating.rounded() && abs(rating) < 1e15
    // 0 has no sign.
    return String(format: isWhole ? "%.0f" : "%g", rating == 0 ? 0 : rating)
  }

  /// V_i, or V_i + D_i.
  private func vector(
    _ item: Int32, _ reading: ExplainReading, _ moved: Parameter?
  ) -> [Float] {
    let store = reading.model.store
    let at = Int(item) * width
    let (base, move) = (store.base(of: items) + at, moved.map { store.base(of: $0) + at })
    return (0..<width).map { base[$0] + (move?[$0] ?? 0) }
  }

  private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
    var (aa, bb, ab) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      aa += Double(x * x)
      bb += Double(y * y)
      ab += Double(x * y)
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
  }
}

extension RankAndRate {
  /// Items of the user's that are most like it where it is rated.
  public func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation? {
    factors.explanation(of: pair, reading, moved: deviation, rating: rating)
  }
}

extension PMF {
  /// Items of the user's that are most like it.
  public func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation? {
    factors.explanation(of: pair, reading, rating: 0)
  }
}

extension BPRMF {
  /// Items of the user's that are most like it.
  public func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation? {
    factors.explanation(of: pair, reading, rating: nil)
  }
}
