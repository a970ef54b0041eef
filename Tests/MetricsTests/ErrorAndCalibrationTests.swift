import Metrics
import Testing

@Suite struct ErrorAndCalibrationTests {
  @Test func `everything is undefined without rows`() {
    let none = LabelledRows()
    #expect(RegressionError.rootMeanSquare(none).isNaN)
    #expect(RegressionError.meanAbsolute(none).isNaN)
    #expect(Calibration.ratio(none).isNaN)
    #expect(Calibration.expectedError(none).isNaN)
  }

  @Test func `regression errors of one and two rows`() {
    let one = LabelledRows(predictions: [1], labels: [4])
    #expect(RegressionError.rootMeanSquare(one) == 3)
    #expect(RegressionError.meanAbsolute(one) == 3)
    let two = LabelledRows(predictions: [1, 9], labels: [4, 5])
    #expect(RegressionError.rootMeanSquare(two) == 12.5.squareRoot())
    #expect(RegressionError.meanAbsolute(two) == 3.5)
  }

  @Test func `regression errors see only the sample space`() {
    let rows = LabelledRows(predictions: [1, 100], labels: [3, 0], space: [1, 0])
    #expect(RegressionError.rootMeanSquare(rows) == 2)
    #expect(RegressionError.meanAbsolute(rows) == 2)
  }

  @Test func `calibration ratio is promised over seen`() {
    #expect(Calibration.ratio(LabelledRows(predictions: [0.5, 0.5], labels: [1, 0])) == 1)
    #expect(Calibration.ratio(LabelledRows(predictions: [0.5, 0.5], labels: [1, 1])) == 0.5)
    #expect(Calibration.ratio(LabelledRows(predictions: [0.5], labels: [0])).isNaN)
  }

  @Test func `expected calibration error weighs bins by their rows`() {
    // Bin 0 of 2: p 0.25, 0.25, y 0, 1 → gap 0.25; bin 1: p 0.75, y 1 → gap 0.25; p 1 is in bin 1.
    let rows = LabelledRows(predictions: [0.25, 0.25, 0.75], labels: [0, 1, 1])
    #expect(abs(Calibration.expectedError(rows, bins: 2) - 0.75 / 3) < 1e-15)
    #expect(Calibration.expectedError(LabelledRows(predictions: [1], labels: [1])) == 0)
    #expect(Calibration.expectedError(LabelledRows(predictions: [1.5], labels: [1])).isNaN)
    #expect(Calibration.expectedError(LabelledRows(predictions: [.nan], labels: [1])).isNaN)
  }

  @Test func `rows gathered from strided memory equal rows from columns`() {
    let predictions: [Float] = [0.1, 9, 0.2, 9, 0.3, 9]
    let labels: [Float] = [1, 7, 0, 7, 1, 7]
    let space: [Float] = [1, 7, 0, 7, 1, 7]
    var rows = LabelledRows()
    predictions.withUnsafeBufferPointer { p in
      labels.withUnsafeBufferPointer { y in
        space.withUnsafeBufferPointer { s in
          guard let p = p.baseAddress, let y = y.baseAddress, let s = s.baseAddress else { return }
          rows.append(
            predictions: Strided(p, count: 3, stride: 2), labels: Strided(y, count: 3, stride: 2),
            space: Strided(s, count: 3, stride: 2))
        }
      }
    }
    #expect(rows.predictions == [Double(Float(0.1)), Double(Float(0.3))])
    #expect(rows.labels == [1, 1])
    rows.removeAll()
    #expect(rows.count == 0)
  }
}
