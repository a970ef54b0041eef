import Runs

/// How the mean weights of every gate moved, in bounded memory: a sample now and then.
struct GateHistory: Sendable {
  /// The gates at one step.
  struct Sample: Sendable, Equatable {
    var step: Int
    /// Mean weights, by gate and expert.
    var means: [[Float]]
  }

  /// Samples at most; when full, every second one is dropped and the spacing doubles.
  static let capacity = 256

  private(set) var samples: [Sample] = []
  private var spacing = 1

  /// Takes in the gates of a later step, if enough steps have passed since the last sample.
  mutating func add(_ gates: [GateSnapshot], step: Int) {
    guard !gates.isEmpty, step >= (samples.last?.step ?? -spacing) + spacing else { return }
    samples.append(Sample(step: step, means: gates.map(\.mean)))
    guard samples.count == Self.capacity else { return }
    samples = samples.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
    let span = (samples.last?.step ?? 0) - (samples.first?.step ?? 0)
    spacing = max(spacing, span / (Self.capacity / 2))
  }
}
