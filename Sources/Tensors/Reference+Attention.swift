#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Attention over the tokens of a row, plainly.
extension Reference {
  /// ⟨q_i, k_j⟩ / √(d/h) by head: x [B, T·3d], queries, keys and values of a token side by side.
  public static func attentionScores(
    _ x: [Scalar], tokens: Int, width: Int, heads: Int
  ) -> [Scalar] {
    let part = width / heads
    return rows(of: x, tokens * 3 * width).flatMap { row in
      grid(heads, tokens, tokens).map { head, i, j in
        (0..<part).reduce(Scalar(0)) { sum, c in
          sum + row[i * 3 * width + head * part + c]
            * row[j * 3 * width + width + head * part + c]
        } / Scalar(part).squareRoot()
      }
    }
  }

  /// Σ_j A_ij v_j by head: A [B, h·T·T], x as above.
  public static func attentionMixture(
    _ weights: [Scalar], _ x: [Scalar], tokens: Int, width: Int, heads: Int
  ) -> [Scalar] {
    let part = width / heads
    return zip(rows(of: weights, heads * tokens * tokens), rows(of: x, tokens * 3 * width))
      .flatMap { a, row in
        grid(tokens, heads, part).map { i, head, c in
          (0..<tokens).reduce(Scalar(0)) { sum, j in
            sum + a[(head * tokens + i) * tokens + j]
              * row[j * 3 * width + 2 * width + head * part + c]
          }
        }
      }
  }

  /// (x − μ) / √(σ² + ε) ∘ w + b of every n numbers.
  public static func layerNorm(
    _ x: [Scalar], _ weight: [Scalar], _ bias: [Scalar], epsilon: Scalar
  ) -> [Scalar] {
    let count = Scalar(weight.count)
    return rows(of: x, weight.count).flatMap { group in
      let mean = group.reduce(0, +) / count
      let variance = group.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      return group.indices.map {
        (group[$0] - mean) / (variance + epsilon).squareRoot() * weight[$0] + bias[$0]
      }
    }
  }

  /// ⟨u, tanh(p_k + t_f)⟩: p [B, K·q], t [B, F·q], u [q].
  public static func additiveScores(
    _ queries: [Scalar], _ tokens: [Scalar], _ weight: [Scalar], queryCount: Int
  ) -> [Scalar] {
    let hidden = weight.count
    let all = rows(of: queries, queryCount * hidden)
    let width = tokens.count / all.count
    return zip(all, rows(of: tokens, width)).flatMap { p, t in
      grid(queryCount, width / hidden, 1).map { k, f, _ in
        (0..<hidden).reduce(Scalar(0)) { sum, j in
          sum + weight[j] * Scalar(tanh(Double(p[k * hidden + j] + t[f * hidden + j])))
        }
      }
    }
  }

  /// h_f (1 + F·α_f): h [B, F·e], α [B, F].
  public static func emphasis(_ h: [Scalar], _ attention: [Scalar], tokens: Int) -> [Scalar] {
    let width = h.count / attention.count
    return h.indices.map { h[$0] * (1 + Scalar(tokens) * attention[$0 / width]) }
  }

  private static func rows(of x: [Scalar], _ width: Int) -> [[Scalar]] {
    stride(from: 0, to: x.count, by: width).map { Array(x[$0..<($0 + width)]) }
  }

  private static func grid(_ a: Int, _ b: Int, _ c: Int) -> [(Int, Int, Int)] {
    (0..<a).flatMap { i in (0..<b).flatMap { j in (0..<c).map { (i, j, $0) } } }
  }
}
