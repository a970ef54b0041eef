/// How parameters follow their gradients.
public struct OptimizerConfiguration: Sendable, Hashable {
  /// The rule.
  public enum Rule: Sendable, Hashable {
    /// Adam (Kingma, Ba 2015, arXiv:1412.6980), ε outside the root, after the bias correction.
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// Adagrad (Duchi, Hazan, Singer 2011, JMLR 12): G ← G + g², w ← w − η·g / (√G + ε).
    ///
    /// G begins at `initial`; ε lies above 0. Row-wise, an embedding table has one G a row, to which
    /// the mean of the row's g² is added: at a width of 16, 1/32 of the memory of Adam's moments.
    case adagrad(epsilon: Double = 1e-10, initial: Double = 0, isRowWise: Bool = false)
    /// w ← w − η·g.
    case sgd
  }

  /// What happens to the rows of an embedding table that a batch does not use.
  public enum Tables: String, Sendable, Hashable, CaseIterable, Codable {
    /// Nothing: neither the row nor its moments move, and a step costs what its batch uses. A row's
    /// moments then stand still between its visits, while the bias correction counts every step
    /// (as PyTorch's SparseAdam, but for the place of ε).
    case lazy
    /// What Adam says: their gradient is 0, their moments decay and they move on by momentum.
    /// A step costs the whole table. Other rules have no momentum: there it is the same as lazy,
    /// but that SGD follows a penalty that pulls tables together in all rows.
    case dense
  }

  /// The rule.
  public var rule: Rule
  /// What happens to unused table rows.
  public var tables: Tables
  /// The gradient of all parameters together is scaled down to this norm at most; nil: not at all.
  public var clipNorm: Double?
  /// λ of decoupled weight decay: w ← w − η·λ·w before a step, of a table its touched rows; not for
  /// what says that it does not decay.
  ///
  /// Loshchilov, Hutter. "Decoupled Weight Decay Regularization." ICLR 2019. arXiv:1711.05101
  public var weightDecay: Double

  /// Chooses a rule and its options.
  public init(
    _ rule: Rule = .adam(), tables: Tables = .lazy, clipNorm: Double? = nil,
    weightDecay: Double = 0
  ) {
    self.rule = rule
    self.tables = tables
    self.clipNorm = clipNorm
    self.weightDecay = weightDecay
  }
}
