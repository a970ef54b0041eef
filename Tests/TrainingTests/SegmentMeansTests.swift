import Datasets
import Foundation
import Metrics
import Runs
import Tensors
import Testing

@testable import Training

/// Means of gates by the value of a column, how far they lie from all rows, and which column says
/// most, by hand.
@Suite struct SegmentMeansTests {
  private let field = CategoricalField(name: "device", categories: ["", "phone", "desk", "tv"])

  /// Five rows: phone, desk, phone, rare, desk; two gates of two and three experts.
  private let gates = GateRows(
    step: 17, count: 5,
    gates: [
      .init(
        name: "click", experts: ["E0", "E1"],
        weights: [0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.5, 0.5, 0, 1]),
      .init(
        name: "buy", experts: ["own 1", "own 2", "shared 1"],
        weights: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5, 0.5, 0, 0, 1, 0]),
    ])
  private var means: SegmentMeans {
    SegmentMeans(SegmentColumn(field, ids: [1, 2, 1, 0, 2]), gates)
  }

  private func isClose(_ a: [[Float]], _ b: [[Double]]) -> Bool {
    a.map(\.count) == b.map(\.count)
      && zip(a.joined(), b.joined()).allSatisfy { abs(Double($0) - $1) < 1e-6 }
  }

  @Test func meansBySegment() throws {
    let table = try #require(means.table(atMost: 64))
    #expect(table.column == "device" && table.gates == ["click", "buy"] && table.step == 17)
    #expect(table.experts == ["E0", "E1"])
    #expect(table.total.name == "all" && table.total.rows == 5 && table.total.divergence == [0, 0])
    #expect(isClose(table.total.means, [[0.46, 0.54], [0.3, 0.5, 0.2]]))
    // The most frequent first, of equals the smaller id; a value without rows is left out.
    #expect(table.segments.map(\.name) == ["phone", "desk", "(rare or unseen)"])
    #expect(table.segments.map(\.rows) == [2, 2, 1])
    #expect(isClose(table.segments[0].means, [[0.8, 0.2], [0.5, 0, 0.5]]))
    #expect(isClose(table.segments[1].means, [[0.1, 0.9], [0, 1, 0]]))
    #expect(isClose(table.segments[2].means, [[0.5, 0.5], [0.5, 0.5, 0]]))
    for segment in table.segments {
      let expected = zip(segment.means, table.total.means).map(Self.divergence)
      #expect(isClose([segment.divergence], [expected]), "\(segment.name)")
    }
    #expect(try #require(means.table(atMost: 1)).segments.map(\.name) == ["phone"])
  }

  /// H(m) − (H(p) + H(q)) / 2 in bits.
  private static func divergence(_ p: [Float], _ q: [Float]) -> Double {
    func entropy(_ shares: [Double]) -> Double {
      -shares.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) / log(2) : 0) }
    }
    let (p, q) = (p.map(Double.init), q.map(Double.init))
    return entropy(zip(p, q).map { ($0 + $1) / 2 }) - (entropy(p) + entropy(q)) / 2
  }

  @Test func noGatesNoTable() {
    let none = GateRows(step: 0, count: 5, gates: [])
    let column = SegmentColumn(field, ids: [1, 2, 1, 0, 2])
    #expect(SegmentMeans(column, none).table(atMost: 64) == nil)
    #expect(SegmentMeans(column, none).ranked.divergence.isEmpty)
  }

  // MARK: - Ranking

  /// Gate weights (p, 1 − p) of rows.
  private func gate(_ shares: [Float]) -> GateRows {
    GateRows(
      step: 0, count: shares.count,
      gates: [
        .init(name: "click", experts: ["E0", "E1"], weights: shares.flatMap { [$0, 1 - $0] })
      ])
  }

  /// KL((p, 1 − p) ‖ (q, 1 − q)) in bits.
  private static func divergence(of p: Double, from q: Double) -> Double {
    let (first, second): (Double, Double) = (p * log2(p / q), (1 - p) * log2((1 - p) / (1 - q)))
    return first + second
  }

  /// Nothing varies within a value, so nothing is chance: ½ KL((.8,.2) ‖ (.5,.5)) + ½ KL((.2,.8) ‖ …).
  @Test func whatAColumnSays() {
    let column = SegmentColumn(field, ids: [1, 1, 2, 2])
    let ranked = SegmentMeans(column, gate([0.8, 0.8, 0.2, 0.2])).ranked
    let expected = Self.divergence(of: 0.8, from: 0.5)
    #expect(ranked.name == "device" && ranked.values == 2 && !ranked.isNumeric)
    #expect(abs(Double(ranked.divergence[0]) - expected) < 1e-6)
  }

  /// 3 rows against 1, within which weights vary: the chance of (V − 1)/n · s²/p is taken off.
  @Test func chanceIsTakenOff() {
    let column = SegmentColumn(field, ids: [1, 1, 1, 2])
    let ranked = SegmentMeans(column, gate([0.5, 0.6, 0.7, 0.2])).ranked
    // Means .6 and .2 of .5 over all rows.
    let (most, least) = (Self.divergence(of: 0.6, from: 0.5), Self.divergence(of: 0.2, from: 0.5))
    let bits: Double = 0.75 * most + 0.25 * least
    // Two degrees of freedom are left; either expert's even share is a half.
    let within: Double = (0.01 + 0.01) / 2
    let chance: Double = 0.25 * (2 * within / 0.5) / (2 * log(2.0))
    #expect(abs(Double(ranked.divergence[0]) - (bits - chance)) < 1e-6)
  }

  /// Many values that have nothing to do with the gate say about nothing; a value a row says nothing.
  @Test func luckIsNoDifference() {
    let random = RandomSource(seed: 5, .test)
    let rows = 2_000
    let shares = (0..<rows).map { row -> Float in 0.1 + 0.8 * Float(random.uniform(UInt64(row))) }
    let ids = (0..<rows).map { random.index(below: 200, UInt64($0), 1) }
    let many = CategoricalField(name: "user", vocabulary: 200)
    let lucky = SegmentMeans(SegmentColumn(many, ids: ids), gate(shares)).ranked
    #expect(lucky.values > 190 && lucky.divergence[0] < 0.003, "seed 5: \(lucky.divergence)")
    let own = CategoricalField(name: "row", vocabulary: rows)
    let single = SegmentMeans(SegmentColumn(own, ids: Array(0..<rows)), gate(shares)).ranked
    #expect(single.divergence == [0] && single.values == rows)
    // The same gate by ranges of what it follows.
    let told = SegmentMeans(
      SegmentColumn("share", numbers: shares.map(Double.init)), gate(shares)
    ).ranked
    #expect(told.divergence[0] > 0.05 && told.values == 8 && told.isNumeric)
  }

  @Test func theBestColumnIsFirst() {
    let ranking = SegmentRanking(
      gates: ["click", "buy"], step: 3, rows: 10,
      columns: [
        .init(name: "hour", isNumeric: true, values: 8, divergence: [0.01, 0.3]),
        .init(name: "device", isNumeric: false, values: 2, divergence: [0.04, 0]),
        .init(name: "city", isNumeric: false, values: 5, divergence: [0.01, 0.3]),
      ])
    #expect(ranking.columns(for: "click").map(\.column.name) == ["device", "hour", "city"])
    #expect(ranking.columns(for: "buy").map(\.column.name) == ["hour", "city", "device"])
    #expect(ranking.columns(for: "buy").map(\.divergence) == [0.3, 0.3, 0])
    #expect(ranking.columns(for: "like").isEmpty)
  }

  // MARK: - Columns

  /// Of 16 rows two a range; equal numbers stay together, and what they fill falls away.
  @Test func rangesOfNumbers() {
    let plain = SegmentColumn("age", numbers: (0..<16).map { Double(15 - $0) })
    #expect(
      plain.names.count == 8 && plain.names.first == "0 to 1" && plain.names.last == "14 to 15")
    #expect(plain.values.first == 7 && plain.values.last == 0)
    let zeros = SegmentColumn("gain", numbers: [0, 0, 0, 0, 0, 0, 2.5, -1])
    #expect(zeros.names == ["-1", "0", "2.5"])
    #expect(zeros.values == [1, 1, 1, 1, 1, 1, 2, 0])
    #expect(SegmentColumn("flat", numbers: [7, 7, 7]).names == ["7"])
    #expect(SegmentColumn("none", numbers: []).names.isEmpty)
  }

  /// Numbers as the data have them, whatever they were scaled by; an indicator is none.
  @Test func numbersOfADataSet() {
    let dense: [DenseFeature] = [
      .init(column: "age", form: .value(mean: 40, deviation: 10)),
      .init(column: "age", form: .indicator),
      .init(column: "gain", form: .logarithm(mean: 1, deviation: 2)),
    ]
    let numbers = [(18, 0), (70, 999), (44, 50)].flatMap { (age: Float, gain: Float) -> [Float] in
      let scaled: Float = (log(1 + gain) - 1) / 2
      return [(age - 40) / 10, 1, scaled]
    }
    let none = Examples(count: 0, ids: Storage([]), dense: Storage([]), labels: Storage([]))
    let dataset = Dataset(
      name: "made", features: FeatureSchema(fields: [field], dense: dense), tasks: [],
      training: none,
      validation: Examples(
        count: 3, ids: Storage([1, 3, 1]), dense: Storage(numbers), labels: Storage([])),
      test: none)
    let columns = SegmentColumn.all(of: dataset, rows: [0, 2, 1])
    #expect(columns.map(\.name) == ["device", "age", "gain"])
    #expect(columns.map(\.names) == [["phone", "tv"], ["18", "44", "70"], ["0", "50", "999"]])
    #expect(columns.map(\.values) == [[0, 0, 1], [0, 1, 2], [0, 1, 2]])
  }

  /// A number is told as it stands in the file, on either side of 0.
  @Test(arguments: [-5.0, -0.25, 0, 3, 1200])
  func logarithmsAreTakenBack(number: Double) {
    let (mean, deviation) = (0.7, 1.9)
    let sign: Double = number < 0 ? -1 : 1
    let scaled: Double = (sign * log1p(abs(number)) - mean) / deviation
    let form = DenseFeature.Form.logarithm(mean: mean, deviation: deviation)
    let original: Double = form.original(scaled)
    #expect(abs(original - number) < 1e-9)
  }
}
