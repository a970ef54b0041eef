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

  /// The layers of the workloads on a block of 256 rows.
  static let all = [
    ProductBenchmark(name: "w1a experts", rows: 256, inputs: 167, outputs: 128),
    ProductBenchmark(name: "w1a gate", rows: 256, inputs: 167, outputs: 8),
    ProductBenchmark(name: "w1a tower", rows: 256, inputs: 16, outputs: 8),
    ProductBenchmark(name: "w1b experts, layer 1", rows: 256, inputs: 167, outputs: 2048),
    ProductBenchmark(name: "w1b experts, layer 2", rows: 256, inputs: 256, outputs: 128),
    ProductBenchmark(name: "w1b tower", rows: 256, inputs: 128, outputs: 64),
  ]

  /// Floating-point operations a second, the best of several windows.
  func operationsPerSecond(_ form: Form) -> Double {
    let operations = 2 * Double(rows * inputs * outputs)
    let repeats = max(1, Int(2e7 / operations))
    let body = body(of: form)
    var best = Double.infinity
    for _ in 0..<40 {
      let start = ContinuousClock.now
      for _ in 0..<repeats { body() }
      best = min(best, (ContinuousClock.now - start) / .seconds(1) / Double(repeats))
    }
    return operations / best
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
      let packed = Storage<Float>(count: Int(ck_packed_count(m, n)), filling: 0)
      let dw = Storage<Float>(count: inputs * outputs, filling: 0)
      return {
        ck_pack(m, n, dy.base, nil, n, 0, (n + panel - 1) / panel, packed.base)
        ck_product_transposed(k, n, m, x.base, k, packed.base, dw.base, nil, n, 0)
      }
    }
  }

  private static func numbers(_ count: Int) -> Storage<Float> {
    let random = RandomSource(seed: UInt64(count), .test)
    return Storage((0..<count).map { Float(random.normal(UInt64($0))) })
  }
}
