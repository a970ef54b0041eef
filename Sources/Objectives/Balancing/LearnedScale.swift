internal import Foundation
public import Tensors

/// Numbers by task that Adam learns beside the network, without weight decay.
public struct LearnedScale: Sendable, Hashable, ArchivedState {
  /// s by task.
  public var values: [Double]
  private var first: [Double]
  private var second: [Double]
  /// By task, the updates so far: a task's moments stand still while it is off.
  private var updates: [Int]

  /// Starts at these numbers.
  init(_ values: [Double]) {
    self.values = values
    first = values.map { _ in 0 }
    second = first
    updates = values.map { _ in 0 }
  }

  /// Visits s, its moments and its updates.
  public mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    try archive.numbers("values", &values, count: values.count)
    try archive.numbers("first-moments", &first, count: first.count)
    try archive.numbers("second-moments", &second, count: second.count)
    try archive.numbers("updates", &updates, count: updates.count, in: Archive.counts)
  }

  /// One step of Adam (β 0.9 and 0.999, ε 1e-8 outside the root, after bias correction); `decay`·s is
  /// added to the gradient.
  mutating func update(_ task: Int, gradient: Double, rate: Double, decay: Double = 0) {
    let gradient = gradient + decay * values[task]
    updates[task] += 1
    first[task] = 0.9 * first[task] + 0.1 * gradient
    second[task] = 0.999 * second[task] + 0.001 * gradient * gradient
    let mean = first[task] / (1 - pow(0.9, Double(updates[task])))
    let square = second[task] / (1 - pow(0.999, Double(updates[task])))
    values[task] -= rate * mean / (square.squareRoot() + 1e-8)
  }
}
