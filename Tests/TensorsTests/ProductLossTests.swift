import CKernels
import Foundation
import Tensors
import Testing

/// Cross-entropy of a product of two probabilities, from both logits.
@Suite struct ProductLossTests {
  @Test(arguments: [false, true], [false, true]) func againstTheReference(
    byIndex: Bool, hasSpaces: Bool
  ) {
    for seed in UInt64(1)...3 {
      let rows = ProductRows(count: 61, byIndex: byIndex, hasSpaces: hasSpaces, seed: seed)
      let found = rows.run(scale: 0.25)
      let known = (0..<rows.count).filter(rows.isKnown)
      let a = known.map { Double(rows.a[$0, 0]) }
      let b = known.map { Double(rows.b[$0, 0]) }
      let labels = known.map(rows.target)
      #expect(found.sums.rows == Double(known.count))
      #expect(hasSpaces == (known.count < rows.count) && labels.contains(1))
      #expect(found.sums.labels == labels.reduce(0, +))
      let loss = Reference.productLoss(a, b, labels).reduce(0, +)
      #expect(abs(found.sums.loss - loss) <= 1e-5 * loss)
      let products = zip(Reference.sigmoid(a), Reference.sigmoid(b)).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(found.sums.predictions - products) <= 1e-4)
      expectClose(
        found.gradient, rows.differences(scale: 0.25), within: 1e-6, "product loss, seed \(seed)")
    }
  }

  /// p + (1 − p) = 1 of both losses, and 0 ≤ p ≤ min(σ(a), σ(b)).
  @Test func probabilities() {
    let random = RandomSource(seed: 4, .test)
    for row in UInt64(0)..<500 {
      let (a, b) = (Float(4 * random.normal(row, 0)), Float(4 * random.normal(row, 1)))
      let joint = exp(-one(a, b, 1).loss)
      let rest = exp(-one(a, b, 0).loss)
      let (click, conversion) = (1 / (1 + exp(-Double(a))), 1 / (1 + exp(-Double(b))))
      #expect(abs(joint + rest - 1) < 1e-6)
      #expect(joint > 0 && joint <= min(click, conversion) * (1 + 1e-6))
      // No click, a click alone, and both.
      #expect(abs((1 - click) + click * (1 - conversion) + joint - 1) < 1e-6)
    }
  }

  /// At any logits: finite, and derivatives of the size and sign of probabilities.
  @Test func extremeLogits() {
    let logits: [Float] = [-1e30, -800, -104, -88, -80, -17, -1e-4, 0, 3, 80, 88, 104, 800, 1e30]
    for a in logits {
      for b in logits {
        for label in [Float(0), 1] {
          let found = one(a, b, label)
          #expect(found.loss.isFinite && found.loss >= 0, "\(a), \(b), \(label)")
          for slope in [found.a, found.b] {
            let signed = label == 1 ? -slope : slope
            #expect(signed >= 0 && signed <= 1, "\(a), \(b), \(label): \(slope)")
          }
        }
      }
    }
    // Where either must give way the surer one stays; where both are as sure they share it.
    #expect(abs(one(80, 80, 0).a - 0.5) < 1e-6 && abs(one(800, 800, 0).b - 0.5) < 1e-6)
    #expect(abs(one(80, 80, 0).loss - (80 - log(2))) < 1e-4)
  }

  /// A row that was hardly likely to be clicked says next to nothing about the conversion.
  @Test func noGradientToTheConversionWithoutAChanceOfAClick() {
    for b in [Float(-3), 0, 5, 30] {
      var last = Float.infinity
      for a in [Float(0), -5, -20, -60, -90] {
        let slope = one(a, b, 0).b
        #expect(slope < last || slope == 0)
        last = slope
      }
      #expect(last < 1e-25)
    }
  }

  @Test func labelsThatMeanNothingAreNotRead() {
    // The conversion's label where there was no click.
    #expect(loss(labels: [0, .nan], spaces: nil) == loss(labels: [0, 1], spaces: nil))
    #expect(loss(labels: [0, .nan], spaces: [1, 0]).isFinite)
    // Either one outside its space.
    #expect(loss(labels: [.nan, 1], spaces: [0, 1]) == 0)
    #expect(loss(labels: [1, .nan], spaces: [1, 0]) == 0)
    // A label inside that is no number reaches the sum.
    #expect(loss(labels: [.nan, 1], spaces: nil).isNaN)
    #expect(loss(labels: [1, .nan], spaces: nil).isNaN)
  }

  private func loss(labels: [Float], spaces: [Float]?) -> Double {
    var sums = ck_loss_sums()
    var dz: [Float] = [9, 9]
    ck_product_loss(1, [0.3], 1, [-0.2], 1, labels, spaces, 2, 0, 1, nil, 1, &dz, 2, &sums)
    if sums.rows == 0 { #expect(dz == [0, 0]) }
    return sums.loss
  }

  private func one(_ a: Float, _ b: Float, _ label: Float) -> (loss: Double, a: Float, b: Float) {
    var sums = ck_loss_sums()
    var dz: [Float] = [.nan, .nan]
    ck_product_loss(1, [a], 1, [b], 1, [1, label], nil, 2, 0, 1, nil, 1, &dz, 2, &sums)
    return (sums.loss, dz[0], dz[1])
  }
}

