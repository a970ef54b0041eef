public import Graph
public import Tensors

/// What a loss adds up over some rows: Σδℓ, Σδp, Σδy, Σδ.
public struct LossSums: Sendable, Hashable {
  /// Σ of the losses.
  public var loss = 0.0
  /// Σ of the predictions.
  public var predictions = 0.0
  /// Σ of the labels.
  public var labels = 0.0
  /// Rows in the sample space.
  public var rows = 0.0

  /// Nothing yet.
  public init() {}

  /// Adds other rows.
  public mutating func add(_ other: LossSums) {
    loss += other.loss
    predictions += other.predictions
    labels += other.labels
    rows += other.rows
  }
}

// MARK: - Among the tallies of a plan

extension LossSums {
  /// How many tallies a loss has: four in a row, in the order of the properties.
  fileprivate static let count = 4

  /// The sums whose tallies are read by their numbers in a loss's four.
  fileprivate init(_ tally: (_ number: Int) -> Double) {
    (loss, predictions, labels, rows) = (tally(0), tally(1), tally(2), tally(3))
  }
}

extension Workspace {
  /// Memory for the plans of one store, which descend from so many losses: each has its sums and its
  /// scale, and is found by its ``Loss/place``.
  public convenience init(store: ParameterStore, losses: Int, pool: WorkerPool) {
    self.init(store: store, tallies: LossSums.count * losses, scales: losses, pool: pool)
  }
}

extension Executor {
  /// The sums of a task's loss over the newest batch, or of the loss of another place, lanes added in
  /// order.
  public func lossSums(task place: Int, rows: Int) -> LossSums {
    LossSums { tally(LossSums.count * place + $0, rows: rows) }
  }
}

extension Call {
  /// ω_k / n_k by place: what the gradient of a loss is scaled by.
  var lossScales: UnsafePointer<Float> { scales }

  /// The sums of this lane by place.
  var lossSums: LaneLossSums { LaneLossSums(tallies: tallies) }
}

/// A lane's tallies as the sums of losses, by place.
struct LaneLossSums {
  fileprivate let tallies: UnsafeMutablePointer<Double>

  /// The sums of the loss of a place.
  subscript(place: Int) -> LossSums {
    get {
      let own = tallies + LossSums.count * place
      return LossSums { own[$0] }
    }
    nonmutating set {
      let own = tallies + LossSums.count * place
      (own[0], own[1], own[2], own[3]) = (
        newValue.loss, newValue.predictions, newValue.labels, newValue.rows
      )
    }
  }
}
