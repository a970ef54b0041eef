internal import Foundation
public import Graph

/// The cross-entropy of one logit against y∧z: over the rows where y is 1, or over all rows.
///
///     ℓ = softplus(b) − (y∧z)·b,   db = ω/n (σ(b) − y∧z)
///
/// Over the rows where y is 1 it teaches p(z | y = 1) where that can be seen; over all rows p(y∧z).
/// A row counts if y∧z is known; see ``ProductLoss``. Forward leaves db in the output and backward
/// hands it on, as in ``TaskLoss``.
public struct ConditionalLoss: Loss {
  /// The rows that it is over.
  public enum Rows: Sendable, Hashable {
    /// Those where y is 1.
    case given
    /// All of them.
    case all
  }

  /// The task whose label is z.
  public let task: Int
  /// The task whose label is y.
  public let condition: Int
  /// The rows that it is over.
  public let rows: Rows

  /// A loss over some rows.
  public init(task: Int, given condition: Int, over rows: Rows) {
    self.task = task
    self.condition = condition
    self.rows = rows
  }

  /// The name in profiles and messages.
  public var name: String { "conditional loss" }
  /// By the rows that it is over.
  public var title: String {
    rows == .all ? "joint cross-entropy" : "cross-entropy of clicked rows"
  }
  /// The output, which holds db.
  public var keeps: Keeps { .output }
  /// 1, the derivative by the logit.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs == [1], "conditional loss: a logit is one number, found \(inputs)")
    return 1
  }

  /// Whether a stored row counts.
  private func counts(_ stored: Int, _ batch: Batch) -> Bool {
    guard batch.hasBoth(condition, task, at: stored) else { return false }
    return rows == .all || batch.labels.map { $0[stored * batch.tasks + condition] == 1 } ?? false
  }

  /// The rows of which y∧z is known, or those of them where y is 1.
  public func rowCount(of batch: Batch) -> Float {
    var count: Float = 0
    for row in 0..<batch.rows where counts(batch.place(ofRow: row), batch) { count += 1 }
    return count
  }

  /// Adds the losses to the task's sums and leaves db in the output.
  public func forward(_ call: Call) {
    let (batch, z, dz) = (call.batch, call.input(0), call.output)
    guard let labels = batch.labels else { return }
    var sums = LossSums()
    for row in 0..<call.rows {
      dz.base[row * dz.stride] = 0
      let stored = batch.place(ofRow: call.firstRow + row)
      guard counts(stored, batch) else { continue }
      let at = stored * batch.tasks
      let label: Float = labels[at + condition] == 1 && labels[at + task] == 1 ? 1 : 0
      let logit = z.base[row * z.stride]
      let prediction = 1 / (1 + exp(-logit))
      let weight = batch.weight(at: stored, of: condition)
      sums.loss += Double(weight * (max(logit, 0) + log1p(exp(-abs(logit))) - label * logit))
      sums.predictions += Double(prediction)
      sums.labels += Double(label)
      sums.rows += 1
      dz.base[row * dz.stride] = call.lossScales[task] * weight * (prediction - label)
    }
    call.lossSums[task].add(sums)
  }

  /// Hands db on to the logit.
  public func backward(_ call: Call) { call.handOn(column: 0, toInput: 0) }
}

extension Variable {
  /// The loss of a task from its own logit, over the rows where another has happened or over all;
  /// see ``ConditionalLoss``.
  public func conditionalLoss(
    task: Int, given condition: Int, over rows: ConditionalLoss.Rows
  ) -> Variable {
    graph.record(ConditionalLoss(task: task, given: condition, over: rows), [self])
  }
}
