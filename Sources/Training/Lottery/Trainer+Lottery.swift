import Models

extension Trainer {
  /// Masks and contrast in use; nil for models without.
  var lottery: LotteryStage? {
    for stage in stages.model {
      if let lottery = stage as? LotteryStage { return lottery }
    }
    return nil
  }
}
