internal import Foundation
public import Graph

/// The risk of a conversion model on all rows, estimated from the clicked ones.
///
/// From the logits a of the click and b of the conversion, and c of the imputed loss; y is the
/// click, r = y∧z, ℓ the cross-entropy of b and r, e = σ(c), v = min(1 / max(σ(a), floor), clip):
///
///     IPS   λ mean y ℓ v
///     DR    λ mean (e + y (ℓ − e) v + y (ℓ − e)² v)
///
/// The propensity σ(a) is read as it stands: a gets no gradient. The mean is over the rows of which
/// y∧z is known. Forward leaves (db, dc) in the output and backward hands them on.
///
/// Wang et al. "ESCM²: Entire Space Counterfactual Multi-Task Model for Post-Click Conversion Rate
/// Estimation." SIGIR 2022. doi:10.1145/3477495.3531972
public struct CounterfactualLoss: Loss {
  /// Numbers that are given.
  public struct Dials: Sendable {
    /// λ.
    let strength: Parameter
    /// What a propensity is at least.
    let floor: Parameter
    /// What an inverse propensity is at most.
    let clip: Parameter

    /// Names the numbers.
    public init(strength: Parameter, floor: Parameter, clip: Parameter) {
      self.strength = strength
      self.floor = floor
      self.clip = clip
    }
  }

  /// The place of its sums.
  public let task: Int
  /// The task whose label is y.
  public let click: Int
  /// The task whose label is z.
  public let conversion: Int
  /// Whether the loss of rows that were not clicked is imputed.
  public let isDoublyRobust: Bool
  /// λ, the floor and the clip.
  public let dials: Dials

  /// The name in profiles and messages.
  public var name: String { "counterfactual loss" }
  /// The output, which holds db and dc.
  public var keeps: Keeps { .output }
  /// λ, floor and clip.
  public var givens: [Parameter] { [dials.strength, dials.floor, dials.clip] }
  /// 2, the derivatives by b and c.
  public func width(of inputs: [Int]) -> Int {
    precondition(
      inputs == [1, 1] + (isDoublyRobust ? [1] : []),
      "counterfactual loss: a logit is one number, found \(inputs)")
    return 2
  }

  /// The rows of which y∧z is known.
  public func rowCount(of batch: Batch) -> Float { batch.rowsWithBoth(click, conversion) }

  /// Adds the losses to the sums and leaves db and dc in the output.
  public func forward(_ call: Call) {
    let batch = call.batch
    guard let labels = batch.labels else { return }
    let strength = call.given(0)[0]
    let scale = strength * call.lossScales[task]
    var (sum, rows) = (0.0, 0.0)
    for row in 0..<call.rows {
      let to = call.output.base + row * call.output.stride
      (to[0], to[1]) = (0, 0)
      let place = batch.place(ofRow: call.firstRow + row)
      guard batch.hasBoth(click, conversion, at: place) else { continue }
      let at = place * batch.tasks
      let isClicked = labels[at + click] == 1
      let isConverted = isClicked && labels[at + conversion] == 1
      let one = self.row(row, call, clicked: isClicked, converted: isConverted)
      let weight = batch.weight(at: place, of: click)
      sum += Double(strength * weight * one.loss)
      rows += 1
      (to[0], to[1]) = (
        scale * weight * one.byConversion, scale * weight * one.byImputation
      )
    }
    call.lossSums[task].loss += sum
    call.lossSums[task].rows += rows
  }

  private func row(
    _ row: Int, _ call: Call, clicked: Bool, converted: Bool
  ) -> (loss: Float, byConversion: Float, byImputation: Float) {
    let (a, b) = (call.input(0), call.input(1))
    let logit = b.base[row * b.stride]
    let propensity = 1 / (1 + exp(-a.base[row * a.stride]))
    let weight = clicked ? min(1 / max(propensity, call.given(1)[0]), call.given(2)[0]) : 0
    let r: Float = converted ? 1 : 0
    let error = max(logit, 0) + log1p(exp(-abs(logit))) - r * logit
    let slope = 1 / (1 + exp(-logit)) - r
    guard isDoublyRobust else { return (weight * error, weight * slope, 0) }
    let c = call.input(2)
    let imputed = 1 / (1 + exp(-c.base[row * c.stride]))
    let rest = error - imputed
    return (
      imputed + weight * (rest + rest * rest), weight * (1 + 2 * rest) * slope,
      imputed * (1 - imputed) * (1 - weight * (1 + 2 * rest))
    )
  }

  /// Hands db and dc on to the logits.
  public func backward(_ call: Call) {
    call.handOn(column: 0, toInput: 1)
    if isDoublyRobust { call.handOn(column: 1, toInput: 2) }
  }
}

extension Variable {
  /// The risk of this conversion logit on all rows; see ``CounterfactualLoss``.
  ///
  /// - Parameters:
  ///   - place: the place of its sums.
  ///   - click: the logit of the click, and its task.
  ///   - conversion: the task of this logit.
  ///   - imputed: the logit of the imputed loss; nil: inverse propensities alone.
  ///   - dials: strength, floor and clip.
  /// - Returns: what ends the trace.
  public func counterfactualLoss(
    at place: Int, given click: (logit: Variable, task: Int), conversion: Int, imputed: Variable?,
    dials: CounterfactualLoss.Dials
  ) -> Variable {
    let loss = CounterfactualLoss(
      task: place, click: click.task, conversion: conversion, isDoublyRobust: imputed != nil,
      dials: dials)
    return graph.record(loss, [click.logit.detached(), self] + (imputed.map { [$0] } ?? []))
  }
}
