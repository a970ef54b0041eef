import Graph
import Tensors

extension OperationCase {
  /// Attention over the tokens of a row, and what it is made of.
  static let attention: [OperationCase] = [
    OperationCase(
      name: "addition", inputs: [9, 9, 9], parameters: [],
      record: { x, _ in x[0] + x[1].sigmoid() + x[2] },
      reference: { x, _ in
        zip(x[0], zip(Reference.sigmoid(x[1]), x[2])).map { $0 + $1.0 + $1.1 }
      }),
    tokenLinear(tokens: 5, inputs: 7, outputs: 33, hasBias: true),
    tokenLinear(tokens: 3, inputs: 16, outputs: 300, hasBias: false),
    scores(AttentionShape(tokens: 5, width: 6, heads: 2)),
    scores(AttentionShape(tokens: 19, width: 16, heads: 2)),
    mixture(AttentionShape(tokens: 5, width: 6, heads: 3)),
    mixture(AttentionShape(tokens: 18, width: 16, heads: 2)),
    selfAttention(AttentionShape(tokens: 4, width: 8, heads: 2)),
    OperationCase(
      name: "softmax of groups", inputs: [4 * 7], parameters: [],
      record: { x, _ in x[0].softmax(groupsOf: 7) },
      reference: { x, _ in Reference.softmax(x[0], width: 7) }),
    layerNorm(groups: 4, width: 5),
    layerNorm(groups: 1, width: 40),
    additiveScores(queries: 3, tokens: 4, hidden: 5),
    additiveScores(queries: 2, tokens: 67, hidden: 8),
    OperationCase(
      name: "emphasis", inputs: [4 * 9, 4], parameters: [],
      record: { x, _ in x[0].emphasised(by: x[1]) },
      reference: { x, _ in Reference.emphasis(x[0], x[1], tokens: 4) }),
    ofParameters,
  ]

  private static func tokenLinear(
    tokens: Int, inputs: Int, outputs: Int, hasBias: Bool
  ) -> OperationCase {
    OperationCase(
      name: "token linear to \(outputs)", inputs: [tokens * inputs],
      parameters: [inputs * outputs] + (hasBias ? [outputs] : []),
      record: { x, p in
        x[0].each(of: tokens) {
          $0.linear(p[0], bias: hasBias ? p[1] : nil, inputs: inputs, outputs: outputs)
        }
      },
      reference: { x, p in
        Reference.linear(
          x[0], p[0], hasBias ? p[1] : nil, blocks: 1, inputs: inputs, outputs: outputs)
      })
  }

  private static func scores(_ shape: AttentionShape) -> OperationCase {
    OperationCase(
      name: "attention scores of \(shape.tokens)", inputs: [shape.tokens * 3 * shape.width],
      parameters: [], record: { x, _ in x[0].attentionScores(shape) },
      reference: { x, _ in
        Reference.attentionScores(
          x[0], tokens: shape.tokens, width: shape.width, heads: shape.heads)
      })
  }

  private static func mixture(_ shape: AttentionShape) -> OperationCase {
    OperationCase(
      name: "attention mixture of \(shape.tokens)",
      inputs: [shape.heads * shape.tokens * shape.tokens, shape.tokens * 3 * shape.width],
      parameters: [], record: { x, _ in x[1].attended(by: x[0], shape) },
      reference: { x, _ in
        Reference.attentionMixture(
          x[0], x[1], tokens: shape.tokens, width: shape.width, heads: shape.heads)
      })
  }

  /// Everything together: queries, keys and values each take their part of the gradient.
  private static func selfAttention(_ shape: AttentionShape) -> OperationCase {
    OperationCase(
      name: "self-attention", inputs: [shape.tokens * 3 * shape.width], parameters: [],
      record: { x, _ in
        x[0].attended(
          by: x[0].attentionScores(shape).softmax(groupsOf: shape.tokens), shape)
      },
      reference: { x, _ in
        let scores = Reference.attentionScores(
          x[0], tokens: shape.tokens, width: shape.width, heads: shape.heads)
        return Reference.attentionMixture(
          Reference.softmax(scores, width: shape.tokens), x[0], tokens: shape.tokens,
          width: shape.width, heads: shape.heads)
      })
  }

  private static func layerNorm(groups: Int, width: Int) -> OperationCase {
    OperationCase(
      name: "layer norm of \(width)", inputs: [groups * width], parameters: [width, width],
      record: { x, p in x[0].layerNorm(p[0], p[1], groupsOf: width) },
      reference: { x, p in Reference.layerNorm(x[0], p[0], p[1], epsilon: Double(Float(1e-5))) })
  }

  private static func additiveScores(queries: Int, tokens: Int, hidden: Int) -> OperationCase {
    OperationCase(
      name: "additive scores of \(tokens)", inputs: [queries * hidden, tokens * hidden],
      parameters: [hidden],
      record: { x, p in x[0].additiveScores(of: x[1], p[0], hidden: hidden) },
      reference: { x, p in
        Reference.additiveScores(x[0], x[1], p[0], queryCount: queries)
      })
  }

  /// What depends on parameters alone is computed once and repeated; one is read twice.
  private static let ofParameters = OperationCase(
    name: "rows of parameters", inputs: [6], parameters: [6, 6],
    record: { x, p in
      let row = x[0].graph.row(of: p[0], count: 6)
      let normal = (row + row.sigmoid()).linear(p[1], bias: nil, blocks: 6, inputs: 1, outputs: 1)
      // The one row for all has entries, too.
      let own = row.each(of: 3) { $0.sigmoid() }
      return x[0] + normal.repeated() + row.repeated() + own.repeated()
    },
    reference: { x, p in
      let sigma = Reference.sigmoid(p[0])
      return x[0].enumerated().map { place, number in
        let k = place % 6
        return number + (p[0][k] + sigma[k]) * p[1][k] + p[0][k] + sigma[k]
      }
    })
}
