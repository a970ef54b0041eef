import Graph
import Tensors

/// What holds the parts of one weight's columns apart.
///
///     λ Σ_{s<t} ‖W_sᵀ W_t‖²,   dW_s = 2λ Σ_{t≠s} W_t W_tᵀ W_s
final class SubspaceOrthogonality {
  private let block: WeightBlock
  private let width: Int
  private let values: UnsafePointer<Float>
  private let start: Int
  private let strength: UnsafePointer<Float>
  /// WᵀW of all columns.
  private let products: Storage<Float>

  init(_ block: WeightBlock, parts: Int, strength: Parameter, store: ParameterStore) {
    self.block = block
    width = block.outputs / parts
    values = UnsafePointer(store.base(of: block.parameter)) + block.offset
    start = store.offsets[block.parameter.index] + block.offset
    self.strength = UnsafePointer(store.base(of: strength))
    products = Storage(count: block.outputs * block.outputs, filling: 0)
  }

  /// The penalty for a strength of 1.
  var value: Double {
    multiply()
    let sum = products.array.reduce(0.0) { $0 + Double($1) * Double($1) }
    return sum / 2
  }

  /// Adds to the gradient of the first lane.
  func add(to workspace: Workspace) {
    let factor = 2 * strength[0]
    guard factor != 0 else { return }
    multiply()
    let gradient = workspace.laneGradients.base + start
    for i in 0..<block.inputs {
      let (row, to) = (values + i * block.stride, gradient + i * block.stride)
      for b in 0..<block.outputs {
        let weight = factor * row[b]
        let product = products.base + b * block.outputs
        for a in 0..<block.outputs { to[a] += weight * product[a] }
      }
    }
  }

  /// ⟨w_a, w_b⟩ of columns of different parts; 0 within a part.
  private func multiply() {
    let count = block.outputs
    products.base.update(repeating: 0, count: products.count)
    for i in 0..<block.inputs {
      let row = values + i * block.stride
      for b in 0..<count {
        let to = products.base + b * count
        for a in 0..<count { to[a] += row[b] * row[a] }
      }
    }
    for b in 0..<count {
      let part = b / width * width
      (products.base + b * count + part).update(repeating: 0, count: width)
    }
  }
}
