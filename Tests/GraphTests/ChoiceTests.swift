import Graph
import Tensors
import Testing

/// What ``StraightThrough`` draws, over many rows and steps.
@Suite struct ChoiceTests {
  /// The same logits for every row, and one entry of each row chosen.
  private final class Choosing {
    static let logits: [Double] = [0.5, -1, 2, 0, -3]
    static let rows = 1_500
    private let store: ParameterStore
    private let executor: Executor

    init(threads: Int, stream: UInt64 = 5) {
      let count = Self.logits.count
      store = ParameterStore(
        [
          ParameterSpecification(kind: .given(count: count), owner: .shared, pieces: []),
          ParameterSpecification(kind: .given(count: 1), owner: .shared, pieces: []),
        ], tasks: 1, seed: 1)
      store.change(Parameter(index: 0)) { base in
        for (at, number) in Self.logits.enumerated() { base[at] = Float(number) }
      }
      let graph = Graph()
      let y = graph.row(given: Parameter(index: 0), count: count).repeated().chosen(
        of: .fixed(count), temperature: Parameter(index: 1), stream: stream)
      let plan = Plan(
        graph, purpose: .evaluation, roots: [], outputs: [(name: .value("y"), value: y)],
        capacity: Self.rows)
      let workspace = Workspace(store: store, pool: WorkerPool(threads: threads))
      executor = Executor(plan, store: store, workspace: workspace)
    }

    func callAsFunction(draw: UInt64) -> [Float] {
      var batch = Batch(rows: Self.rows)
      batch.draw = draw
      executor.run(batch)
      guard let values = executor.output(.value("y")) else { return [] }
      return Array(
        UnsafeBufferPointer(start: values, count: Self.rows * Self.logits.count))
    }
  }

  /// An entry is chosen as often as the softmax of the logits says: χ² with 4 degrees of freedom is
  /// above 18.5 once in a thousand.
  @Test func choicesFollowTheSoftmax() {
    let choosing = Choosing(threads: 1)
    let draws = RandomSource(seed: 31, .test)
    let steps = 20
    var counts = [Double](repeating: 0, count: Choosing.logits.count)
    for step in 0..<steps {
      let y = choosing(draw: draws.bits(UInt64(step)))
      for (at, number) in y.enumerated() { counts[at % counts.count] += Double(number) }
      let sums = stride(from: 0, to: y.count, by: counts.count).map {
        y[$0..<($0 + counts.count)].reduce(0, +)
      }
      #expect(sums.allSatisfy { $0 == 1 })
    }
    let all = Double(steps * Choosing.rows)
    let shares = Reference.softmax(Choosing.logits, width: counts.count)
    let spread = zip(counts, shares).reduce(0) { sum, one in
      sum + (one.0 - all * one.1) * (one.0 - all * one.1) / (all * one.1)
    }
    #expect(spread < 18.5, "seed 31: χ² \(spread), \(counts)")
  }

  /// By the row's place in the batch: any number of threads draws the same, another step and another
  /// stream do not.
  @Test func drawsFollowRowStepAndStream() {
    let one = Choosing(threads: 1)(draw: 7)
    #expect(one == Choosing(threads: 3)(draw: 7))
    #expect(one != Choosing(threads: 1)(draw: 8))
    #expect(one != Choosing(threads: 1, stream: 6)(draw: 7))
  }

  /// Two choices side by side in each row draw apart: of two equal entries they choose the same in half of
  /// the rows.
  @Test func choicesOfARowDrawApart() throws {
    let rows = 400
    let store = ParameterStore(
      [
        ParameterSpecification(kind: .given(count: 4), owner: .shared, pieces: []),
        ParameterSpecification(kind: .given(count: 1), owner: .shared, pieces: []),
      ], tasks: 1, seed: 1)
    store.change(Parameter(index: 0)) { $0.update(repeating: 1, count: 4) }
    store.change(Parameter(index: 1)) { $0.update(repeating: 1, count: 1) }
    let graph = Graph()
    let y = graph.row(given: Parameter(index: 0), count: 4).repeated().each(of: 2) {
      $0.chosen(of: .fixed(2), temperature: Parameter(index: 1), stream: 3)
    }
    let plan = Plan(
      graph, purpose: .evaluation, roots: [], outputs: [(name: .value("y"), value: y)],
      capacity: rows)
    let executor = run(plan, store: store, rows: rows)
    let choices = try #require(executor.output(.value("y")))
    let isWhole = (0..<(2 * rows)).allSatisfy { choices[2 * $0] + choices[2 * $0 + 1] == 1 }
    #expect(isWhole)
    let same = (0..<rows).count { choices[4 * $0] == choices[4 * $0 + 2] }
    #expect(same > rows / 3 && same < rows * 2 / 3, "\(same) of \(rows)")
  }

  /// Runs the seventh draw of rows without columns.
  private func run(_ plan: Plan, store: ParameterStore, rows: Int) -> Executor {
    let executor = Executor(
      plan, store: store,
      workspace: Workspace(store: store, pool: WorkerPool(threads: 1)))
    var batch = Batch(rows: rows)
    batch.draw = 7
    executor.run(batch)
    return executor
  }

  /// An operation that drops units numbers its draws from 0, as a model numbers its choices: what is
  /// chosen says nothing of what is dropped.
  @Test(arguments: [0, 1]) func choicesDoNotFollowDropout(number: Int) throws {
    let rows = 400
    let store = ParameterStore(
      [
        ParameterSpecification(kind: .given(count: 2), owner: .shared, pieces: []),
        ParameterSpecification(kind: .given(count: 1), owner: .shared, pieces: []),
      ], tasks: 1, seed: 1)
    for parameter in 0..<2 {
      store.change(Parameter(index: parameter)) { $0.update(repeating: 1, count: 2 - parameter) }
    }
    let graph = Graph()
    let same = graph.row(given: Parameter(index: 0), count: 2).repeated()
    let dropped = (0...number).map { _ in same.dropout(0.5) }[number]
    let chosen = same.chosen(
      of: .fixed(2), temperature: Parameter(index: 1), stream: UInt64(number))
    let plan = Plan(
      graph, purpose: .evaluation, roots: [],
      outputs: [(name: .value("chosen"), value: chosen), (name: .value("kept"), value: dropped)],
      capacity: rows)
    let executor = run(plan, store: store, rows: rows)
    let choices = try #require(executor.output(.value("chosen")))
    let kept = try #require(executor.output(.value("kept")))
    let told = (0..<rows).filter { (kept[2 * $0] == 0) != (kept[2 * $0 + 1] == 0) }
    let agree = told.count { (kept[2 * $0] != 0) == (choices[2 * $0] != 0) }
    // Of 200 rows or so a half; of draws that are shared none or all.
    #expect(told.count > 100 && agree > told.count / 3 && agree < told.count * 2 / 3)
  }
}
