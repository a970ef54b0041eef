import Testing

@testable import Graph

/// What values have rows for.
@Suite struct ExtentTests {
  /// What is computed from parameters alone has one row, until it is repeated.
  @Test func valuesOfParametersAloneHaveOneRow() {
    let graph = Graph()
    let row = graph.row(of: Parameter(index: 0), count: 3)
    #expect(row.extent == .block)
    #expect((row.relu() + row).extent == .block)
    #expect(row.repeated().extent == .rows)
    #expect(row.repeated().softmax().extent == .rows)
    #expect(row.softmax(groupsOf: 1).extent == .block)
    let plan = Plan(
      graph, purpose: .evaluation, roots: [],
      outputs: [(name: .value("y"), value: row.relu().repeated())], capacity: 4)
    #expect(plan.rowless.isSuperset(of: [row.node, row.node + 1]))
    #expect(plan.order.map { plan.nodes[$0].extent } == [.block, .block, .rows])
  }
}
