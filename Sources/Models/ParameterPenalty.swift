public import Graph

/// Something that a model minimises besides its losses and that depends on its parameters alone.
///
/// Its strength is a number that is given, so that it may be changed while the model trains.
public enum ParameterPenalty: Sendable {
  /// α Σ_{j<k} ‖θ_j − θ_k‖² over blocks of equal shape, one list a network.
  ///
  ///     dθ_k = 2α Σ_j (θ_k − θ_j)
  ///
  /// Of tables only the rows of the batch move, unless the optimiser moves whole tables.
  case distance([[Parameter]], strength: Parameter)
  /// λ · factor · Σ ‖θ‖².
  ///
  /// Of a table only the rows of the batch are counted, unless the optimiser moves whole tables.
  case squares([Parameter], strength: Parameter, factor: Double = 1)
  /// λ Σ ‖W_sᵀ W_t‖² over pairs of the equal parts into which the columns of each W fall.
  ///
  ///     dW_s = 2λ Σ_{t≠s} W_t W_tᵀ W_s
  case orthogonality([WeightBlock], parts: Int, strength: Parameter)

  /// The strength.
  public var strength: Parameter {
    switch self {
    case .distance(_, let strength), .squares(_, let strength, _),
      .orthogonality(_, _, let strength):
      strength
    }
  }
}
