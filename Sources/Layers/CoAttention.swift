public import Graph

/// How well the entries of two sides go with each other, both seen by the same layer.
///
///     f(x) = ReLU(W x + b),   A_ij = ⟨f(a_i) M, f(b_j)⟩
///     l_i  = max_j A_ij  or  mean_j A_ij,   and for the other side max_i A_ij  or  mean_i A_ij
///
/// [B, n·e] and [B, m·e] with the masks of their entries. Named `project.weight` [e, e],
/// `project.bias` [e] and `bilinear` [e, e].
///
/// Tay, Luu, Hui. "Multi-Pointer Co-Attention Networks for Recommendation." KDD 2018, section 3.2.
/// doi:10.1145/3219819.3220086
public struct CoAttention: Sendable {
  /// The entries of one side: numbers [B, n·e], and which there are [B, n].
  public struct Side {
    /// The numbers.
    public let entries: Variable
    /// Zeros and ones.
    public let mask: Variable

    /// Names both.
    public init(_ entries: Variable, keeping mask: Variable) {
      self.entries = entries
      self.mask = mask
    }

    var slots: Slots { .fixed(mask.width) }
  }

  /// What becomes of two sides.
  public struct Result {
    /// f of both sides' entries.
    public let seen: (own: Variable, other: Variable)
    /// The logits of both sides' entries, [B, n] and [B, m].
    public let logits: (own: Variable, other: Variable)
    /// f(a) M, of which the products with f(b) are made.
    public let turned: Variable
  }

  private let project: TokenDense
  private let bilinear: Parameter
  private let width: Int

  /// What it learns but for the bias.
  public var weights: [Parameter] { [project.weight, bilinear] }

  /// Declares the layer in a scope.
  public init(_ width: Int, in scope: Scope) {
    self.width = width
    project = TokenDense(width, width, bias: true, in: scope / "project")
    // Named as it multiplies from the left, [e, e]: not transposed as the weight of a layer.
    bilinear = scope.block(
      count: width * width,
      [
        ParameterPiece(
          path: scope.named("bilinear"), shape: [width, width], offset: 0,
          strides: .init(first: width, second: 1), initialiser: .glorotUniform)
      ])
  }

  /// The logits of both sides, pooled over their partners.
  public func callAsFunction(_ own: Side, _ other: Side, by pool: PairLogits.Pool) -> Result {
    let a = project(own.entries).relu()
    let b = project(other.entries).relu()
    let turned = a.each(of: own.mask.width) {
      $0.linear(bilinear, bias: nil, inputs: width, outputs: width)
    }
    return Result(
      seen: (a, b),
      logits: (
        turned.pairLogits(
          pool, of: own.slots, with: b, of: other.slots, keeping: (own.mask, other.mask)),
        b.pairLogits(
          pool, of: other.slots, with: turned, of: own.slots, keeping: (other.mask, own.mask))
      ), turned: turned)
  }
}
