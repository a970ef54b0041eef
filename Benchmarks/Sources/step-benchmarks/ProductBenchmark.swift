import CKernels
import Tensors

/// Times one packed matrix product on one thread.
struct ProductBenchmark {
  /// Which of a layer's three products.
  enum Form: String, CaseIterable {
    /// y = x·W.
    case forward
    /// dx = dy·Wᵀ.
    case inputs = "d inputs"
    /// dW = xᵀ·dy, the packing of dy included.
    case weights = "d weights"
  }

  /// The layer, as in `w1b experts`.
  let name: String
  let rows: Int
  let inputs: Int
  let outputs: Int

  /// The layers of the workloads on 256 rows: a lane of a batch of 1024.
  static let all = [
    ProductBenchmark(name: "w1a experts", rows: 256, inputs: 167, outputs: 128),
    ProductBenchmark(name: "w1a tower", rows: 256, inputs: 16, outputs: 8),
    ProductBenchmark(name: "gate", rows: 256, inputs: 167, outputs: 8),
    ProductBenchmark(name: "w1b experts, layer 1", rows: 256, inputs: 167, outputs: 2048),
    ProductBenchmark(name: "w2 experts, layer 1", rows: 256, inputs: 324, outputs: 2048),
    ProductBenchmark(name: "an expert's layer 2", rows: 256, inputs: 256, outputs: 128),
    ProductBenchmark(name: "tower", rows: 256, inputs: 128, outputs: 64),
    ProductBenchmark(name: "w4 bottom, layer 1", rows: 256, inputs: 167, outputs: 512),
    ProductBenchmark(name: "w4 bottom, layer 2", rows: 256, inputs: 512, outputs: 256),
  ]

  /// The shape m×k×n of one of its products, as the kernels take it.
  func shape(of form: Form) -> String {
    switch form {
    case .forward: "\(rows)×\(inputs)×\(outputs)"
    case .inputs: "\(rows)×\(outputs)×\(inputs)"
    case .weights: "\(inputs)×\(rows)×\(outputs)"
    }
  }

  /// Floating-point operations of one product.
  var operations: Double { 2 * Double(rows * inputs * outputs) }

  /// Seconds of one product, the shortest first.
  func times(_ form: Form) -> [Double] {
    let repeats = max(1, Int(2e7 / operations))
    let body = body(of: form)
    for _ in 0..<10 * repeats { body() }
    return (0..<60).map { _ in
      let start = ContinuousClock.now
      for _ in 0..<repeats { body() }
      return (ContinuousClock.now - start) / .seconds(1) / Double(repeats)
    }.sorted()
  }

  /// One product, its memory made before.
  private func body(of form: Form) -> () -> Void {
    let (m, k, n) = (Int64(rows), Int64(inputs), Int64(outputs))
    let x = Self.numbers(rows * inputs)
    let dy = Self.numbers(rows * outputs)
    let w = Self.numbers(inputs * outputs)
    let panel = ck_panel()
    switch form {
    case .forward:
      let packed = Storage<Float>(count: Int(ck_packed_count(k, n)), filling: 0)
      ck_pack(k, n, w.base, nil, n, 0, (n + panel - 1) / panel, packed.base)
      let y = Storage<Float>(count: rows * outputs, filling: 0)
      return { ck_product(m, n, k, x.base, k, packed.base, y.base, n, nil, Int32(CK_RELU)) }
    case .inputs:
      let packed = Storage<Float>(count: Int(ck_packed_count(n, k)), filling: 0)
      ck_pack_transposed(n, k, w.base, nil, n, 0, (k + panel - 1) / panel, packed.base)
      let dx = Storage<Float>(count: rows * inputs, filling: 0)
      return { ck_product(m, k, n, dy.base, n, packed.base, dx.base, k, nil, 0) }
    case .weights:
      // A layer packs and multiplies its gradient in stripes, so that they stay in the cache.
      let stripe = 256
      let packed = Storage<Float>(
        count: Int(ck_packed_count(m, Int64(min(stripe, outputs)))), filling: 0)
      let dw = Storage<Float>(count: inputs * outputs, filling: 0)
      let stripes = stride(from: 0, to: outputs, by: stripe)
      return {
        for first in stripes {
          let count = Int64(min(stripe, Int(n) - first))
          ck_pack_gradient(m, count, dy.base + first, n, nil, 0, nil, 0, packed.base)
          ck_product_transposed(
            k, count, m, x.base, k, packed.base, dw.base + first, n, nil, 0)
        }
      }
    }
  }

  private static func numbers(_ count: Int) -> Storage<Float> {
    let random = RandomSource(seed: UInt64(count), .test)
    return Storage((0..<count).map { Float(random.normal(UInt64($0))) })
  }
}
