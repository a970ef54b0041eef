import Graph
import Layers
import Models
import Tensors

/// What the tasks' gradients of some rows do to the masked weights: where they go, and where they
/// pull against each other.
struct GradientSurvey {
  /// By task and layer, as the weights are stored.
  let gradients: [[[Float]]]

  /// Gradients that are known.
  init(gradients: [[[Float]]]) { self.gradients = gradients }

  /// Looks at every task's gradients of a batch.
  init(_ layers: [MaskedDense], tasks: Int, trainer: Trainer, batch: Batch) {
    gradients = (0..<tasks).map { task in
      var found: [[Float]] = []
      trainer.look(at: task, batch) { executor in
        let lanes = executor.gradientLanes(rows: batch.rows)
        found = layers.map { trainer.summedGradient(of: $0, lanes: lanes) }
      }
      return found
    }
  }

  /// The share of the weights that two tasks both keep whose gradients have opposite signs; NaN
  /// without any.
  func conflict(_ a: Int, _ b: Int, _ sets: MaskSets) -> Float {
    var (common, opposite) = (0, 0)
    for layer in 0..<sets.layers {
      for at in gradients[a][layer].indices
      where sets.masks[a][layer][at] != 0 && sets.masks[b][layer][at] != 0 {
        let product = gradients[a][layer][at] * gradients[b][layer][at]
        common += product == 0 ? 0 : 1
        opposite += product < 0 ? 1 : 0
      }
    }
    return common == 0 ? .nan : Float(opposite) / Float(common)
  }

  /// The norm of a task's gradient over weights by who keeps them: every task, this one among some,
  /// only others, none.
  func norms(of task: Int, _ sets: MaskSets) -> [Float] {
    var squares = [Double](repeating: 0, count: 4)
    for layer in 0..<sets.layers {
      let keepers = sets.keepers(of: layer)
      for at in keepers.indices {
        let isOwn = sets.masks[task][layer][at] != 0
        let kind = keepers[at] == sets.masks.count ? 0 : isOwn ? 1 : keepers[at] > 0 ? 2 : 3
        squares[kind] += Double(gradients[task][layer][at]) * Double(gradients[task][layer][at])
      }
    }
    return squares.map { Float($0.squareRoot()) }
  }
}

extension Trainer {
  /// The gradient of a masked layer's weights in the newest descent, lanes added in order.
  fileprivate func summedGradient(of layer: MaskedDense, lanes: Int) -> [Float] {
    let start = store.offsets[layer.weight.index]
    var sum = [Float](repeating: 0, count: layer.inputs * layer.outputs)
    for lane in 0..<lanes {
      let from = workspace.laneGradients.base + lane * workspace.laneStride + start
      for at in sum.indices { sum[at] += from[at] }
    }
    return sum
  }
}
