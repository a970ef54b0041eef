import Foundation
import Testing

@testable import Datasets

/// Regression labels are stored standardised by the training rows, binary ones as they are.
@Suite struct LabelScaleTests {
  private static let csv = """
    day,g,click,year
    1,a,1,1990
    1,a,0,2010
    1,b,0,2006
    1,b,1,3000
    2,a,1,2002
    3,b,0,1998

    """

  private func load(_ tasks: String, csv: String = csv, partBytes: Int = 1 << 20) throws -> Dataset
  {
    try Table(
      csv: csv,
      schema: """
        name: t
        files: {all: t.csv}
        columns: {g: {type: categorical}}
        tasks: {\(tasks)}
        split: {column: day, validation: 2, test: 3}
        """, partBytes: partBytes
    ).load()
  }

  /// Mean and population deviation of 1990, 2010 and 2006 are 2002 and √(224 / 3); the row outside
  /// the sample space and the other splits do not count.
  @Test(arguments: [16, 1 << 20]) func standardisesByTheTrainingRows(partBytes: Int) throws {
    let data = try load(
      "click: {column: click}, year: {column: year, kind: regression, "
        + "space: {column: year, in: [1990, 2010, 2006, 2002, 1998]}}", partBytes: partBytes)
    let deviation = (224.0 / 3).squareRoot()
    let scale = data.tasks[1].scale
    #expect(data.tasks[0].scale == LabelScale())
    #expect(abs(scale.mean - 2002) < 1e-9 && abs(scale.deviation - deviation) < 1e-9)
    let expected: [Float] = [
      1, Float(-12 / deviation), 0, Float(8 / deviation), 0, Float(4 / deviation), 1, 0,
    ]
    #expect(data.training.labels.array == expected)
    #expect(data.validation.labels.array == [1, 0])
    #expect(data.test.labels.array == [0, Float(-4 / deviation)])
    #expect(abs(scale.original(Double(data.test.labels[1])) - 1998) < 1e-5)
    #expect(data.notices.isEmpty)
  }

  /// The scale is that of what the schema's rule makes of the number.
  @Test func scalesBehindTheRule() throws {
    let data = try load(
      "t: {column: year, kind: regression, divide: 1000, cap: 2.5, log1p: true}")
    let labels = [1.99, 2.01, 2.006, 2.5].map { log1p($0) }
    let mean = labels.reduce(0, +) / 4
    let deviation = (labels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4).squareRoot()
    #expect(abs(data.tasks[0].scale.mean - mean) < 1e-6)
    #expect(abs(data.tasks[0].scale.deviation - deviation) < 1e-6)
  }

  @Test func aLabelThatNeverVariesIsSaid() throws {
    let csv = Self.csv.replacing("1990", with: "7").replacing("2010", with: "7")
      .replacing("2006", with: "7").replacing("3000", with: "7")
    let data = try load("t: {column: year, kind: regression}", csv: csv)
    #expect(data.tasks[0].scale == LabelScale(mean: 7, deviation: 1))
    #expect(data.labels(data.test) == [[1998]])
    #expect(
      data.notices == [
        "t: the label is 7.0 in every training row; there is nothing to learn of it"
      ])
  }

  /// Data whose labels differ in their unit alone are not the same data.
  @Test func theUnitIsPartOfTheFingerprint() throws {
    let plain = try load("t: {column: year, kind: regression}")
    let halved = try load("t: {column: year, kind: regression, divide: 2}")
    #expect(plain.training.labels.array == halved.training.labels.array)
    #expect(plain.fingerprint != halved.fingerprint)
  }

  @Test func sumsByHand() {
    let scale = LabelScale(mean: 10, deviation: 2)
    #expect(scale.standardised(14) == 2 && scale.original(-1) == 8)
    // 14 + 8 of z = 2 and −1.
    #expect(scale.sum(1, rows: 2) == 22)
    #expect(LabelScale(of: [1, .nan, 5]) == LabelScale(mean: 3, deviation: 2))
    #expect(LabelScale(of: []) == LabelScale())
    #expect(LabelScale(of: [0.1, 0.1, 0.1]) == LabelScale(mean: 0.1, deviation: 1))
  }
}
