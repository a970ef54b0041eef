import Objectives

extension OnnxForm {
  private static let reason = "it is a loss, which no answer depends on"

  /// What is minimised: no part of a model that answers.
  static let losses: [OnnxForm] = [
    none(TaskLoss.self, reason), none(FocalLoss.self, reason),
    none(PositiveSquaredError.self, reason), none(MeanSquares.self, reason),
    none(GatheredSquares.self, reason), none(GateBalance.self, reason),
    none(ProductLoss.self, reason), none(ConditionalLoss.self, reason),
    none(CounterfactualLoss.self, reason), none(DistilledLoss.self, reason),
    none(QuadrupletLoss.self, reason), none(RiseLoss.self, reason),
    none(SharedSums.self, reason), none(VocabularyLoss.self, reason),
    none(PairLoss.self, reason), none(SignedPairLoss.self, reason), none(EntryLoss.self, reason),
    none(AnsweredLoss.self, reason),
    none(TupleErrors.self, "it compares with a row's own tuples, which a file is not given"),
  ]
}
