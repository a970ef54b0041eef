/// How tasks share the steps.
public enum Alternation: String, Sendable, Hashable, CaseIterable {
  /// One step for the sum of all losses.
  case joint
  /// A step for each task in turn on every batch.
  case turns
  /// Every batch is one task's.
  case batches
  /// Every epoch is.
  case epochs
}
