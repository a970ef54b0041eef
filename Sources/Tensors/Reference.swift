#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The plain forward of every operation, over any scalar; rows are contiguous.
///
/// The fast kernels are tested against it, and gradients are differenced from it in Double.
public enum Reference<Scalar: BinaryFloatingPoint> {
  /// max(x, 0).
  public static func relu(_ x: [Scalar]) -> [Scalar] { x.map { max($0, 0) } }

  /// 1 / (1 + e⁻ˣ).
  public static func sigmoid(_ x: [Scalar]) -> [Scalar] { x.map { 1 / (1 + exponential(-$0)) } }

  /// [relu](x·W + b) for E blocks: x [B, E·inputs], W [E, inputs, outputs], b [E·outputs].
  public static func linear(
    _ x: [Scalar], _ weight: [Scalar], _ bias: [Scalar]?, blocks: Int, inputs: Int, outputs: Int
  ) -> [Scalar] {
    let rows = x.count / (blocks * inputs)
    var y = [Scalar](repeating: 0, count: rows * blocks * outputs)
    for row in 0..<rows {
      for e in 0..<blocks {
        for j in 0..<outputs {
          var sum = bias.map { $0[e * outputs + j] } ?? 0
          for i in 0..<inputs {
            sum +=
              x[(row * blocks + e) * inputs + i] * weight[(e * inputs + i) * outputs + j]
          }
          y[(row * blocks + e) * outputs + j] = sum
        }
      }
    }
    return y
  }

  /// The softmax of rows of `width` numbers.
  public static func softmax(_ x: [Scalar], width: Int) -> [Scalar] {
    stride(from: 0, to: x.count, by: width).flatMap { start -> [Scalar] in
      let row = x[start..<(start + width)]
      let top = row.max() ?? 0
      let powers = row.map { exponential($0 - top) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  /// Σ_e g_e·f_e: g [B, E], f [B, E·H].
  public static func mixture(_ g: [Scalar], _ f: [Scalar], experts: Int) -> [Scalar] {
    let rows = g.count / experts
    let width = f.count / g.count
    return (0..<rows).flatMap { row in
      (0..<width).map { h in
        (0..<experts).reduce(Scalar(0)) {
          $0 + g[row * experts + $1] * f[(row * experts + $1) * width + h]
        }
      }
    }
  }

  /// Σ_j A[k, j]·x_j: x [B, K·H]; A [K, K], or [K, K, H] by unit.
  public static func stitch(_ x: [Scalar], _ matrix: [Scalar], columns: Int, width: Int) -> [Scalar]
  {
    let units = matrix.count / (columns * columns)
    return (0..<(x.count / (columns * width))).flatMap { row in
      (0..<(columns * width)).map { place in
        let (k, h) = (place / width, place % width)
        return (0..<columns).reduce(Scalar(0)) { sum, j in
          sum + matrix[(k * columns + j) * units + h % units]
            * x[(row * columns + j) * width + h]
        }
      }
    }
  }

  /// ⟨v_i, v_j⟩ of F fields in rows v [B, F·e]: i < j, or all i and j.
  public static func pairs(_ v: [Scalar], fields: Int, width: Int, isMatrix: Bool) -> [Scalar] {
    stride(from: 0, to: v.count, by: fields * width).flatMap { row in
      (0..<fields).flatMap { i in
        (isMatrix ? 0..<fields : (i + 1)..<fields).map { j in
          (0..<width).reduce(Scalar(0)) {
            $0 + v[row + i * width + $1] * v[row + j * width + $1]
          }
        }
      }
    }
  }

  /// Σ δ·(softplus(z) − y·z).
  public static func crossEntropy(_ z: [Scalar], _ y: [Scalar], _ space: [Scalar]) -> Scalar {
    zip(z, zip(y, space)).reduce(0) { sum, row in
      let (z, (y, inside)) = row
      let softplus = max(z, 0) + logarithm(1 + exponential(-abs(z)))
      return sum + inside * (softplus - y * z)
    }
  }

  /// Σ δ·(z − y)².
  public static func squaredError(_ z: [Scalar], _ y: [Scalar], _ space: [Scalar]) -> Scalar {
    zip(z, zip(y, space)).reduce(0) { sum, row in
      let (z, (y, inside)) = row
      return sum + inside * (z - y) * (z - y)
    }
  }

  /// ℓ by row of a label against σ(a)σ(b), from the logits:
  /// log p = −softplus(−a) − softplus(−b), log(1−p) = log(e⁻ᵃ + e⁻ᵇ + e⁻ᵃ⁻ᵇ) + log p.
  public static func productLoss(_ a: [Scalar], _ b: [Scalar], _ label: [Scalar]) -> [Scalar] {
    zip(zip(a, b), label).map { logits, label in
      let (a, b) = logits
      func softplus(_ x: Scalar) -> Scalar { max(x, 0) + logarithm(1 + exponential(-abs(x))) }
      let top = max(-a, -b, -a - b)
      let sum = [-a, -b, -a - b].reduce(0) { $0 + exponential($1 - top) }
      return softplus(-a) + softplus(-b) - (1 - label) * (top + logarithm(sum))
    }
  }

  /// [table_f[id_f] …, dense]: ids [B, F], tables [V, D_f].
  public static func lookup(
    _ ids: [Int], _ tables: [[Scalar]], widths: [Int], dense: [Scalar], denseCount: Int
  ) -> [Scalar] {
    let rows = widths.isEmpty ? dense.count / max(1, denseCount) : ids.count / widths.count
    return (0..<rows).flatMap { row -> [Scalar] in
      let parts = widths.indices.flatMap { f -> ArraySlice<Scalar> in
        let id = ids[row * widths.count + f]
        return tables[f][(id * widths[f])..<((id + 1) * widths[f])]
      }
      return parts + dense[(row * denseCount)..<((row + 1) * denseCount)]
    }
  }

  private static func exponential(_ x: Scalar) -> Scalar { Scalar(exp(Double(x))) }
  private static func logarithm(_ x: Scalar) -> Scalar { Scalar(log(Double(x))) }
}
