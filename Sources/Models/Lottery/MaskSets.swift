/// What the tasks' masks have in common: sets of weights, their sizes and overlaps.
///
/// Masks are [task][layer][weight], 1 for kept.
public struct MaskSets: Sendable {
  /// By task and layer.
  public let masks: [[[Float]]]

  /// Looks at the masks of all tasks.
  public init(_ masks: [[[Float]]]) { self.masks = masks }

  /// Number of layers.
  public var layers: Int { masks.first?.count ?? 0 }

  /// How many tasks keep each weight of a layer.
  public func keepers(of layer: Int) -> [Int] {
    guard let first = masks.first else { return [] }
    var counts = [Int](repeating: 0, count: first[layer].count)
    for task in masks {
      for (weight, kept) in task[layer].enumerated() where kept != 0 { counts[weight] += 1 }
    }
    return counts
  }

  /// S: 1 where every task keeps the weight.
  public func shared(of layer: Int) -> [Float] {
    keepers(of: layer).map { $0 == masks.count ? 1 : 0 }
  }

  /// Weights of a layer that are kept by all tasks, by some (at least two), by one, by none.
  public func census(of layer: Int) -> (all: Int, some: Int, one: Int, none: Int) {
    var found = (all: 0, some: 0, one: 0, none: 0)
    for count in keepers(of: layer) {
      switch count {
      case 0: found.none += 1
      case masks.count: found.all += 1
      case 1: found.one += 1
      default: found.some += 1
      }
    }
    return found
  }

  /// The share of a layer that a task keeps.
  public func density(task: Int, layer: Int) -> Double {
    let mask = masks[task][layer]
    return Double(mask.count { $0 != 0 }) / Double(max(1, mask.count))
  }

  /// The share of all layers that a task keeps.
  public func density(task: Int) -> Double {
    let kept = masks[task].reduce(0) { $0 + $1.count { $0 != 0 } }
    return Double(kept) / Double(max(1, masks[task].reduce(0) { $0 + $1.count }))
  }

  /// |A ∩ B| / |A ∪ B| of two tasks over some layers; 1 where both are empty.
  public func jaccard(_ a: Int, _ b: Int, layers chosen: [Int]) -> Double {
    var (both, either) = (0, 0)
    for layer in chosen {
      masks[a][layer].withUnsafeBufferPointer { first in
        masks[b][layer].withUnsafeBufferPointer { second in
          for weight in first.indices {
            let (x, y) = (first[weight] != 0, second[weight] != 0)
            if x && y { both += 1 }
            if x || y { either += 1 }
          }
        }
      }
    }
    return either == 0 ? 1 : Double(both) / Double(either)
  }

  /// The Jaccard index of every two tasks over some layers, row after row; each pair is compared once,
  /// since |A ∩ B| / |A ∪ B| is symmetric, and 1 of a task with itself.
  public func jaccard(layers chosen: [Int]) -> [Double] {
    let tasks = masks.count
    var all = [Double](repeating: 1, count: tasks * tasks)
    for a in 0..<tasks {
      for b in 0..<a {
        let index = jaccard(a, b, layers: chosen)
        all[a * tasks + b] = index
        all[b * tasks + a] = index
      }
    }
    return all
  }

  /// |∩ M_k| / |∪ M_k| over all layers.
  public var overlapRatio: Double {
    var (all, any) = (0, 0)
    for layer in 0..<layers {
      for count in keepers(of: layer) {
        all += count == masks.count ? 1 : 0
        any += count > 0 ? 1 : 0
      }
    }
    return any == 0 ? 1 : Double(all) / Double(any)
  }
}
