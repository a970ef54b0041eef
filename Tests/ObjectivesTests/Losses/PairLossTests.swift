import Foundation
import Graph
import Objectives
import Tensors
import Testing

/// Pairs of what a row met and what was drawn beside it, by hand: which of them count.
@Suite struct PairLossTests {
  /// Scores lie in a table by row: s, then those of what was drawn.
  ///
  ///     row  met  drawn    s    s_j        counts
  ///     0    4    5, 4     1    0.5, 9     the first pair
  ///     1    2    2, 2     3    1, 1       nothing: no pair
  ///     2    1    3, 0     0    0, −2      both
  ///     3    5    1, 2     7    1, 1       nothing: outside of the space
  private let scores: [Float] = [1, 0.5, 9, 3, 1, 1, 0, 0, -2, 7, 1, 1]
  private let met: [Int32] = [4, 2, 1, 5]
  private let drawn: [Int32] = [9, 5, 4, 9, 2, 2, 9, 3, 0, 9, 1, 2]
  private let spaces: [Float] = [1, 1, 1, 0]

  private func run(
    order: [Int32]? = nil
  ) -> (sums: LossSums, count: Float, gradient: [Float]) {
    // Fields: the row, by which its scores are found, and what it met.
    let ids = Storage((0..<4).flatMap { [Int32($0), met[$0]] })
    let (labels, spaces) = (Storage<Float>([1, 1, 1, 1]), Storage(self.spaces))
    let rows = order?.count ?? 4
    let index = Storage(order ?? [])
    // What is drawn lies in the order of the batch.
    let drawn = Storage(
      (order ?? [0, 1, 2, 3]).flatMap { self.drawn[(3 * Int($0))..<(3 * Int($0) + 3)] })
    var batch = Batch(
      rows: rows, ids: UnsafePointer(ids.base), fields: 2, dense: nil, denseCount: 0,
      labels: UnsafePointer(labels.base), spaces: UnsafePointer(spaces.base), tasks: 1,
      index: order == nil ? nil : UnsafePointer(index.base))
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), 3)
    let store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: 4, width: 3), owner: .shared, pieces: [])
      ], tasks: 1, seed: 1)
    store.change(Parameter(index: 0)) { table in
      for (place, score) in scores.enumerated() { table[place] = score }
    }
    let x = Graph().lookup([Parameter(index: 0)], columns: [.field(0)], widths: [3])
    let loss = x.columns(0..<1).pairLoss(
      above: x.columns(1..<3), task: 0, comparing: .init(.field(1), with: 1..<3))
    let executor = Executor(
      Plan(loss.graph, purpose: .training, roots: [loss], outputs: [], capacity: 4),
      store: store,
      workspace: Workspace(store: store, losses: 1, pool: WorkerPool(threads: 1)))
    executor.run(batch, scales: [0.5])
    let operation = loss.graph.nodes[loss.node].operation as? any Loss
    let table = executor.tableGradients[0]
    let gradient = (0..<rows).flatMap { row in
      (0..<3).map { table.base[row * table.stride + $0] }
    }
    return (
      executor.lossSums(task: 0, rows: rows), operation?.rowCount(of: batch) ?? .nan, gradient
    )
  }

  private func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

  @Test func pairsCountByHand() {
    let found = run()
    #expect(found.count == 2)
    #expect(found.sums.rows == 2 && found.sums.labels == 2)
    // The first pair is in order; of the third row one is a tie and one is in order.
    #expect(found.sums.predictions == 1 + 0.75)
    let expected = log(1 + exp(-0.5)) + (log(2) + log(1 + exp(-2))) / 2
    #expect(abs(found.sums.loss - expected) <= 1e-6)
    let (first, tie, last) = (0.5 * sigmoid(-0.5), 0.25 * sigmoid(0), 0.25 * sigmoid(-2))
    let slopes: [Float] = [-first, first, 0, 0, 0, 0, -tie - last, tie, last, 0, 0, 0]
    for (a, b) in zip(found.gradient, slopes) { #expect(abs(a - b) <= 1e-7) }
  }

  /// Rows by an index find their own ids, and what was drawn by the order of the batch.
  @Test func rowsByAnIndexAreTheSame() {
    let (all, found) = (run(), run(order: [2, 3, 0]))
    #expect(found.count == 2 && found.sums.predictions == all.sums.predictions)
    #expect(abs(found.sums.loss - all.sums.loss) <= 1e-7)
    let expected = [2, 3, 0].flatMap { all.gradient[(3 * $0)..<(3 * $0 + 3)] }
    #expect(found.gradient == Array(expected))
  }
}
