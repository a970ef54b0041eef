public import Graph

/// What another loss adds up in a second place: its mean is shown beside the others', its gradient is
/// the other loss's business.
///
/// A loss that is worked out along with another one costs nothing of its own that way.
public struct SharedSums: Loss {
  /// The loss that adds up.
  public let loss: any Loss
  /// The second place.
  public let place: Int

  /// What a loss leaves in a place.
  public init(of loss: any Loss, at place: Int) {
    self.loss = loss
    self.place = place
  }

  /// Its task's.
  public var task: Int { loss.task }
  /// The name in profiles and messages.
  public var name: String { "sums of \(loss.name)" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// It does not.
  public var handsOnGradient: Bool { false }
  /// 1.
  public func width(of inputs: [Int]) -> Int { 1 }
  /// That of the loss.
  public func rowCount(of batch: Batch) -> Float { loss.rowCount(of: batch) }

  /// Nothing: the sums are there.
  public func forward(_ call: Call) {}
  /// Nothing to do.
  public func backward(_ call: Call) {}
}

extension Variable {
  /// What this loss adds up in a second place; see ``SharedSums``.
  public func sums(at place: Int) -> Variable {
    guard let loss = graph.nodes[node].operation as? any Loss else {
      preconditionFailure("sums: no loss")
    }
    return graph.record(SharedSums(of: loss, at: place), [self])
  }
}
