import Tensors

@testable import Graph

/// A small network of texts on rows of any length: words, a recurrence, a convolution, shares of words;
/// packed, or in slots of a mask.
final class RaggedRun {
  struct Found: Equatable {
    var y: [Float]
    /// Of every parameter.
    var gradients: [[Float]]
  }

  static let (hidden, width, vocabulary) = (3, 2, 12)
  private let pattern: RaggedPattern
  private let executor: Executor
  private let store: ParameterStore
  private let workspace: Workspace
  private let drawn: Storage<Int32>
  private let ids: Storage<Int32>
  private let longest: Int
  private let sections: Int
  /// Numbers of every parameter.
  private let counts: [Int]

  init(
    lengths: [Int], isPacked: Bool = true, seed: UInt64, threads: Int = 2, isParted: Bool = false,
    sections: Int = 1
  ) {
    self.sections = sections
    let random = RandomSource(seed: seed, .test)
    pattern = RaggedPattern(lengths: lengths)
    let longest = max(1, lengths.max() ?? 1)
    self.longest = longest
    let (h, e) = (Self.hidden, Self.width)
    let dense = [Self.vocabulary * e, e * 3 * h, 3 * h, 3 * h * h, 3 * h, h, 2 * e * 2, 2]
    counts = [lengths.count * h] + dense
    store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: lengths.count, width: h), owner: .shared, pieces: [])
      ]
        + dense.map {
          ParameterSpecification(kind: .dense(count: $0), owner: .shared, pieces: [])
        }, tasks: 1, seed: 1)
    for (place, count) in counts.enumerated() {
      store.change(Parameter(index: place)) { base in
        for k in 0..<count { base[k] = Float(random.normal(UInt64(place), UInt64(k))) }
      }
    }
    drawn = Storage(
      lengths.indices.flatMap { row in
        (0..<longest).map { $0 < lengths[row] ? RaggedPattern.id(row, $0) : 0 }
      })
    ids = Storage((0..<Int32(lengths.count)).map { $0 })
    let column = RaggedColumn(
      index: 0, longest: longest,
      typical: Double(lengths.reduce(0, +)) / Double(max(1, lengths.count)))
    let y = Self.record(isPacked ? .packed(column) : .fixed(longest))
    let roots = (0..<sections).map { _ in y.graph.record(Slope(), [y]) }
    let plan = Plan(
      y.graph, purpose: .training, roots: roots, apart: roots.map { [$0] }, isParted: isParted,
      outputs: [(name: .value("y"), value: y)], capacity: lengths.count)
    workspace = Workspace(store: store, pool: WorkerPool(threads: threads))
    executor = Executor(plan, store: store, workspace: workspace)
  }

  private static func record(_ slots: Slots) -> Variable {
    let graph = Graph()
    let p = (0..<9).map { Parameter(index: $0) }
    let (h, e) = (hidden, width)
    let start = graph.lookup([p[0]], widths: [h], dense: 0)
    let ids: Variable
    var column: RaggedColumn?
    var mask: Variable?
    switch slots {
    case .fixed(let count):
      ids = graph.drawnIds(0..<count)
      mask = ids.present()
    case .packed(let own):
      ids = graph.ids(of: own)
      column = own
    }
    let words = ids.rows(of: p[1], vocabulary: vocabulary, columns: e)
    func mapped(
      _ x: Variable, _ w: Parameter, _ b: Parameter?, _ inputs: Int, _ outputs: Int
    ) -> Variable {
      guard column == nil else { return x.linear(w, bias: b, inputs: inputs, outputs: outputs) }
      return x.each(of: slots.most) { $0.linear(w, bias: b, inputs: inputs, outputs: outputs) }
    }
    let states = words.gru(
      from: start, GRU.Map(weight: p[2], bias: p[3]), GRU.Map(weight: p[4], bias: p[5]),
      of: slots, inputs: e, hidden: h, keeping: mask)
    let scores = mapped(states, p[6], nil, h, 1)
    let shares =
      column.map { scores.softmax(of: $0) }
      ?? scores.softmax(over: slots, keeping: mask ?? scores)
    return graph.concatenation([
      states.mean(of: slots, keeping: mask), shares.tanh().sum(of: slots, keeping: mask),
      words.convolutionMax(p[7], bias: p[8], of: slots, window: 2, filters: 2, keeping: mask),
    ])
  }

  /// Numbers of y.
  static let columns = 3 + 1 + 2

  private func batch(_ lengths: Int) -> Batch {
    var batch = Batch(rows: lengths, ids: UnsafePointer(ids.base), fields: 1)
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), longest)
    pattern.fill(&batch)
    return batch
  }

  /// All rows at once.
  func whole() -> Found { run(batch(pattern.lengths.count), from: 0) }

  /// All rows, stopped between forward and backward.
  func parted() -> Found {
    let batch = batch(pattern.lengths.count)
    executor.runForward(batch)
    executor.runBackward()
    return found(batch, from: 0)
  }

  /// All rows, the lanes of one of several processes after those of the other.
  func shared(among ranks: Int) -> Found {
    let batch = batch(pattern.lengths.count)
    for rank in 0..<ranks {
      workspace.share = LaneShare(rank: rank, ranks: ranks)
      executor.run(batch)
    }
    return found(batch, from: 0)
  }

  /// Some of several parts of the rows.
  func part(_ number: Int, of count: Int) -> Found {
    let rows = pattern.lengths.count
    return run(batch(rows).part(number, of: count), from: rows * number / count)
  }

  private func run(_ batch: Batch, from first: Int) -> Found {
    executor.run(batch)
    return found(batch, from: first)
  }

  private func found(_ batch: Batch, from first: Int) -> Found {
    let y = executor.output(.value("y")).map {
      Array(UnsafeBufferPointer(start: $0, count: batch.rows * Self.columns))
    }
    var starts = [Float](repeating: 0, count: pattern.lengths.count * Self.hidden)
    if let table = executor.tableGradients.first {
      for row in 0..<batch.rows {
        for k in 0..<Self.hidden {
          starts[(first + row) * Self.hidden + k] = table.base[row * table.stride + k]
        }
      }
    }
    return Found(y: y ?? [], gradients: [starts] + dense(0, of: batch.rows))
  }

  /// What a section leaves for the dense parameters.
  private func dense(_ section: Int, of rows: Int) -> [[Float]] {
    (1..<9).map { place -> [Float] in
      let start = store.offsets[place]
      let end = start + counts[place]
      return (start..<end).map { at in
        (0..<executor.gradientLanes(rows: rows)).reduce(Float(0)) {
          $0 + workspace.laneGradients[($1 * sections + section) * workspace.laneStride + at]
        }
      }
    }
  }

  /// All rows at once: by section, the gradients of the dense parameters.
  func bySection() -> [[[Float]]] {
    let batch = batch(pattern.lengths.count)
    executor.run(batch)
    return (0..<sections).map { dense($0, of: batch.rows) }
  }
}

/// A root that hands on a gradient of its own to every row, wherever the row stands in a batch.
private struct Slope: Operation {
  var name: String { "slope" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { 1 }
  func forward(_ call: Call) {
    for row in 0..<call.rows { call.output.base[row * call.output.stride] = 0 }
  }
  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    for row in 0..<call.rows {
      let number = call.batch.firstParent + call.firstRow + row
      for k in 0..<call.inputWidth(0) {
        dx.base[row * dx.stride + k] = Float((7 * number + 3 * k) % 11) / 5 - 1
      }
    }
  }
}
