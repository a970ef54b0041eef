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
    /// Adam with decoupled weight decay: the step of ``adam(beta1:beta2:epsilon:)`` behind
    /// w ← w − η·λ·w, with the λ of ``OptimizerConfiguration/weightDecay``, which is 0.01 unless it is
    /// chosen. Every rule but LAMB takes a λ in this way; AdamW is Adam's name where it does.
    ///
    /// Loshchilov, Hutter. "Decoupled Weight Decay Regularization." ICLR 2019. arXiv:1711.05101
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
    /// RMSprop: v ← α·v + (1 − α)·g², w ← w − η·g / (√v + ε).
    ///
    /// Centred, the mean of g, c ← α·c + (1 − α)·g, is taken off: √(v − c²). With a momentum μ above 0
    /// the step is gathered: m ← μ·m + g / (√v + ε), w ← w − η·m.
    ///
    /// Hinton, Srivastava, Swersky. "Neural Networks for Machine Learning", lecture 6e, 2012;
    /// centred: Graves 2013, arXiv:1308.0850; as in PyTorch's RMSprop.
    case rmsprop(
      alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0, isCentered: Bool = false)
    /// w ← w − η·g; with a momentum μ above 0, m ← μ·m + g and w ← w − η·m, or with Nesterov's look
    /// ahead w ← w − η·(g + μ·m).
    ///
    /// Sutskever, Martens, Dahl, Hinton. "On the importance of initialization and momentum in deep
    /// learning." ICML 2013; as in PyTorch's SGD, whose dampening is 0.
    case gradientDescent(momentum: Double = 0, isNesterov: Bool = false)
    /// LAMB: Adam's direction, as long in every layer as the layer's numbers are.
    ///
    ///     r = m̂ / (√v̂ + ε) + λ·w,   w ← w − η·(‖w‖ / ‖r‖)·r
    ///
    /// λ is ``OptimizerConfiguration/weightDecay``, and a quotient of which one norm is 0 is 1. A layer
    /// is a named array, as `experts.0.0.weight` or a bias. Of an embedding table it is what moves: the
    /// rows of the batch together, or, where whole tables move, the table.
    ///
    /// You et al. "Large Batch Optimization for Deep Learning: Training BERT in 76 minutes." ICLR 2020.
    /// arXiv:1904.00962
    case lamb(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6)
    /// Adagrad of numbers that are to stay at 0 or above, from sampled gradients of which most are 0:
    /// what has no gradient does not move, nor is it penalised.
    ///
    ///     where g ≠ 0:  h = g + λ·w,   G ← G + ε + h²,   w ← max(w − η·h / √G, 0)
    ///     where g = 0:  G ← G + ε if `isEveryStep`; w stays
    ///
    /// G begins at 0, ε lies above it, λ is `penalty`. With `isEveryStep` G = ε·t + Σ h² after t steps,
    /// as in both public codes of MTER; without, ε is counted when a number moves. Rows of a table that
    /// a batch does not use get what they have missed when they are used again.
    ///
    /// Wang et al. "Explainable Recommendation via Multi-Task Learning in Opinionated Text Data."
    /// SIGIR 2018. doi:10.1145/3209978.3210010; the rule of its official code and of Cornac's.
    case projectedAdagrad(
      epsilon: Double = 1e-9, penalty: Double = 0.1, isEveryStep: Bool = false)

    /// Plain gradient descent: w ← w − η·g.
    public static let sgd = Rule.gradientDescent()

    /// λ where none is chosen.
    public var usualWeightDecay: Double {
      if case .adamW = self { 0.01 } else { 0 }
    }
  }

  /// What happens to the rows of an embedding table that a batch does not use.
  public enum Tables: String, Sendable, Hashable, CaseIterable, Codable {
    /// Nothing: neither the row nor its moments move, and a step costs what its batch uses. A row's
    /// moments then stand still between its visits, while the bias correction counts every step
    /// (as PyTorch's SparseAdam, but for the place of ε).
    case lazy
    /// What the rule says: their gradient is 0, their moments decay and they move on by momentum.
    /// A step costs the whole table. Adagrad and plain SGD have no momentum: there it is the same as
    /// lazy, but that SGD follows a penalty, and L2, in all rows.
    case dense
  }

  /// The rule.
  public var rule: Rule
  /// What happens to unused table rows.
  public var tables: Tables
  /// The gradient of all parameters together is scaled down to this norm at most; nil: not at all.
  public var clipNorm: Double?
  /// λ of decoupled weight decay: w ← w − η·λ·w before a step, of a table the rows that the step
  /// moves: those of the batch, or all where whole tables move.
  ///
  /// Not for what says that it does not decay. In LAMB it is a part of what is scaled by layer.
  ///
  /// Loshchilov, Hutter. "Decoupled Weight Decay Regularization." ICLR 2019. arXiv:1711.05101
  public var weightDecay: Double
  /// What the learning rate is multiplied by, by group of parameters; 0 leaves a group where it is.
  ///
  /// A group is `embeddings`, `towers.click` or the whole path of an array; the longest name that fits
  /// an array counts.
  public var rates: [String: Double] = [:]
  /// λ of L2 by group of parameters, as in ``rates``: the gradient gets λ·w.
  ///
  /// So the loss has λ/2·‖w‖² in it, and the rule sees it (coupled, as PyTorch's `weight_decay` in Adam
  /// and SGD). Of a table it is that of the rows of the batch, unless whole tables move.
  public var l2: [String: Double] = [:]

  /// Chooses a rule and its options.
  public init(
    _ rule: Rule = .adam(), tables: Tables = .lazy, clipNorm: Double? = nil,
    weightDecay: Double? = nil
  ) {
    self.rule = rule
    self.tables = tables
    self.clipNorm = clipNorm
    self.weightDecay = weightDecay ?? rule.usualWeightDecay
  }
}
