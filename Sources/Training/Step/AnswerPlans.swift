import Graph
import Objectives

/// The plans of a trainer that answer and do not descend, each made when it is first used.
final class AnswerPlans {
  /// By task the loss that is trained.
  let losses: [any Loss]
  /// Logits and watched values of many rows.
  var evaluation: Executor?
  /// Gates and experts of a few rows.
  var gateSurvey: GateSurvey?
  /// The losses of one row.
  var rowLosses: Executor?
  /// What says sentences for a screen.
  var decoder: Decoder?

  /// Writes texts for judged rows.
  var writer: Decoder?

  /// Forgets all plans: the store's rows lie on several ranks from here on.
  func forget() { (evaluation, gateSurvey, rowLosses, decoder, writer) = (nil, nil, nil, nil, nil) }

  /// Rows that are answered for at once by a trainer whose batches have so many.
  static func rows(beside batchRows: Int) -> Int { max(batchRows, 1024) }

  init(losses: [any Loss]) { self.losses = losses }
}
