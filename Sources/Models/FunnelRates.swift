import Foundation
import Graph

/// What a click and a conversion model predict for some rows, beside what happened.
struct FunnelRates {
  /// A predicted probability.
  enum Predicted: String, CaseIterable {
    case click = "pCTR"
    case conversion = "pCVR"
    case both = "pCTCVR"
  }

  /// Some rows.
  enum Group: String, CaseIterable {
    case all
    case clicked
    case unclicked
  }

  private struct Row {
    let predictions: [Double]
    let logit: Float
    let isClicked: Bool
    /// Nil where it was not seen.
    let isConverted: Bool?
  }

  private let rows: [Row]

  /// Reads the answers of the rows whose click is known.
  init(_ funnel: Funnel, names: [String], _ reading: ModelReading) {
    guard let clicks = reading.watched(.logit(names[funnel.click]))?.values,
      let conversions = reading.watched(.logit(names[funnel.conversion]))?.values
    else {
      rows = []
      return
    }
    rows = (0..<reading.batch.rows).compactMap { row in
      guard let click = reading.label(row: row, task: funnel.click) else { return nil }
      let p = 1 / (1 + exp(-Double(clicks[row])))
      let q = 1 / (1 + exp(-Double(conversions[row])))
      return Row(
        predictions: [p, q, p * q], logit: conversions[row], isClicked: click == 1,
        isConverted: click == 1
          ? reading.label(row: row, task: funnel.conversion).map { $0 == 1 } : nil)
    }
  }

  private func rows(_ group: Group) -> [Row] {
    switch group {
    case .all: rows
    case .clicked: rows.filter(\.isClicked)
    case .unclicked: rows.filter { !$0.isClicked }
    }
  }

  /// The mean prediction of some rows; NaN without rows.
  func mean(_ predicted: Predicted, _ group: Group) -> Double {
    let place = Predicted.allCases.firstIndex(of: predicted) ?? 0
    let some = rows(group)
    return some.reduce(0) { $0 + $1.predictions[place] } / Double(some.count)
  }

  /// What was observed of some rows; nil where it could not be.
  func observed(_ predicted: Predicted, _ group: Group) -> Double? {
    let some = rows(group)
    guard !some.isEmpty else { return nil }
    switch predicted {
    case .click: return Double(some.count { $0.isClicked }) / Double(some.count)
    case .conversion where group != .clicked: return nil
    case .conversion, .both:
      let known = some.filter { !$0.isClicked || $0.isConverted != nil }
      guard !known.isEmpty else { return nil }
      return Double(known.count { $0.isConverted == true }) / Double(known.count)
    }
  }

  /// The share of unclicked rows in equal bins of pCVR.
  func histogram(bins: Int) -> [Float] {
    let some = rows(.unclicked)
    var counts = [Int](repeating: 0, count: bins)
    for row in some where row.predictions[1].isFinite {
      counts[min(bins - 1, Int(row.predictions[1] * Double(bins)))] += 1
    }
    return counts.map { Float($0) / Float(max(1, some.count)) }
  }

  /// The share of rows whose reported logit stands for a ratio of 1 or more.
  var shareAboveOne: Float {
    Float(rows.count { $0.logit >= RatioLogit.most }) / Float(max(1, rows.count))
  }
}
