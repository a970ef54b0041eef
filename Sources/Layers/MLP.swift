public import Graph

/// Hidden layers with ReLU: h_l = max(h_{l−1}·W_l + b_l, 0), named `0`, `1`, …; [B, inputs] to
/// [B, last size].
///
/// In training, inverted dropout follows every layer's ReLU, the last one's too, if the builder had a
/// share for it when the layers were declared (``Builder/dropout``); see `Dropout`.
public struct MLP: Sendable {
  /// The layers, the first one first.
  public let layers: [Dense]
  /// Numbers in a row of the output.
  public let width: Int
  /// The share of a layer's units that are dropped in training.
  let dropout: Double

  /// Declares the layers in a scope; without sizes it hands its input on.
  public init(_ inputs: Int, _ sizes: [Int], in scope: Scope) {
    layers = zip([inputs] + sizes, sizes).enumerated().map { place, size in
      Dense(size.0, size.1, start: .heNormal, in: scope / "\(place)")
    }
    width = sizes.last ?? inputs
    dropout = scope.builder.dropout
  }

  /// The last hidden layer.
  public func callAsFunction(_ x: Variable, learns: Linear.Learning = .all) -> Variable {
    layers.reduce(x) { input, layer in
      layer(input, learns: learns).relu().dropped(dropout)
    }
  }
}

extension Variable {
  /// What is left of hidden units in training, see ``Builder/dropout``: all by a share of 0, and all in a
  /// trace that only answers.
  public func dropped(_ share: Double) -> Variable {
    share > 0 && graph.isTraining ? dropout(share) : self
  }
}

/// A task's tower: hidden layers, then an affine map to one logit; [B, inputs] to [B, 1].
///
/// In a tower of n hidden layers the logit's layer is named `n`; no dropout follows it.
public struct Tower: Sendable {
  let hidden: MLP
  let logit: Dense

  /// Declares the tower in a scope.
  public init(_ inputs: Int, _ sizes: [Int], in scope: Scope) {
    hidden = MLP(inputs, sizes, in: scope)
    logit = Dense(hidden.width, 1, in: scope / "\(sizes.count)")
  }

  /// Numbers in a row of the input.
  public var inputs: Int { layers[0].inputs }

  /// The sizes of the hidden layers.
  public var sizes: [Int] { hidden.layers.map(\.outputs) }

  /// The affine maps from the input to the logit; a ReLU follows all but the last.
  public var layers: [Dense] { hidden.layers + [logit] }

  /// The logit (binary) or the value (regression).
  public func callAsFunction(_ x: Variable, learns: Linear.Learning = .all) -> Variable {
    logit(hidden(x, learns: learns), learns: learns)
  }
}
