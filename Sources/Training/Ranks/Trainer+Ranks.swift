public import Ranks

// MARK: - Several processes

extension Trainer {
  /// Trains together with other ranks from the first step on; called before anything is computed.
  public func join(_ group: RankGroup) {
    precondition(step == 0, "a trainer that has taken \(step) steps cannot join others")
    let exchange = StepExchange(group)
    self.exchange = exchange
    // Those that were made may be run by pieces.
    plans.forget()
    workspace.schedule = .lanes
    workspace.share = exchange.share
    workspace.exchange = exchange
  }

  /// Why this rank cannot go on with the others; nil: it can, or there are none.
  public var rankError: RankError? { exchange?.failure }

  /// Lanes of a full batch, of which every rank has some: how many ranks have something to do.
  public var lanes: Int { currentPlan().executor.laneCount(rows: capacity) }

  /// Does what the other ranks have no part in, as one process would.
  ///
  /// It changes nothing that a step follows from: they wait meanwhile.
  func alone<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard let exchange else { return try body() }
    (workspace.share, workspace.exchange) = (.whole, nil)
    defer { (workspace.share, workspace.exchange) = (exchange.share, exchange) }
    return try body()
  }

  /// Goes on as one process, behind the last step.
  func leaveRanks() {
    (workspace.share, workspace.exchange) = (.whole, nil)
    exchange = nil
  }
}
