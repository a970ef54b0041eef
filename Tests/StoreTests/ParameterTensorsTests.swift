import Graph
import Tensors
import Testing

@testable import Store

@Suite struct ParameterTensorsTests {
  /// A table; two weights side by side in a stacked block, stored [inputs, outputs]; their biases; a
  /// mask.
  private func store(seed: UInt64) -> ParameterStore {
    func weight(_ path: String, offset: Int) -> ParameterPiece {
      ParameterPiece(
        path: path, shape: [2, 3], offset: offset, strides: .init(first: 1, second: 4),
        initialiser: .glorotUniform)
    }
    func vector(_ path: String, _ count: Int, offset: Int) -> ParameterPiece {
      ParameterPiece(
        path: path, shape: [count], offset: offset, strides: .init(first: 1, second: 0),
        initialiser: .normal(deviation: 1))
    }
    let table = ParameterPiece(
      path: "embeddings.tag.weight", shape: [4, 2], offset: 0, strides: .init(first: 2, second: 1),
      initialiser: .normal(deviation: 1))
    return ParameterStore(
      [
        ParameterSpecification(
          kind: .table(vocabulary: 4, width: 2), owner: .shared, pieces: [table]),
        ParameterSpecification(
          kind: .dense(count: 16), owner: .task(1),
          pieces: [
            weight("experts.0.weight", offset: 0), weight("experts.1.weight", offset: 2),
            vector("experts.0.bias", 2, offset: 12), vector("experts.1.bias", 2, offset: 14),
          ]),
        ParameterSpecification(
          kind: .given(count: 3), owner: .shared, pieces: [vector("masks.a", 3, offset: 0)]),
      ], tasks: 2, seed: seed)
  }

  private func written(_ store: ParameterStore) -> [UInt8] {
    SafetensorsWriter(store.tensors()).bytes
  }

  @Test("every array has PyTorch's layout under its name")
  func layouts() throws {
    let store = store(seed: 1)
    store.change(Parameter(index: 1)) { base in
      for at in 0..<16 { base[at] = Float(at) }
    }
    try SafetensorsTests.withFile(written(store)) { path in
      let file = try SafetensorsFile(path: path)
      #expect(file.tensors.count == 6)
      #expect(file["experts.0.weight"]?.shape == [2, 3])
      #expect(file["experts.0.weight"]?.numbers() == [Float(0), 4, 8, 1, 5, 9])
      #expect(file["experts.1.weight"]?.numbers() == [Float(2), 6, 10, 3, 7, 11])
      #expect(file["experts.1.bias"]?.numbers() == [Float(14), 15])
      #expect(file["embeddings.tag.weight"]?.shape == [4, 2])
      #expect(file["embeddings.tag.weight"]?.numbers() == store.tables[0]?.array)
      #expect(file["masks.a"]?.numbers() == store.givens[2]?.array)
    }
  }

  @Test("another store takes them to the bit")
  func back() throws {
    let (from, to) = (store(seed: 1), store(seed: 2))
    #expect(from.fingerprint != to.fingerprint)
    let version = to.version
    try SafetensorsTests.withFile(written(from)) { path in
      try to.load(SafetensorsFile(path: path).tensors, path: path)
    }
    #expect(to.fingerprint == from.fingerprint)
    #expect(written(to) == written(from))
    #expect(to.version > version)
  }

  @Test("what does not fit changes nothing and is named")
  func misfits() {
    let store = store(seed: 1)
    let before = store.fingerprint
    let whole = self.store(seed: 2).tensors()
    func message(_ tensors: [SafetensorsTensor]) -> String? {
      let error = #expect(throws: StoreError.self) { try store.load(tensors, path: "x") }
      return error?.description
    }
    #expect(
      message(Array(whole.dropFirst()))
        == "x: does not fit the model: 'embeddings.tag.weight' is missing")
    let extra = SafetensorsTests.tensor("more", [Float(1)], [1])
    #expect(message(whole + [extra]) == "x: does not fit the model: the model has no 'more'")
    let turned = whole.map {
      $0.name == "experts.0.weight"
        ? SafetensorsTensor(name: $0.name, kind: $0.kind, shape: [3, 2], content: $0.content) : $0
    }
    #expect(
      message(turned)
        == "x: does not fit the model: 'experts.0.weight' is F32 [3, 2], expected F32 [2, 3]")
    #expect(store.fingerprint == before)
  }
}
