internal import Foundation
public import Graph

/// Bayesian personalised ranking: what a row met should score higher than what was drawn beside it.
///
///     ℓ_i = 1/m_i Σ_j −ln σ(s_i − s_ij)        s [B, 1], s_j [B, n]
///     ds_ij = ω/n · w σ(s_ij − s_i)/m_i,  ds_i = −Σ_j ds_ij
///
/// The mean goes over the m_i pairs of a row, then over rows. Where it is told whose scores these are,
/// an item that was drawn beside itself is no pair, and a row without a pair does not count. The sums of
/// predictions are shares of pairs in the right order, ties half, and those of labels count rows.
/// Forward leaves (ds_i, ds_i1, …) in the output and backward hands them on, as in ``TaskLoss``.
///
/// Rendle et al. "BPR: Bayesian Personalized Ranking from Implicit Feedback." UAI 2009. arXiv:1205.2618
public struct PairLoss: Loss {
  /// Whose scores are compared.
  public struct Compared: Sendable {
    /// The column of the item that a row met.
    public let met: IdReader
    /// The columns of what was drawn beside it, in ``Graph/Batch/drawn``.
    public let drawn: Range<Int>

    /// Items of these columns.
    public init(_ met: IdColumn, with drawn: Range<Int>) {
      self.met = IdReader(met)
      self.drawn = drawn
    }
  }

  /// The task's place.
  public let task: Int
  /// Whose scores are compared; nil: every pair counts.
  public let compared: Compared?

  /// A ranking's loss.
  public init(task: Int, comparing compared: Compared? = nil) {
    self.task = task
    self.compared = compared
  }

  /// The name in profiles and messages.
  public var name: String { "pair loss" }
  /// As the field calls it.
  public var title: String { "BPR" }
  /// The output, which holds the derivatives.
  public var keeps: Keeps { .output }
  /// The ids that are compared.
  public var needs: BatchNeeds {
    compared.map {
      BatchNeeds(columns: [$0.met.column] + $0.drawn.map { .drawn($0) })
    } ?? BatchNeeds()
  }

  /// 1 + n, the derivatives by all scores.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs.count == 2 && inputs[0] == 1 && inputs[1] > 0
        && compared.map { $0.drawn.count == inputs[1] } ?? true,
      "pair loss: a score and those that were drawn beside it, found \(inputs)")
    return 1 + inputs[1]
  }

  /// The rows of the task's sample space that have a pair.
  public func rowCount(of batch: Batch) -> Float {
    var count: Float = 0
    for row in 0..<batch.rows where batch.weight(at: batch.place(ofRow: row), of: task) != 0 {
      count += hasPair(batch, row) ? 1 : 0
    }
    return count
  }

  private func hasPair(_ batch: Batch, _ row: Int) -> Bool {
    guard let compared else { return true }
    return (0..<compared.drawn.count).contains { isPair(batch, row, $0) }
  }

  /// Whether what was drawn is another item than the one that was met.
  private func isPair(_ batch: Batch, _ row: Int, _ number: Int) -> Bool {
    guard let compared, let drawn = batch.drawn, let met = compared.met.ids(of: batch, from: row)
    else { return true }
    let own = met.base[met.index.map { Int($0[0]) * met.stride } ?? 0]
    return drawn[row * batch.drawnCount + compared.drawn.lowerBound + number] != own
  }

  /// Adds the losses to the task's sums and leaves the derivatives in the output.
  public func forward(_ call: Call) {
    let (batch, s, others, ds) = (call.batch, call.input(0), call.input(1), call.output)
    let count = call.inputWidth(1)
    var sums = LossSums()
    for row in 0..<call.rows {
      let to = ds.base + row * ds.stride
      to.update(repeating: 0, count: 1 + count)
      let number = call.firstRow + row
      let weight = batch.weight(at: batch.place(ofRow: number), of: task)
      let pairs = weight == 0 ? 0 : (0..<count).count { isPair(batch, number, $0) }
      guard pairs > 0 else { continue }
      let (scale, part) = (weight * call.lossScales[task] / Float(pairs), 1 / Double(pairs))
      sums.rows += 1
      sums.labels += 1
      for j in 0..<count where isPair(batch, number, j) {
        let above = others.base[row * others.stride + j] - s.base[row * s.stride]
        let decay = exp(-abs(above))
        sums.loss += Double(weight) * part * Double(max(above, 0) + log1p(decay))
        sums.predictions += part * (above < 0 ? 1 : above == 0 ? 0.5 : 0)
        let slope = scale * (above >= 0 ? 1 : decay) / (1 + decay)
        to[1 + j] = slope
        to[0] -= slope
      }
    }
    call.lossSums[place].add(sums)
  }

  /// Hands the derivatives on to the scores.
  public func backward(_ call: Call) {
    call.handOn(column: 0, toInput: 0)
    guard let dx = call.inputGradient(1) else { return }
    let (stored, count) = (call.output, call.inputWidth(1))
    for row in 0..<call.rows {
      let (from, to) = (stored.base + row * stored.stride + 1, dx.base + row * dx.stride)
      for j in 0..<count { to[j] = dx.accumulates ? to[j] + from[j] : from[j] }
    }
  }
}

extension Variable {
  /// The loss of a ranking from this score and those of what was drawn beside it; see ``PairLoss``.
  public func pairLoss(
    above others: Variable, task: Int, comparing compared: PairLoss.Compared? = nil
  ) -> Variable {
    graph.record(PairLoss(task: task, comparing: compared), [self, others])
  }
}
