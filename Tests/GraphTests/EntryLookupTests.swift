import Tensors
import Testing

@testable import Graph

/// Tables that are looked up by what packed entries name.
@Suite struct EntryLookupTests {
  /// Three rows whose field has the ids 0, 1, 2 and whose entries have 2 1 | none | 0 2 2.
  private final class Rows {
    private let starts = Storage<Int32>([0, 2, 2, 5])
    private let numbers = Storage<Int32>([7, 7, 7, 7, 7])
    private let others = Storage<Int32>([2, 1, 0, 2, 2])
    private let ids = Storage<Int32>([0, 1, 2])
    private let ragged: Storage<RaggedRows>

    init() {
      ragged = Storage(
        count: 2,
        filling: RaggedRows(
          starts: UnsafePointer(starts.base), values: UnsafePointer(numbers.base)))
      ragged[1] = RaggedRows(
        starts: UnsafePointer(starts.base), values: UnsafePointer(others.base))
    }

    var batch: Batch {
      var batch = Batch(rows: 3, ids: UnsafePointer(ids.base), fields: 1)
      (batch.ragged, batch.raggedCount) = (UnsafePointer(ragged.base), 2)
      return batch
    }
  }

  /// A root whose gradient is 1, 2, 3 of the rows.
  private struct RowNumbers: Operation {
    var name: String { "row numbers" }
    var keeps: Keeps { [] }
    func width(of inputs: [Int]) -> Int { 1 }
    func forward(_ call: Call) {
      for row in 0..<call.rows { call.output.base[row * call.output.stride] = 0 }
    }
    func backward(_ call: Call) {
      guard let dx = call.inputGradient(0) else { return }
      for row in 0..<call.rows {
        dx.base[row * dx.stride] = Float(call.batch.firstParent + call.firstRow + row + 1)
      }
    }
  }

  private static let texts = RaggedColumn(index: 0, longest: 3, typical: 2)
  private static let column = IdColumn.entries(texts, values: 1)

  /// The answers, and the gradient of a table of three rows of a number by id.
  private static func run(_ batch: Batch) -> (y: [Float], gradient: [Float]) {
    let table = Parameter(index: 0)
    let store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: 3, width: 1), owner: .shared, pieces: [])
      ], tasks: 1, seed: 1)
    store.change(table) { base in for id in 0..<3 { base[id] = Float(10 * (id + 1)) } }
    let own = Graph().lookup([table], columns: [.field(0)], widths: [1])
    let others = own.graph.lookup([table], columns: [column], widths: [1])
    #expect(others.extent == .entries(texts))
    let y = own + others.sum(of: .packed(texts))
    let plan = Plan(
      y.graph, purpose: .training, roots: [y.graph.record(RowNumbers(), [y])],
      outputs: [(name: .value("y"), value: y)], capacity: 3)
    #expect(plan.unmet(by: batch) == nil)
    let workspace = Workspace(store: store, pool: WorkerPool(threads: 1))
    let executor = Executor(plan, store: store, workspace: workspace)
    executor.run(batch)
    var gradient = [Float](repeating: 0, count: 3)
    for part in executor.tableGradients.flatMap(\.parts) {
      for place in batch.places(of: part.column) {
        batch.forEachId(ofRow: place, column: part.column) {
          gradient[$0] += part.base[place * part.stride]
        }
      }
    }
    let found = executor.output(.value("y")).map {
      Array(UnsafeBufferPointer(start: $0, count: batch.rows))
    }
    return (found ?? [], gradient)
  }

  @Test func idsHaveTheGradientsOfFieldAndEntries() {
    let rows = Rows()
    let all = Self.run(rows.batch)
    #expect(all.y == [60, 20, 100])
    // Rows 1 2 3 of the field; row 1 by ids 2 and 1, row 3 by 0 and twice by 2: 1 + 3, 2 + 1 and
    // 3 + 1 + 3 + 3.
    #expect(all.gradient == [4, 3, 10])
    let last = Self.run(rows.batch.part(2, of: 3))
    #expect(last.y == [100] && last.gradient == [3, 0, 9])
    withExtendedLifetime(rows) {}
  }

  @Test func placesAreThoseOfRowsOrEntries() {
    let rows = Rows()
    let batch = rows.batch
    #expect(batch.places(of: .field(0), inRows: 1..<3) == 1..<3)
    #expect(batch.places(of: Self.column) == 0..<5)
    #expect(batch.places(of: Self.column, inRows: 1..<3) == 2..<5)
    #expect(batch.part(2, of: 3).places(of: Self.column) == 0..<3)
    var short = batch
    short.raggedCount = 1
    #expect(BatchNeeds(columns: [Self.column]).unmet(by: batch) == nil)
    #expect(BatchNeeds(columns: [Self.column]).unmet(by: short) != nil)
    withExtendedLifetime(rows) {}
  }

  /// Answers and gradients of looked-up rows of three rows, of three entries each.
  @Test func wholeBatchesOfEntriesAreCounted() {
    let table = Parameter(index: 0)
    let others = Graph().lookup([table], columns: [Self.column], widths: [4])
    let y = others.sum(of: .packed(Self.texts))
    let plan = Plan(
      y.graph, purpose: .training, roots: [y.graph.record(RowNumbers(), [y])],
      outputs: [(name: .value("entries"), value: others), (name: .value("y"), value: y)],
      capacity: 3)
    #expect(plan.packedBytes == 288)
    #expect(Plan.mostPackedBytes == 268_435_456)
  }
}
