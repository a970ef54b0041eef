/// Logistic (binary) or linear (regression) regression on one-hot inputs, one a task.
///
///     z_k = b_k + Σ_f w_k,f[id_f] + ⟨v_k, dense⟩
///     min Σ_i δ_ik ℓ(z_ik, y_ik) + ½ l2 (‖w_k‖² + ‖v_k‖²)
///
/// Of data whose inputs are a user and an item alone it is the baseline of rating prediction, global mean
/// + user bias + item bias, the biases shrunk as by ridge: z = b + w[user] + w[item] in units of the labels'
/// deviation (b is not shrunk). Other inputs add their terms.
///
/// It is fitted to convergence by L-BFGS, not trained by steps: the line that every comparison
/// starts from. `l2` = 1 is scikit-learn's C = 1.
public enum Linear {
  /// The strength of the penalty.
  public struct Configuration: ModelConfiguration {
    /// ½ l2 ‖w‖² is added to the sum of the losses.
    public var l2 = 1.0
    /// Iterations at most.
    public var iterations = 300

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("l2", .number(\.l2), "penalty ½·l2·‖w‖² beside the sum of the losses"),
        ModelOption("iterations", .count(\.iterations), "L-BFGS iterations at most"),
      ]
    }
  }
}
