internal import Foundation
public import Tensors

/// Smooth Tchebycheff scalarisation (STCH): mostly the task that is furthest from its nadir.
///
///     L = μ·n·ln Σ_k exp(ln(L_k / N_k) / μ)      w_k = n·softmax(ln(L / N) / μ)_k / L_k
///
/// In the first epochs Σ_k ln L_k is minimised, w_k = 1 / L_k; the mean losses of the last of these are
/// the nadir N. The smaller μ, the more the worst task alone counts. A loss below 1e-20 counts as that;
/// a task that had no step in the warm-up's last epoch keeps 1 / L_k.
///
/// Lin, Zhang, Yang, Liu, Wang, Zhang. "Smooth Tchebycheff Scalarization for Multi-Objective
/// Optimization." ICML 2024. arXiv:2402.19078
public struct SmoothTchebycheff: Balancer {
  /// STCH.
  public static let about = BalancerDescription(
    name: "stch", title: "STCH",
    paper: "Lin et al. Smooth Tchebycheff Scalarization … ICML 2024. arXiv:2402.19078",
    summary: "descends mostly from the loss that is furthest from its nadir")
  /// μ and the warm-up.
  public static let options = [
    BalancerOption<Self>(
      "mu", .number(\.smoothness, in: 1e-3...1e3), "μ: the smaller, the more the worst task counts"),
    BalancerOption(
      "warmup", .count(\.warmup, in: 0...10_000), "the epoch whose mean losses are the nadir",
      isLive: false),
  ]

  /// μ.
  public var smoothness = 1.0
  /// The epoch, from 0, whose mean losses are the nadir (LibMTL has 4).
  public var warmup = 0

  /// One epoch of warm-up.
  public init() {}

  /// Mean losses, and the nadir.
  public struct Memory: Sendable, Hashable, ArchivedState {
    /// Means by epoch.
    public var means: EpochMeans
    /// N by task; NaN without.
    public var nadir: [Double]

    /// Visits both.
    public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
      try archive.part("means") { archive throws(ArchiveError) in try means.visit(&archive) }
      try archive.numbers("nadir", &nadir, count: nadir.count)
    }
  }

  /// The losses.
  public var sees: BalancerSight { .losses }

  /// No epochs yet.
  public func memory(of tasks: BalancedTasks) -> Memory {
    Memory(means: EpochMeans(tasks: tasks.count), nadir: tasks.names.map { _ in .nan })
  }

  /// The derivatives of what is minimised.
  public func weigh(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch,
    weights: inout BalancerWeights
  ) {
    if memory.means.turn(to: step.epoch) {
      for task in memory.nadir.indices where memory.means.lastEpoch[task] == warmup {
        memory.nadir[task] = memory.means.last[task]
      }
    }
    var known = 0
    for (index, task) in step.tasks.enumerated() {
      let loss = max(step.losses[index], smallestLoss)
      weights.setBoth(index, to: 1 / loss)
      guard memory.nadir[task].isFinite else { continue }
      let plain = max(step.plainLoss(index), smallestLoss)
      scratch.numbers[known] = log(plain / max(memory.nadir[task], smallestLoss)) / smoothness
      known += 1
    }
    softmax(scratch.numbers, count: known, into: &scratch.others)
    known = 0
    for (index, task) in step.tasks.enumerated() where memory.nadir[task].isFinite {
      let loss = max(step.losses[index], smallestLoss)
      weights.setBoth(index, to: Double(step.count) * scratch.others[known] / loss)
      known += 1
    }
  }

  /// Adds the losses to the epoch's means.
  public func learn(
    _ step: BalancingStep, memory: inout Memory, scratch: inout BalancerScratch
  ) { memory.means.add(step) }
}
