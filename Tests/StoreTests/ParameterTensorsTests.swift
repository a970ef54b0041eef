import Graph
import Tensors
import Testing

@testable import Store

@Suite struct ParameterTensorsTests {
  /// A table; two weights side by side in a stacked block, stored [inputs, outputs]; their biases; a
  /// mask.
  private func store(
    seed: UInt64, growingAbove bound: Int = GrowingTable.usualBound
  ) -> ParameterStore {
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
      ], tasks: 2, seed: seed, growingAbove: bound)
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

  /// Of a table that grows a file has the rows that there are, and whose they are.
  @Test func growingTables() throws {
    let (from, to) = (store(seed: 1, growingAbove: 0), store(seed: 1, growingAbove: 0))
    let table = try #require(from.growing[0])
    for id in [3, 1] { table.admit(id) }
    table.values[2] = 7
    to.growing[0]?.admit(2)
    try SafetensorsTests.withFile(written(from)) { path in
      let file = try SafetensorsFile(path: path)
      #expect(file["embeddings.tag.weight/ids"]?.numbers() == [Int32(3), 1])
      #expect(file["embeddings.tag.weight/rows"]?.shape == [2, 2])
      #expect(file["embeddings.tag.weight/rows"]?.numbers() == Array(table.values.array.prefix(4)))
      try to.load(file.tensors, path: path)
      #expect(to.fingerprint == from.fingerprint && to.growing[0]?.count == 2)
      #expect(to.numbers(of: Parameter(index: 0)) == from.numbers(of: Parameter(index: 0)))
    }
  }

  @Test func wrongRowsOfGrowingTablesAreRefused() throws {
    let (from, to) = (store(seed: 1, growingAbove: 0), store(seed: 2, growingAbove: 0))
    for id in [3, 1] { from.growing[0]?.admit(id) }
    let name = "embeddings.tag.weight"
    func refuse(_ change: (SafetensorsTensor) -> SafetensorsTensor?, _ words: String) {
      let before = to.fingerprint
      #expect(throws: StoreError.mismatch(path: "m", what: words)) {
        try to.load(from.tensors().compactMap(change), path: "m")
      }
      #expect(to.fingerprint == before && to.growing[0]?.count == 0)
    }
    func numbers(_ ids: [Int32], _ shape: [Int]) -> (SafetensorsTensor) -> SafetensorsTensor? {
      { own in
        own.name == "\(name)/ids"
          ? SafetensorsTensor(
            name: own.name, kind: .int32, shape: shape, content: .memory(Storage(ids))) : own
      }
    }
    refuse({ $0.name == "\(name)/ids" ? nil : $0 }, "'\(name)/ids' is missing")
    refuse({ $0.name == "\(name)/rows" ? nil : $0 }, "'\(name)/rows' is missing")
    refuse(numbers([3, 4], [2]), "'\(name)/ids': 4 is not one of 0 to 3")
    refuse(numbers([3, 3], [2]), "'\(name)/ids': 3 stands there twice")
    refuse(numbers([3, 1], [2, 1]), "'\(name)/ids' is I32 [2, 1], expected I32 [rows]")
    refuse(numbers([3], [1]), "'\(name)/rows' is F32 [2, 2], expected F32 [1, 2]")
  }
}
