import Tensors
import Testing

@testable import Graph

/// How a batch is cut, and where the values of a block lie.
@Suite struct PlanTests {
  @Test(arguments: [1, 3]) func lanesTakeEveryRowOnce(sections: Int) {
    for rows in Array(0...200) + [1_000, 1_023, 4_096] {
      let lanes = (0..<Lanes.count(of: rows, sections: sections)).map {
        Lanes.range(of: $0, rows: rows, sections: sections)
      }
      #expect(lanes.flatMap { Array($0) } == Array(0..<rows))
      #expect(lanes.count <= (sections > 1 ? Lanes.mostOfSections : Lanes.most))
      #expect(lanes.allSatisfy { $0.count <= Lanes.rows(of: rows, sections: sections) })
    }
  }

  /// Rows of a column must not all fall into one set of the cache, and vectors stay whole.
  @Test func stridesOfRows() {
    #expect(ArenaLayout.stride(of: 1) == 1)
    #expect([2, 16, 17, 128, 129, 256].map(ArenaLayout.stride) == [16, 16, 32, 144, 144, 272])
  }

  /// The whole trace is kept while its gradient needs it, and memory is shared otherwise.
  @Test func memoryIsSharedByWhatIsNotNeededTogether() {
    func size(_ purpose: Plan.Purpose, depth: Int) -> Int {
      let graph = Graph()
      var x = graph.lookup([Parameter(index: 0)], widths: [32], dense: 0)
      for _ in 0..<depth { x = x.sigmoid() }
      let plan = Plan(
        graph, purpose: purpose, roots: purpose == .training ? [x] : [],
        outputs: [(name: .value("y"), value: x)], capacity: 64)
      return plan.places.size
    }
    #expect(size(.evaluation, depth: 3) == size(.evaluation, depth: 30))
    #expect(size(.training, depth: 30) > size(.training, depth: 3))
  }

  @Test func whatNobodyNeedsIsNotComputed() {
    let graph = Graph()
    let x = graph.lookup([Parameter(index: 0)], widths: [8], dense: 0)
    let used = x.sigmoid()
    _ = x.softmax().relu()
    let plan = Plan(
      graph, purpose: .evaluation, roots: [], outputs: [(name: .value("y"), value: used)],
      capacity: 8)
    #expect(plan.order == [x.node, used.node])
  }

  /// A ReLU that alone reads an affine map becomes part of it; with another reader it may not.
  @Test func affineMapsTakeTheirReLU() {
    func names(_ build: (Variable) -> Variable) -> [String] {
      let graph = Graph()
      let y = build(graph.lookup([Parameter(index: 0)], widths: [8], dense: 0))
      let plan = Plan(
        graph, purpose: .evaluation, roots: [], outputs: [(name: .value("y"), value: y)],
        capacity: 8)
      return plan.order.map { plan.nodes[$0].operation.name }
    }
    let weight = Parameter(index: 1)
    #expect(
      names { $0.linear(weight, bias: nil, inputs: 8, outputs: 4).relu() } == [
        "lookup", "linear+relu",
      ])
    #expect(
      names {
        let z = $0.linear(weight, bias: nil, inputs: 8, outputs: 4)
        return z.relu().mixture(z.softmax())
      } == ["lookup", "linear", "relu", "softmax", "mixture"])
  }
}
