public import Graph
import Layers
import Tensors

/// The masks of a lottery in the memory of the parameters.
public struct LotteryMasks {
  private let plan: LotteryPlan
  private let store: ParameterStore
  private let random: RandomSource

  /// The masks of a plan; the seed is that of what is drawn.
  public init(_ plan: LotteryPlan, store: ParameterStore, seed: UInt64) {
    self.plan = plan
    self.store = store
    random = RandomSource(seed: seed, .negatives)
  }

  /// The weights by layer, as they are stored.
  public var weights: [[Float]] { plan.layers.map { numbers($0.weight, of: $0) } }

  /// A task's masks by layer.
  public func masks(of task: Int) -> [[Float]] {
    plan.layers.map { numbers($0.masks[task], of: $0) }
  }

  /// All tasks' masks.
  public var sets: MaskSets {
    MaskSets((plan.layers.first?.masks.indices ?? 0..<0).map { masks(of: $0) })
  }

  /// Gives a task other masks.
  public func set(_ masks: [[Float]], of task: Int) {
    for (layer, mask) in zip(plan.layers, masks) { write(mask, to: layer.masks[task]) }
  }

  /// Gives every task masks that are drawn with a density.
  public func draw(density: Double) {
    for task in plan.layers.first?.masks.indices ?? 0..<0 {
      set(
        plan.layers.enumerated().map { place, layer in
          (0..<(layer.inputs * layer.outputs)).map {
            random.uniform(UInt64($0), UInt64(2 * (task * plan.layers.count + place) + 1)) < density
              ? 1 : 0
          }
        }, of: task)
    }
  }

  /// Sets the negative masks from the tasks' masks; `draw` numbers the random part.
  public func setNegatives(draw: Int) {
    guard let contrast = plan.contrast else { return }
    let sets = sets
    for (place, layer) in plan.layers.enumerated() {
      let shared = sets.shared(of: place)
      let keep = (0..<shared.count).map { index -> Float in
        let at = UInt64(2 * (draw * plan.layers.count + place))
        return random.uniform(UInt64(index), at) < contrast.keep ? 1 : 0
      }
      for task in layer.negatives.indices {
        write(
          contrast.mask(own: sets.masks[task][place], shared: shared, keep: keep),
          to: layer.negatives[task])
      }
    }
  }

  private func numbers(_ parameter: Parameter, of layer: MaskedDense) -> [Float] {
    Array(
      UnsafeBufferPointer(
        start: store.base(of: parameter), count: layer.inputs * layer.outputs))
  }

  private func write(_ numbers: [Float], to parameter: Parameter) {
    numbers.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      store.change(parameter) { $0.update(from: base, count: numbers.count) }
    }
  }
}

extension ContrastPlan {
  /// The weights of a layer that a task's negative sub-network keeps.
  ///
  ///     complement            (1 − S) ∘ keep
  ///     own minus conflict    M_k ∘ (1 − S)
  ///     random own            M_k ∘ keep
  public func mask(own: [Float], shared: [Float], keep: [Float]) -> [Float] {
    own.indices.map { place in
      switch negative {
      case .complement: (1 - shared[place]) * keep[place]
      case .ownMinusConflict: own[place] * (1 - shared[place])
      case .randomOwn: own[place] * keep[place]
      }
    }
  }
}
