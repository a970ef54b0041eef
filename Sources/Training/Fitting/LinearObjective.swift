import Datasets
import Foundation
import Runs
import Tensors

/// The loss of a linear task over all rows of its sample space, with the gradient.
///
///     L(w) = Σ_i δ_i v_i ℓ(z_i, y_i) + ½ λ ‖w‖²      (the bias is free; v_i: what row i counts)
///     binary:      ℓ = softplus(z) − y·z         ∂ℓ/∂z = σ(z) − y
///     regression:  ℓ = ½ (z − y)²                ∂ℓ/∂z = z − y
///
/// Rows are split into chunks whose number depends on the data alone. Each chunk has a gradient of
/// its own, and they are added in the order of the chunks: the same bits on any number of threads.
/// An evaluation allocates nothing.
final class LinearObjective {
  private static let maximumChunks = 32
  private static let minimumRows = 1024
  /// 64 MB: with huge vocabularies fewer chunks, rather than more memory than the data take.
  private static let maximumGradientNumbers = 1 << 23

  let layout: LinearLayout
  /// How many chunks an evaluation has.
  let chunks: Int
  /// How many rows count.
  private(set) var rowCount = 0
  private var labelMean = 0.0
  private let examples: Examples
  private let task: Int
  private let tasks: Int
  private let rowLoss: Answer.RowLoss
  private let penalty: Double
  private let rowsPerChunk: Int
  private let fields: Int
  private let dense: Int
  private let fieldStarts: Storage<Int>
  /// Whether a field has lists.
  private let hasLists: Bool
  private let losses: Storage<Double>
  private let gradients: Storage<Double>

  init(_ problem: LinearProblem, task: Int) {
    layout = LinearLayout(problem.schema)
    examples = problem.examples
    self.task = task
    tasks = problem.tasks.count
    rowLoss = problem.tasks[task].answer.rowLoss
    precondition(rowLoss.isOfRow, "linear: a task of \(rowLoss) has no loss of a row to fit")
    penalty = problem.penalty
    fields = problem.schema.fields.count
    dense = problem.schema.dense.count
    fieldStarts = Storage(layout.fieldStarts)
    hasLists = problem.examples.lists != nil
    let byRows = (examples.count + Self.minimumRows - 1) / Self.minimumRows
    let byMemory = Self.maximumGradientNumbers / layout.dimensions
    let most = max(1, min(Self.maximumChunks, byRows, byMemory))
    rowsPerChunk = max(1, (examples.count + most - 1) / most)
    chunks = max(1, (examples.count + rowsPerChunk - 1) / rowsPerChunk)
    losses = Storage(count: chunks, filling: 0)
    gradients = Storage(count: chunks * layout.dimensions, filling: 0)
    takeLabelMean()
  }

  /// The loss at some weights; `loop` runs the chunks in any order and on any threads.
  func evaluate(
    _ weights: UnsafePointer<Double>, gradient: UnsafeMutablePointer<Double>,
    loop: LinearFit.ChunkLoop
  ) -> Double {
    loop(chunks) { self.evaluate(chunk: $0, weights) }
    var loss = penalised(weights, into: gradient)
    for chunk in 0..<chunks {
      loss += losses.base[chunk]
      Vectors.add(1, gradients.base + chunk * layout.dimensions, to: gradient, layout.dimensions)
    }
    return loss
  }
}

// MARK: - Rows

extension LinearObjective {
  private func rows(of chunk: Int) -> Range<Int> {
    let start = min(chunk * rowsPerChunk, examples.count)
    return start..<min(start + rowsPerChunk, examples.count)
  }

  private func counts(_ row: Int) -> Bool {
    examples.spaces.map { $0.base[row * tasks + task] != 0 } ?? true
  }

  /// What a row counts: 1 unless rows are weighted.
  private func weight(_ row: Int) -> Double {
    examples.spaces.map { Double($0.base[row * tasks + task]) } ?? 1
  }

  private func label(_ row: Int) -> Double { Double(examples.labels.base[row * tasks + task]) }

  /// ½ λ ‖w‖² and its gradient, which replaces what was there.
  private func penalised(
    _ weights: UnsafePointer<Double>, into gradient: UnsafeMutablePointer<Double>
  ) -> Double {
    for index in 0..<layout.bias { gradient[index] = penalty * weights[index] }
    gradient[layout.bias] = 0
    return penalty / 2 * Vectors.dot(weights, weights, layout.bias)
  }

  private func evaluate(chunk: Int, _ weights: UnsafePointer<Double>) {
    let gradient = gradients.base + chunk * layout.dimensions
    gradient.update(repeating: 0, count: layout.dimensions)
    var sum = 0.0
    for row in rows(of: chunk) where counts(row) {
      let (loss, slope) = lossAndSlope(logit(row, weights), label(row))
      let weight = weight(row)
      sum += weight * loss
      spread(weight * slope, row, into: gradient)
    }
    losses.base[chunk] = sum
  }

