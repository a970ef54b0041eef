import Tensors

/// Two regression tasks of a chosen correlation: the synthetic data of the MMoE paper, section 3.2.
///
///     w₁ = c · u₁,  w₂ = c · (p · u₁ + √(1 − p²) · u₂),  u₁ ⊥ u₂ of length 1
///     y_k = w_kᵀx + Σ_{i=1..m} sin(α_i · w_kᵀx + β_i) + ε,  x ~ N(0, I_d),  ε ~ N(0, 0.1²)
///
/// cos(w₁, w₂) = p is called the task correlation; the sines bend what the tasks have in common, so
/// that the labels' correlation is lower (about .33 at p = ½) and depends much on the draw of α and
/// β. The paper gives d = 100 and leaves c, m, α and β open; c = 1, m = 10 and α, β ~ N(0, 1) are
/// those of PLE (section 5.2.1). Everything but p is the same draw for every p, so that only p
/// differs between two data sets of a seed.
///
/// Ma et al. KDD 2018. doi:10.1145/3219819.3220007. Tang et al. RecSys 2020.
/// doi:10.1145/3383313.3412236
public struct CorrelatedTasks: Sendable, Hashable {
  /// p, from −1 to 1.
  public let correlation: Double
  /// d, at least 2.
  public var dimensions = 100
  /// c, the length of both weight vectors.
  public var scale = 1.0
  /// m, the number of sines.
  public var sines = 10
  /// The deviation of ε.
  public var noise = 0.1
  /// Rows to train on.
  public var trainingRows = 10_000
  /// Rows to validate on, and as many to test on.
  public var heldRows = 2_000
  /// The seed of u, α, β, x and ε.
  public var seed: UInt64 = 1

  /// The tasks of a correlation from −1 to 1.
  public init(correlation: Double) {
    precondition((-1...1).contains(correlation), "a correlation of \(correlation)")
    self.correlation = correlation
  }

  /// What a draw decides; each has a stream of its own.
  private enum Stream: UInt64 {
    case directions = 201
    case sines, inputs, noise
  }

  private func source(_ stream: Stream) -> RandomSource {
    RandomSource(seed: seed, stream: stream.rawValue)
  }
}

// MARK: - The law
extension CorrelatedTasks {
  /// u₁ and u₂, by Gram and Schmidt from normal draws; twice, so that rounding leaves no part.
  var directions: (first: [Double], second: [Double]) {
    let draws = source(.directions)
    let raw = (0..<2).map { side in
      (0..<dimensions).map { draws.normal(UInt64(side), UInt64($0)) }
    }
    let first = Self.unit(raw[0])
    var second = raw[1]
    for _ in 0..<2 {
      let along = Self.dot(first, second)
      second = Self.unit(zip(first, second).map { $1 - along * $0 })
    }
    return (first, second)
  }

  /// w₁ and w₂.
  public var weights: [[Double]] {
    let (first, second) = directions
    let across = (1 - correlation * correlation).squareRoot()
    return [
      first.map { scale * $0 },
      zip(first, second).map { scale * (correlation * $0 + across * $1) },
    ]
  }

  private static func unit(_ vector: [Double]) -> [Double] {
    let length = dot(vector, vector).squareRoot()
    return vector.map { $0 / length }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

// MARK: - The rows
extension CorrelatedTasks {
  /// The three splits; no fields, d numbers, the tasks `first` and `second`.
  public func dataset() -> Dataset {
    let weights = weights
    let starts = [0, trainingRows, trainingRows + heldRows]
    let splits = zip(starts, [trainingRows, heldRows, heldRows]).map {
      examples(from: $0, rows: $1, weights: weights)
    }
    return Dataset(
      name: "correlation-\(correlation)",
      features: FeatureSchema(
        fields: [],
        dense: (0..<dimensions).map {
          DenseFeature(column: "x\($0)", form: .value(mean: 0, deviation: 1))
        }),
      tasks: ["first", "second"].map { TaskDefinition(name: $0, kind: .regression) },
      training: splits[0], validation: splits[1], test: splits[2])
  }

  private func examples(from start: Int, rows: Int, weights: [[Double]]) -> Examples {
    let waves = (0..<sines).map { wave in
      (source(.sines).normal(0, UInt64(wave)), source(.sines).normal(1, UInt64(wave)))
    }
    let (inputs, noises) = (source(.inputs), source(.noise))
    let dense = Storage<Float>(count: rows * dimensions, filling: 0)
    let labels = Storage<Float>(count: rows * 2, filling: 0)
    for row in 0..<rows {
      var products = [0.0, 0.0]
      for index in 0..<dimensions {
        let x = inputs.normal(UInt64(start + row), UInt64(index))
        dense.base[row * dimensions + index] = Float(x)
        products[0] += weights[0][index] * x
        products[1] += weights[1][index] * x
      }
      for task in 0..<2 {
        let bent = waves.reduce(products[task]) { $0 + sine($1.0 * products[task] + $1.1) }
        let noise = self.noise * noises.normal(UInt64(start + row), UInt64(task))
        labels.base[2 * row + task] = Float(bent + noise)
      }
    }
    return Examples(
      count: rows, ids: Storage(count: 0, filling: 0), dense: dense, labels: labels)
  }

  /// Pearson's correlation of the two labels over the training rows of a data set of this kind.
  public static func labelCorrelation(of dataset: Dataset) -> Double {
    let labels = dataset.training.labels
    let pairs = (0..<dataset.training.count).map {
      (Double(labels.base[2 * $0]), Double(labels.base[2 * $0 + 1]))
    }
    let count = Double(pairs.count)
    let means = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 / count, $0.1 + $1.1 / count) }
    let sums = pairs.reduce((0.0, 0.0, 0.0)) { sums, pair in
      let (a, b) = (pair.0 - means.0, pair.1 - means.1)
      return (sums.0 + a * b, sums.1 + a * a, sums.2 + b * b)
    }
    return sums.0 / (sums.1 * sums.2).squareRoot()
  }
}
