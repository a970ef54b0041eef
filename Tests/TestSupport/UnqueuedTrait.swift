import Testing

/// Runs a suite from the start on, beside the others instead of behind them.
///
/// Tests get their turns in the order in which they wait for them. All tests begin to wait at once, but
/// one of a serialized suite does when the one before it has ended: behind thousands. What starts
/// programs and waits for them would begin when everything else is done, and leave the processors idle.
/// A higher priority has threads of its own.
public struct UnqueuedTrait: SuiteTrait, TestScoping {
  /// Runs what is in the suite with a higher priority.
  ///
  /// - Throws: What it throws.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await withoutActuallyEscaping(function) { function in
      // A child of this task would keep its priority.
      let task = Task(priority: .high) { try await function() }
      try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    }
  }
}

extension Trait where Self == UnqueuedTrait {
  /// Runs a suite from the start on, beside the others instead of behind them.
  public static var unqueued: Self { Self() }
}