  /// z of a row.
  ///
  /// Four sums run side by side: one chain of additions would wait for itself.
  @inline(__always)
  private func logit(_ row: Int, _ weights: UnsafePointer<Double>) -> Double {
    if hasLists { return logitOfLists(row, weights) }
    let ids = examples.ids.base + row * fields
    let starts = fieldStarts.base
    var sums = SIMD4<Double>(weights[layout.bias], 0, 0, 0)
    var field = 0
    while field + 4 <= fields {
      sums += SIMD4(
        weights[starts[field] + Int(ids[field])],
        weights[starts[field + 1] + Int(ids[field + 1])],
        weights[starts[field + 2] + Int(ids[field + 2])],
        weights[starts[field + 3] + Int(ids[field + 3])])
      field += 4
    }
    var z = sums.sum()
    while field < fields {
      z += weights[starts[field] + Int(ids[field])]
      field += 1
    }
    return z + denseDot(row, weights + layout.denseStart)
  }

  /// Calls `body` with the place of every weight of a row's ids and what it counts: 1, or its share of
  /// a list that is averaged.
  @inline(__always)
  private func forEachEntry(of row: Int, _ body: (_ place: Int, _ share: Double) -> Void) {
    for field in 0..<fields {
      let (start, id) = (fieldStarts[field], Int(examples.ids[row * fields + field]))
      guard let list = examples.lists?.tables[field]?[id] else {
        body(start + id, 1)
        continue
      }
      let share = layout.poolings[field] == .mean ? 1 / Double(max(1, list.count)) : 1
      for id in list { body(start + Int(id), share) }
    }
  }

  private func logitOfLists(_ row: Int, _ weights: UnsafePointer<Double>) -> Double {
    var z = weights[layout.bias]
    forEachEntry(of: row) { z += weights[$0] * $1 }
    return z + denseDot(row, weights + layout.denseStart)
  }

  @inline(__always)
  private func denseDot(_ row: Int, _ weights: UnsafePointer<Double>) -> Double {
    let x = examples.dense.base + row * dense
    var sums = SIMD4<Double>.zero
    var feature = 0
    while feature + 4 <= dense {
      let part = SIMD4<Float>(x[feature], x[feature + 1], x[feature + 2], x[feature + 3])
      let w = SIMD4<Double>(
        weights[feature], weights[feature + 1], weights[feature + 2], weights[feature + 3])
      sums += SIMD4<Double>(part) * w
      feature += 4
    }
    var sum = sums.sum()
    while feature < dense {
      sum += Double(x[feature]) * weights[feature]
      feature += 1
    }
    return sum
  }

  /// Adds a row's part of the gradient.
  @inline(__always)
  private func spread(_ slope: Double, _ row: Int, into gradient: UnsafeMutablePointer<Double>) {
    let ids = examples.ids.base + row * fields
    if hasLists {
      forEachEntry(of: row) { gradient[$0] += slope * $1 }
    } else {
      for field in 0..<fields { gradient[fieldStarts.base[field] + Int(ids[field])] += slope }
    }
    let x = examples.dense.base + row * dense
    let part = gradient + layout.denseStart
    for feature in 0..<dense { part[feature] += slope * Double(x[feature]) }
    gradient[layout.bias] += slope
  }

  @inline(__always)
  private func lossAndSlope(_ z: Double, _ y: Double) -> (loss: Double, slope: Double) {
    guard rowLoss == .crossEntropy else { return ((z - y) * (z - y) / 2, z - y) }
    let small = exp(-abs(z))
    let probability = (z < 0 ? small : 1) / (1 + small)
    return ((z < 0 ? 0 : z) + log1p(small) - y * z, probability - y)
  }
}

// MARK: - Where to begin

extension LinearObjective {
  private func takeLabelMean() {
    var (sum, weights) = (0.0, 0.0)
    for row in 0..<examples.count where counts(row) {
      rowCount += 1
      sum += weight(row) * label(row)
      weights += weight(row)
    }
    labelMean = rowCount == 0 ? 0 : sum / weights
  }

  /// Zero weights, and the bias that fits alone.
  func start() -> Storage<Double> {
    let point = Storage<Double>(count: layout.dimensions, filling: 0)
    switch rowLoss {
    case .squaredError: point[layout.bias] = labelMean
    case .crossEntropy where labelMean > 0 && labelMean < 1:
      point[layout.bias] = log(labelMean / (1 - labelMean))
    case .crossEntropy, .pairs, .words, .entries: break
    }
    return point
  }

  /// The second derivative along each weight at the start; for regression it is so everywhere.
  func curvature() -> [Double] {
    let ofLoss = rowLoss == .crossEntropy ? max(labelMean * (1 - labelMean), 1e-6) : 1
    return squares().enumerated().map { index, square in
      let value = ofLoss * square + (index == layout.bias ? 0 : penalty)
      // Nothing depends on such a weight; any scale will do.
      return value > 0 ? value : 1
    }
  }

  /// Σ_i δ_i x_i² for each weight.
  private func squares() -> [Double] {
    var squares = [Double](repeating: 0, count: layout.dimensions)
    for row in 0..<examples.count where counts(row) {
      let weight = weight(row)
      forEachEntry(of: row) { squares[$0] += weight * $1 * $1 }
      for feature in 0..<dense {
        let x = Double(examples.dense[row * dense + feature])
        squares[layout.denseStart + feature] += weight * x * x
      }
    }
    squares[layout.bias] = Double(rowCount)
    return squares
  }
}
