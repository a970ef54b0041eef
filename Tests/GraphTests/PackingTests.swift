import Tensors
import Testing

@testable import Graph

/// Weights packed in pieces.
@Suite struct PackingTests {
  /// Long panels, whose pieces are parts of one, lie as those that are packed whole; the last panel is
  /// narrow.
  @Test(arguments: [(600, 200), (130, 1030), (1030, 70), (16, 16)], [false, true])
  func piecesAreTheWhole(_ shape: (inputs: Int, outputs: Int), isMasked: Bool) throws {
    let (inputs, outputs) = shape
    let store = ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: 2, width: inputs), owner: .shared, pieces: []),
        ParameterSpecification(
          kind: .dense(count: inputs * outputs), owner: .shared, pieces: []),
        ParameterSpecification(
          kind: .given(count: inputs * outputs), owner: .shared, pieces: []),
      ], tasks: 1, seed: 1)
    let count = inputs * outputs
    store.change(Parameter(index: 1)) { base in
      for index in 0..<count { base[index] = Float(index + 1) }
    }
    store.change(Parameter(index: 2)) { base in
      for index in 0..<count { base[index] = index % 3 == 0 ? 0 : 1 }
    }
    let graph = Graph()
    let y = graph.lookup([Parameter(index: 0)], widths: [inputs], dense: 0).linear(
      Parameter(index: 1), bias: nil, mask: isMasked ? Parameter(index: 2) : nil, inputs: inputs,
      outputs: outputs)
    let plan = Plan(
      graph, purpose: .training, roots: [y], outputs: [(name: .value("y"), value: y)],
      capacity: 16)
    func packed(floats: Int) -> (chunks: Int, numbers: [Float]) {
      let body = PackingBody(plan, store: store, floats: floats)
      for chunk in 0..<body.chunks { body.run(chunk: chunk, thread: 0) }
      return (body.chunks, Array(body.memory.elements))
    }
    let whole = packed(floats: 1 << 30)
    let pieces = packed(floats: 4096)
    #expect(whole.chunks == 2 && (inputs == 16 || pieces.chunks > 4))
    #expect(pieces.numbers == whole.numbers)
    let kept =
      isMasked ? (1...inputs * outputs).filter { ($0 - 1) % 3 != 0 } : Array(1...inputs * outputs)
    #expect(whole.numbers.filter { $0 != 0 }.sorted() == (kept + kept).map(Float.init).sorted())
  }
}
