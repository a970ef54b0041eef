public import Graph

/// The mean squared error of the entries that stand beside a row.
///
///     y_i   = mean over the entries t with v_it > 0 of e_it²,  e_it = ⟨x_i, z_it⟩ − v_it
///     dx_i  = 2/n_i Σ_t e_it z_it dy_i,  dz_it = 2/n_i e_it x_i dy_i,  dv_it = −2/n_i e_it dy_i
///
/// x [B, c], z [B, n·c], v [B, n] → y [B, 1]. A value of 0 says that there is no such entry; a row
/// without entries gives 0.
public struct TupleErrors: Operation {
  /// Entries of a row at most.
  public let most: Int

  /// The name in profiles and messages.
  public var name: String { "errors of tuples" }
  /// All three.
  public var keeps: Keeps { .inputs }

  /// 1; stops the program unless the inputs are [B, c], [B, n·c] and [B, n].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 3 && inputs[1] == most * inputs[0] && inputs[2] == most,
      "errors of tuples: a row, \(most) of its width and their values, found \(inputs)")
    return 1
  }
  /// n·c.
  public func multiplyAdds(inputs: [Int]) -> Int { inputs[1] }

  /// Computes the means.
  public func forward(_ call: Call) {
    let y = call.output
    for row in 0..<call.rows {
      var (sum, count): (Float, Float) = (0, 0)
      forEachEntry(of: row, call) { _, error in
        sum += error * error
        count += 1
      }
      y.base[row * y.stride] = count > 0 ? sum / count : 0
    }
  }

  /// Hands every entry's error on to its parts.
  public func backward(_ call: Call) {
    for input in 0..<3 { call.clear(gradientOf: input) }
    let (dy, width) = (call.outputGradient, call.inputWidth(0))
    let (x, z) = (call.input(0), call.input(1))
    for row in 0..<call.rows {
      var count: Float = 0
      forEachEntry(of: row, call) { _, _ in count += 1 }
      forEachEntry(of: row, call) { slot, error in
        let slope = 2 / count * error * dy.base[row * dy.stride]
        if let dx = call.inputGradient(0) {
          for k in 0..<width {
            dx.base[row * dx.stride + k] += slope * z.base[row * z.stride + slot * width + k]
          }
        }
        if let dz = call.inputGradient(1) {
          for k in 0..<width {
            dz.base[row * dz.stride + slot * width + k] += slope * x.base[row * x.stride + k]
          }
        }
        if let dv = call.inputGradient(2) { dv.base[row * dv.stride + slot] -= slope }
      }
    }
  }

  /// Calls `body` with every entry of a row and its error.
  private func forEachEntry(of row: Int, _ call: Call, _ body: (Int, Float) -> Void) {
    let (x, z, v) = (call.input(0), call.input(1), call.input(2))
    let width = call.inputWidth(0)
    for slot in 0..<most {
      let value = v.base[row * v.stride + slot]
      guard value > 0 else { continue }
      var score: Float = 0
      for k in 0..<width {
        score += x.base[row * x.stride + k] * z.base[row * z.stride + slot * width + k]
      }
      body(slot, score - value)
    }
  }
}

extension Call {
  /// Clears what is to be added to, unless somebody has written there.
  fileprivate func clear(gradientOf input: Int) {
    guard let gradient = inputGradient(input), !gradient.accumulates else { return }
    for row in 0..<rows {
      (gradient.base + row * gradient.stride).update(repeating: 0, count: inputWidth(input))
    }
  }
}

/// A loss that is its answer: of what a row is answered by and not trained by.
public struct AnsweredLoss: RowLoss {
  /// The task's place.
  public let task: Int

  /// The name in profiles and messages.
  public var name: String { "answered loss" }

  /// The answer.
  public func value(
    _ answer: Float, label: Float
  ) -> (loss: Float, slope: Float, prediction: Float) {
    (answer, 1, answer)
  }
}

extension Variable {
  /// The mean squared error of entries that stand beside this row; see ``TupleErrors``.
  public func tupleErrors(of entries: Variable, values: Variable) -> Variable {
    graph.record(TupleErrors(most: values.width), [self, entries, values])
  }

  /// The answer as a loss; see ``AnsweredLoss``.
  public func answeredLoss(task: Int) -> Variable {
    graph.record(AnsweredLoss(task: task), [self])
  }
}
