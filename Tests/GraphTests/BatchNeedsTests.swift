import Tensors
import Testing

@testable import Graph

/// What a plan reads of a batch, and what it says where that is not there.
@Suite struct BatchNeedsTests {
  private static let table = Parameter(index: 0)

  /// A field, a drawn column that is the third, a constant, and two dense features.
  private func plan(_ columns: [IdColumn], dense: Int = 0) -> Plan {
    let x = Graph().record(
      Lookup(
        tables: columns.map { _ in Self.table }, columns: columns, widths: columns.map { _ in 2 },
        dense: dense), [])
    return Plan(
      x.graph, purpose: .evaluation, roots: [], outputs: [(name: .value("x"), value: x)],
      capacity: 4)
  }

  private let ids = Storage<Int32>([1, 2, 3, 4])
  private let numbers = Storage<Float>([1, 2, 3, 4])

  private func batch(rows: Int = 1, fields: Int, drawn: Int, dense: Int) -> Batch {
    var batch = Batch(
      rows: rows, ids: fields > 0 ? UnsafePointer(ids.base) : nil, fields: fields,
      dense: dense > 0 ? UnsafePointer(numbers.base) : nil, denseCount: dense)
    if drawn > 0 { (batch.drawn, batch.drawnCount) = (UnsafePointer(ids.base), drawn) }
    return batch
  }

  @Test func whatIsThereIsNotMissed() {
    let plan = plan([.field(1), .drawn(2), .constant(9)], dense: 2)
    #expect(plan.unmet(by: batch(fields: 2, drawn: 3, dense: 2)) == nil)
    #expect(plan.unmet(by: batch(fields: 4, drawn: 4, dense: 3)) == nil)
    // A batch without rows is not read.
    #expect(plan.unmet(by: batch(rows: 0, fields: 0, drawn: 0, dense: 0)) == nil)
    // A constant needs nothing.
    #expect(self.plan([.constant(3)]).unmet(by: batch(fields: 0, drawn: 0, dense: 0)) == nil)
  }

  @Test func whatIsMissingIsSaid() {
    let plan = plan([.field(1), .drawn(2)], dense: 2)
    #expect(
      plan.unmet(by: batch(fields: 2, drawn: 2, dense: 2))
        == "the plan reads 3 drawn ids a row, the batch has 2")
    #expect(
      plan.unmet(by: batch(fields: 2, drawn: 0, dense: 2))
        == "the plan reads 3 drawn ids a row, the batch has 0")
    #expect(
      plan.unmet(by: batch(fields: 1, drawn: 3, dense: 1))
        == "the plan reads 2 fields of ids, the batch has 1; "
        + "the plan reads 2 dense features, the batch has 1")
    // A number of columns without their memory is none.
    var empty = batch(fields: 2, drawn: 0, dense: 2)
    empty.drawnCount = 3
    #expect(
      plan.unmet(by: empty) == "the plan reads 3 drawn ids a row, the batch has 0")
  }

  @Test func fieldsAreReadByOtherOperationsToo() {
    let graph = Graph()
    let x = graph.crossedLookup(
      Self.table, fields: .init(first: nil, second: 4, firstCount: 1, secondCount: 2), columns: 1,
      keeping: nil)
    let gated = x.learned(whereField: 6, is: 1)
    func needs(_ value: Variable) -> Int {
      Plan(
        graph, purpose: .evaluation, roots: [], outputs: [(name: .value("x"), value: value)],
        capacity: 1
      ).needs.fields
    }
    #expect(needs(x) == 5)
    #expect(needs(gated) == 7)
  }

  /// A table that is looked up is no other operation's parameter in the same section.
  @Test func aLookedUpTableHasNoOtherReader() {
    let graph = Graph()
    let x = graph.lookup([Self.table], columns: [.field(0)], widths: [2])
    let word = x.columns(0..<1).rows(of: Self.table, vocabulary: 3, columns: 2)
    let other = x.columns(0..<1).rows(of: Parameter(index: 1), vocabulary: 3, columns: 2)
    let roots = [x.dot(x), word.dot(word), other.dot(x), word.dot(x)]
    let plan = Plan(
      graph, purpose: .training, roots: roots, apart: roots.map { [$0] }, outputs: [],
      capacity: 2)
    // The second section hands nothing on to the lookup: ids have no gradient, but its table does.
    let readers = plan.sections.map { plan.readersBesideLookups(in: $0) }
    #expect(readers[0] == [] && readers[2] == [])
    #expect(readers[3] == [word.node])
    #expect(plan.readersBesideLookups(in: Set(plan.order)) == [word.node])
  }
}
