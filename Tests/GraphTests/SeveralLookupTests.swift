import Tensors
import Testing

@testable import Graph

/// Columns of ids, and tables that several of them read.
@Suite struct SeveralLookupTests {
  private static let table = Parameter(index: 0)

  /// A part of a batch has its own rows of what was drawn, and their texts, with and without an index.
  @Test(arguments: [false, true]) func aPartHasItsOwnDrawnIds(isIndexed: Bool) {
    let (ids, drawn) = (Storage<Int32>([7, 8, 9, 6, 5, 4, 3]), Storage<Int32>((0..<14).map { $0 }))
    let index = Storage<Int32>([6, 5, 4, 3, 2, 1, 0])
    var batch = Batch(
      rows: 7, ids: UnsafePointer(ids.base), fields: 1,
      index: isIndexed ? UnsafePointer(index.base) : nil)
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), 2)
    batch.firstText = 100
    var (read, fields): ([Int], [Int]) = ([], [])
    var texts: [Int32] = []
    for number in 0..<3 {
      let part = batch.part(number, of: 3)
      for row in 0..<part.rows {
        part.forEachId(ofRow: row, column: .drawn(1)) { read.append($0) }
        part.forEachId(ofRow: row, column: .field(0)) { fields.append($0) }
        part.forEachId(ofRow: row, column: .constant(3)) { #expect($0 == 3) }
        texts.append(part.text(ofRow: row))
      }
      // What kernels read is the same, also from a row on.
      for (column, first) in [(IdColumn.drawn(1), 1), (.field(0), 1), (.constant(3), 1)] {
        let reader = IdReader(column)
        guard let rows = reader.ids(of: part, from: first) else { continue }
        let at = rows.index.map { Int($0[0]) } ?? 0
        part.forEachId(ofRow: first, column: column) { id in
          withExtendedLifetime(reader) {
            #expect(Int(rows.base[at * rows.stride]) == id, "\(column)")
          }
        }
      }
    }
    #expect(read == [1, 3, 5, 7, 9, 11, 13])
    #expect(texts == (isIndexed ? [106, 105, 104, 103, 102, 101, 100] : Array(100...106)))
    #expect(fields == (isIndexed ? [3, 4, 5, 6, 9, 8, 7] : [7, 8, 9, 6, 5, 4, 3]))
    #expect(IdReader(.drawn(0)).ids(of: Batch.empty).map { _ in true } == nil)
  }

  /// One reader of a table keeps memory and addresses as they were; parts of several lie at the same
  /// distances in every section that reaches any, and what a section does not reach is 0.
  @Test func partsLieAlikeInAllSections() throws {
    let graph = Graph()
    let own = graph.lookup([Parameter(index: 1)], columns: [.field(0)], widths: [2])
    let left = graph.lookup(
      [Self.table, Self.table], columns: [.field(0), .drawn(0)], widths: [2, 2])
    let right = graph.lookup([Self.table], columns: [.constant(4)], widths: [2])
    let roots = [
      (left.columns(0..<2) + left.columns(2..<4)).dot(own), right.dot(right), own.dot(own),
    ].map { $0.graph.record(One(), [$0]) }
    let plan = Plan(
      graph, purpose: .training, roots: roots, apart: roots.map { [$0] }, outputs: [],
      capacity: 3)
    let store = ParameterStore(
      [5, 4].map {
        ParameterSpecification(kind: .table(vocabulary: $0, width: 2), owner: .shared, pieces: [])
      }, tasks: 1, seed: 1)
    for table in 0..<2 {
      store.change(Parameter(index: table)) { base in
        for entry in 0..<(table == 0 ? 10 : 8) { base[entry] = Float(entry + 1 + 10 * table) }
      }
    }
    let executor = Executor(
      plan, store: store,
      workspace: Workspace(store: store, pool: WorkerPool(threads: 1)))
    let (ids, drawn) = (Storage<Int32>([3, 0, 2]), Storage<Int32>([1, 1, 0]))
    var batch = Batch(rows: 3, ids: UnsafePointer(ids.base), fields: 1)
    (batch.drawn, batch.drawnCount) = (UnsafePointer(drawn.base), 1)
    for _ in 0..<2 { executor.run(batch) }

    let sections = executor.sectionTableGradients
    #expect(sections.map { $0.map(\.parameter.index) } == [[1, 0], [0], [1]])
    let (first, second) = (sections[0][1], sections[1][0])
    #expect(first.parts.map(\.column) == [.field(0), .drawn(0), .constant(4)])
    #expect(first.parts.map(\.isReached) == [true, true, false])
    #expect(second.parts.map(\.isReached) == [false, false, true])
    #expect(first.parts.map { $0.base - first.base } == second.parts.map { $0.base - second.base })
    #expect(first.stride == 1 && sections[0][0].stride == 16 && sections[0][0].isOneIdEach)
    // u of ids 3, 0, 2; and twice the row of id 4.
    #expect(numbers(first) == [17, 18, 11, 12, 15, 16, 17, 18, 11, 12, 15, 16] + zeros(6))
    #expect(numbers(second) == zeros(12) + [18, 20, 18, 20, 18, 20])
    // What is joined overwrites no section's zeros.
    let joined = try #require(executor.tableGradients.first { $0.parameter == Self.table })
    #expect(joined.parts.map { $0.base - joined.base } == first.parts.map { $0.base - first.base })
    #expect(joined.base != first.base && joined.base != second.base)
    let alone = try #require(executor.tableGradients.first { $0.parameter != Self.table })
    #expect(alone.base == sections[0][0].base)
  }

  private func zeros(_ count: Int) -> [Float] { [Float](repeating: 0, count: count) }

  private func numbers(_ gradient: Executor.TableGradient) -> [Float] {
    gradient.parts.flatMap { part in
      (0..<3).flatMap { row in (0..<2).map { part.base[row * part.stride + $0] } }
    }
  }
}

/// A root of slope 1.
private struct One: Operation {
  var name: String { "one" }
  var keeps: Keeps { [] }
  func width(of inputs: [Int]) -> Int { 1 }
  func forward(_ call: Call) {}
  func backward(_ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    for row in 0..<call.rows { dx.base[row * dx.stride] = 1 }
  }
}

extension Batch {
  fileprivate static var empty: Batch {
    Batch(rows: 0)
  }
}
