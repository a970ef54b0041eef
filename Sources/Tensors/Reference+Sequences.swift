#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Operations on the entries of a row, plainly; `present` has a flag for every entry of every row.
extension Reference {
  /// tanh x, elementwise.
  public static func hyperbolicTangent(_ x: [Scalar]) -> [Scalar] { x.map { tangent($0) } }

  /// Σ_t m_t x_t, or its mean over the entries that exist: x [B, n·w], m [B, n].
  public static func segmentSum(
    _ x: [Scalar], present: [Bool], slots: Int, isMean: Bool
  ) -> [Scalar] {
    let width = x.count / present.count
    return (0..<(present.count / slots)).flatMap { row -> [Scalar] in
      let real = (0..<slots).filter { present[row * slots + $0] }
      return (0..<width).map { k in
        let sum = real.reduce(Scalar(0)) { $0 + x[(row * slots + $1) * width + k] }
        return isMean ? sum / Scalar(max(1, real.count)) : sum
      }
    }
  }

  /// m_t x: x [B, w], m [B, n].
  public static func spread(_ x: [Scalar], present: [Bool], slots: Int) -> [Scalar] {
    let width = x.count * slots / present.count
    return present.indices.flatMap { entry in
      (0..<width).map { present[entry] ? x[entry / slots * width + $0] : 0 }
    }
  }

  /// The softmax of every group of n numbers over the entries that exist: x [B, G·n], m [B, n].
  public static func softmax(_ x: [Scalar], present: [Bool], slots: Int) -> [Scalar] {
    let groups = x.count / present.count
    return stride(from: 0, to: x.count, by: slots).flatMap { start -> [Scalar] in
      let row = start / (groups * slots)
      let real = (0..<slots).filter { present[row * slots + $0] }
      let shares = real.isEmpty ? [] : softmax(real.map { x[start + $0] }, width: real.count)
      var y = [Scalar](repeating: 0, count: slots)
      for (slot, share) in zip(real, shares) { y[slot] = share }
      return y
    }
  }

  /// b + ⟨w, x⟩ + Σ_{i<j} ⟨V_i, V_j⟩ x_i x_j: x [B, n], w [n], V [n, k].
  public static func factorisationMachine(
    _ x: [Scalar], bias: Scalar, weight: [Scalar], factors: [Scalar]
  ) -> [Scalar] {
    let (n, k) = (weight.count, factors.count / weight.count)
    return stride(from: 0, to: x.count, by: n).map { row in
      var sum = bias
      for i in 0..<n {
        sum += weight[i] * x[row + i]
        for j in (i + 1)..<max(i + 1, n) {
          let inner = (0..<k).reduce(Scalar(0)) { $0 + factors[i * k + $1] * factors[j * k + $1] }
          sum += inner * x[row + i] * x[row + j]
        }
      }
      return sum
    }
  }

  /// max_j ⟨a_i, b_j⟩ or the mean over the partners that exist: a [B, n·e], b [B, m·e].
  public static func pairLogits(
    _ a: [Scalar], _ b: [Scalar], own: [Bool], partners: [Bool], slots: Int, isMean: Bool
  ) -> [Scalar] {
    let (rows, width) = (own.count / slots, a.count / own.count)
    let most = partners.count / rows
    return (0..<(rows * slots)).map { entry in
      let row = entry / slots
      let products = (0..<most).filter { partners[row * most + $0] }.map { j in
        (0..<width).reduce(Scalar(0)) {
          $0 + a[entry * width + $1] * b[(row * most + j) * width + $1]
        }
      }
      guard own[entry], let largest = products.max() else { return 0 }
      return isMean ? products.reduce(0, +) / Scalar(products.count) : largest
    }
  }

  /// max_t max(0, Σ W_f,c,j x_{t+j},c + b_f) over the windows whose tokens all exist: x [B, T·e],
  /// W [e·k, F].
  public static func convolutionMax(
    _ x: [Scalar], _ weight: [Scalar], _ bias: [Scalar], present: [Bool], slots: Int, window: Int
  ) -> [Scalar] {
    let (width, filters) = (x.count / present.count, bias.count)
    return (0..<(present.count / slots)).flatMap { row in
      (0..<filters).map { f in
        var largest = Scalar(0)
        for start in 0..<max(0, slots - window + 1) {
          let tokens = (start..<(start + window)).map { row * slots + $0 }
          guard tokens.allSatisfy({ present[$0] }) else { continue }
          var sum = bias[f]
          for (j, token) in tokens.enumerated() {
            for c in 0..<width {
              sum += x[token * width + c] * weight[(c * window + j) * filters + f]
            }
          }
          largest = max(largest, sum)
        }
        return largest
      }
    }
  }

  /// The states h_1 … h_T of a recurrence over g [B, T·3h] from h_0 [B, h], W [h, 3h]; an entry
  /// that does not exist keeps the state.
  public static func gru(
    _ g: [Scalar], from start: [Scalar], _ weight: [Scalar], _ bias: [Scalar], present: [Bool],
    resetsBefore: Bool, isReversed: Bool
  ) -> [Scalar] {
    let hidden = bias.count / 3
    let (rows, slots) = (start.count / hidden, present.count * hidden / start.count)
    func product(_ x: [Scalar], _ column: Int) -> Scalar {
      (0..<hidden).reduce(bias[column]) { $0 + x[$1] * weight[$1 * 3 * hidden + column] }
    }
    func sigmoid(_ x: Scalar) -> Scalar { Reference.sigmoid([x])[0] }
    return (0..<rows).flatMap { row -> [Scalar] in
      var state = Array(start[(row * hidden)..<((row + 1) * hidden)])
      var states = [[Scalar]](repeating: [], count: slots)
      for slot in isReversed ? (0..<slots).reversed() : Array(0..<slots) {
        let sums = Array(g[((row * slots + slot) * 3 * hidden)...].prefix(3 * hidden))
        if present[row * slots + slot] {
          let r = (0..<hidden).map { sigmoid(sums[$0] + product(state, $0)) }
          let reset = zip(r, state).map { $0 * $1 }
          state = (0..<hidden).map { j in
            let z = sigmoid(sums[hidden + j] + product(state, hidden + j))
            let inner =
              resetsBefore ? product(reset, 2 * hidden + j) : r[j] * product(state, 2 * hidden + j)
            return (1 - z) * tangent(sums[2 * hidden + j] + inner) + z * state[j]
          }
        }
        states[slot] = state
      }
      return states.flatMap { $0 }
    }
  }

  static func tangent(_ x: Scalar) -> Scalar { Scalar(tanh(Double(x))) }
}
