public import Graph

/// A loss that is smallest when a gate uses all of its experts alike.
///
///     L = s · E · Σ_e f_e · P_e,   P_e = mean_i g_ie
///     dg_ie = s · E · f_e / n
///
/// f_e is the share of rows whose largest weight is that of expert e; it has no gradient. With even
/// gates L = s. The original takes f of the same batch. Here a batch is computed in blocks, whose
/// backward pass runs before the next block's forward, so f is a running mean over the steps
/// before: it starts at 1/E, where the loss has no effect on a softmax, and follows the batches.
///
/// Fedus, Zoph, Shazeer. "Switch Transformers: Scaling to Trillion Parameter Models with Simple and
/// Efficient Sparsity." JMLR 23, 2022, eq. 4–6. arXiv:2101.03961
public struct GateBalance: Loss {
  /// The place of its sums and its scale.
  public let task: Int
  /// s.
  public let strength: Parameter
  /// f, a running mean.
  public let shares: Parameter

  /// The loss of one gate.
  public init(place: Int, strength: Parameter, shares: Parameter) {
    task = place
    self.strength = strength
    self.shares = shares
  }

  /// The name in profiles and messages.
  public var name: String { "gate balance" }
  /// Nothing.
  public var keeps: Keeps { [] }
  /// s and f.
  public var givens: [Parameter] { [strength, shares] }
  /// f.
  public var averages: [Parameter] { [shares] }
  /// 1, of which nothing is read.
  public func width(of inputs: [Int]) -> Int {
    precondition(inputs.count == 1, "gate balance: one gate, found \(inputs)")
    return 1
  }

  /// Every row.
  public func rowCount(of batch: Batch) -> Float { Float(batch.rows) }

  /// Adds up the loss and every row's first choice.
  public func forward(_ call: Call) {
    let (g, f, choices) = (call.input(0), call.given(1), call.sums(0))
    let experts = call.inputWidth(0)
    let scale = call.given(0)[0] * Float(experts)
    var loss = 0.0
    for row in 0..<call.rows {
      let weights = g.base + row * g.stride
      var (best, sum) = (0, Float(0))
      for e in 0..<experts {
        if weights[e] > weights[best] { best = e }
        sum += f[e] * weights[e]
      }
      choices[best] += 1
      loss += Double(scale * sum)
    }
    call.lossSums[task].loss += loss
    call.lossSums[task].rows += Double(call.rows)
  }

  /// The same for every row.
  public func backward(_ call: Call) {
    guard let dg = call.inputGradient(0) else { return }
    let (f, experts) = (call.given(1), call.inputWidth(0))
    let scale = call.lossScales[task] * call.given(0)[0] * Float(experts)
    for row in 0..<call.rows {
      let to = dg.base + row * dg.stride
      for e in 0..<experts { to[e] = dg.accumulates ? to[e] + scale * f[e] : scale * f[e] }
    }
  }
}

extension Variable {
  /// The loss of a gate that uses its experts unevenly; see ``GateBalance``.
  public func balanceLoss(at place: Int, strength: Parameter, shares: Parameter) -> Variable {
    graph.record(GateBalance(place: place, strength: strength, shares: shares), [self])
  }
}
