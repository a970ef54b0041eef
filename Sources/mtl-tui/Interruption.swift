/// The end of a comparison or a study that a person or the system asked to end before it was done.
enum Interruption {
  /// Its message, and 128 + the signal; 130, as of Ctrl-C, where the screen was left.
  static var failure: Failure {
    Failure(
      message: "interrupted; the same command goes on where this one ended",
      exitCode: 128 + (TerminationRequest.received ?? 2))
  }
}