/// A batch of two logits a row, with labels [N, 4]: the click in column 2, the conversion in 0.
private struct ProductRows {
  let count: Int
  let a: Grid
  let b: Grid
  private let labels: Storage<Float>
  private let spaces: Storage<Float>?
  private let index: Storage<Int32>?

  init(count: Int, byIndex: Bool, hasSpaces: Bool, seed: UInt64) {
    self.count = count
    let random = RandomSource(seed: seed, .test)
    a = Grid(count, 1, gap: 2, seed: seed, scale: 3)
    b = Grid(count, 1, gap: 1, seed: seed + 100, scale: 3)
    func draw(_ stream: UInt64) -> Storage<Float> {
      Storage((0..<(8 * count)).map { random.index(below: 4, UInt64($0), stream) > 0 ? 1 : 0 })
    }
    labels = draw(1)
    spaces = hasSpaces ? draw(2) : nil
    index =
      byIndex
      ? Storage((0..<count).map { Int32(random.index(below: 2 * count, UInt64($0), 3)) }) : nil
  }

  func run(scale: Float) -> (sums: ck_loss_sums, gradient: [Float]) {
    var sums = ck_loss_sums()
    let dz = Grid(count, 2, seed: 9)
    ck_product_loss(
      Int64(count), a.base, a.distance, b.base, b.distance, labels.base, spaces?.base, 4, 2, 0,
      index?.base, scale, dz.base, dz.distance, &sums)
    #expect(dz.gapsAreWhole)
    return (sums, dz.values)
  }

  private func at(_ row: Int) -> Int { 4 * Int(index?[row] ?? Int32(row)) }

  func isKnown(_ row: Int) -> Bool {
    guard let spaces else { return true }
    return spaces[at(row) + 2] == 1 && (labels[at(row) + 2] == 0 || spaces[at(row)] == 1)
  }

  func target(_ row: Int) -> Double { Double(labels[at(row) + 2] * labels[at(row)]) }

  /// Central differences of the reference by a and by b, row by row.
  func differences(scale: Double) -> [Double] {
    let step = 1e-5
    return (0..<count).flatMap { row -> [Double] in
      guard isKnown(row) else { return [0, 0] }
      func loss(_ da: Double, _ db: Double) -> Double {
        Reference.productLoss([Double(a[row, 0]) + da], [Double(b[row, 0]) + db], [target(row)])[0]
      }
      return [
        scale * (loss(step, 0) - loss(-step, 0)) / (2 * step),
        scale * (loss(0, step) - loss(0, -step)) / (2 * step),
      ]
    }
  }
}
