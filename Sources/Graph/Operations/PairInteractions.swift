/// The products of a row's field embeddings with each other.
///
///     strict triangle:  y_ij = ⟨v_i, v_j⟩, i < j       v [B, F·e], y [B, F(F − 1)/2]
///     matrix:           y_ij = ⟨v_i, v_j⟩, all i, j    y [B, F·F], row by row
///     dv_i = Σ_j (dy_ij + dy_ji) v_j                   of what y has
///
/// The triangle's order is (0, 1), (0, 2), …, (F − 2, F − 1). All fields have one width e.
public struct PairInteractions: Operation {
  /// Which pairs there are.
  public enum Form: Sendable, Hashable {
    /// Every pair of two different fields once.
    case strictTriangle
    /// Every pair in both orders, and every field with itself.
    case matrix
  }

  /// Which pairs there are.
  public let form: Form
  /// F.
  public let fields: Int
  /// e.
  public let fieldWidth: Int

  /// Products of fields of these widths; stops the program unless they are all alike.
  public init(_ form: Form, widths: [Int]) {
    precondition(
      widths.count > (form == .strictTriangle ? 1 : 0)
        && widths.allSatisfy { $0 == widths[0] && $0 > 0 },
      "pair interactions: fields of one width, two of them for pairs, found widths \(widths)")
    self.form = form
    fields = widths.count
    fieldWidth = widths[0]
  }

  /// The name in profiles and messages.
  public var name: String { "pairs" }
  /// The embeddings.
  public var keeps: Keeps { .inputs }
  /// Numbers of pairs; stops the program unless the input is [B, F·e].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs == [fields * fieldWidth],
      "pair interactions: \(fields) fields of \(fieldWidth), found [B, \(inputs)]")
    return form == .matrix ? fields * fields : fields * (fields - 1) / 2
  }
  /// e for every pair.
  public func multiplyAdds(inputs: [Int]) -> Int { width(of: inputs) * fieldWidth }

  /// Multiplies every pair.
  public func forward(_ call: Call) {
    let (v, y) = (call.input(0), call.output)
    for row in 0..<call.rows {
      let (from, to) = (v.base + row * v.stride, y.base + row * y.stride)
      var pair = 0
      for i in 0..<fields {
        let left = from + i * fieldWidth
        if form == .matrix {
          for j in 0..<i { to[i * fields + j] = to[j * fields + i] }
          pair = i * fields + i
        }
        for j in (form == .matrix ? i : i + 1)..<fields {
          to[pair] = RowArithmetic.dot(left, from + j * fieldWidth, fieldWidth)
          pair += 1
        }
      }
    }
  }

  /// Adds to the gradient of the embeddings.
  public func backward(_ call: Call) {
    guard let dv = call.inputGradient(0) else { return }
    let (v, dy) = (call.input(0), call.outputGradient)
    for row in 0..<call.rows {
      let (from, to) = (v.base + row * v.stride, dv.base + row * dv.stride)
      if !dv.accumulates { to.update(repeating: 0, count: fields * fieldWidth) }
      let slopes = dy.base + row * dy.stride
      form == .matrix ? addMatrix(slopes, from, to) : addTriangle(slopes, from, to)
    }
  }

  private func addTriangle(
    _ dy: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ dv: UnsafeMutablePointer<Float>
  ) {
    var pair = 0
    for i in 0..<fields {
      for j in (i + 1)..<fields {
        RowArithmetic.add(dy[pair], v + j * fieldWidth, to: dv + i * fieldWidth, fieldWidth)
        RowArithmetic.add(dy[pair], v + i * fieldWidth, to: dv + j * fieldWidth, fieldWidth)
        pair += 1
      }
    }
  }

  private func addMatrix(
    _ dy: UnsafePointer<Float>, _ v: UnsafePointer<Float>, _ dv: UnsafeMutablePointer<Float>
  ) {
    for i in 0..<fields {
      for j in 0..<fields {
        let slope = dy[i * fields + j] + dy[j * fields + i]
        RowArithmetic.add(slope, v + j * fieldWidth, to: dv + i * fieldWidth, fieldWidth)
      }
    }
  }
}

extension Variable {
  /// The products of fields of these widths with each other; see ``PairInteractions``.
  public func pairInteractions(
    _ form: PairInteractions.Form, widths: [Int]
  ) -> Variable {
    graph.record(PairInteractions(form, widths: widths), [self])
  }
}
