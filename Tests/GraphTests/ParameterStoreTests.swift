import Graph
import Tensors
import Testing

/// Where parameters lie, how they start, and how they are named.
@Suite struct ParameterStoreTests {
  /// Two dense blocks, shared and a task's, in the wrong order, and a table.
  private static let specifications = [
    ParameterSpecification(
      kind: .dense(count: 6), owner: .task(0),
      pieces: [piece("tower.weight", [2, 3], .heNormal)]),
    ParameterSpecification(
      kind: .table(vocabulary: 500, width: 4), owner: .shared,
      pieces: [
        ParameterPiece(
          path: "table.weight", shape: [500, 4], offset: 0, strides: .init(first: 4, second: 1),
          initialiser: .normal(deviation: 0.01))
      ]),
    ParameterSpecification(
      kind: .dense(count: 20_017), owner: .shared,
      pieces: [
        piece("bottom.weight", [100, 200], .glorotUniform),
        ParameterPiece(
          path: "bottom.bias", shape: [17], offset: 20_000, strides: .init(first: 1, second: 0),
          initialiser: .zeros),
      ]),
  ]

  /// W [inputs, outputs] in memory, [outputs, inputs] by name.
  private static func piece(
    _ path: String, _ shape: [Int], _ start: Initialiser
  ) -> ParameterPiece {
    ParameterPiece(
      path: path, shape: shape, offset: 0, strides: .init(first: 1, second: shape[0]),
      initialiser: start)
  }

  private func store(seed: UInt64 = 1) -> ParameterStore {
    ParameterStore(Self.specifications, tasks: 2, seed: seed)
  }

  @Test func ownersLieTogetherOnCacheLines() {
    let store = store()
    #expect(store.offsets == [20_032, -1, 0])
    #expect(store.segments == [0..<20_032, 20_032..<20_048, 20_048..<20_048])
    #expect(store.dense.count == 20_048 && store.tables[1]?.count == 2_000)
    #expect(store.parameterCount == 6 + 2_000 + 20_017)
  }

  @Test func namesAreInTheOrderOfTheirBytes() {
    #expect(
      store().entries.map(\.piece.path) == [
        "bottom.bias", "bottom.weight", "table.weight", "tower.weight",
      ])
    #expect(store().entries.map(\.owner) == [.shared, .shared, .shared, .task(0)])
  }

  @Test func namedArraysAreTheTransposeOfMemory() throws {
    let store = store()
    let entry = try #require(store.entries.last)
    store.set(entry, to: [1, 2, 3, 4, 5, 6])
    let memory = (0..<6).map { store.base(of: entry.parameter)[$0] }
    #expect(memory == [1, 4, 2, 5, 3, 6])
    #expect(store.numbers(of: entry) == [1, 2, 3, 4, 5, 6])
  }

  @Test func firstValues() throws {
    let store = store()
    let numbers = Dictionary(
      uniqueKeysWithValues: store.entries.map { ($0.piece.path, store.numbers(of: $0)) })
    #expect(try #require(numbers["bottom.bias"]).allSatisfy { $0 == 0 })
    let glorot = try #require(numbers["bottom.weight"]).map(Double.init)
    let limit = (6.0 / 300).squareRoot()
    #expect(glorot.allSatisfy { abs($0) <= limit } && (glorot.max() ?? 0) > 0.99 * limit)
    #expect(abs(glorot.reduce(0, +) / Double(glorot.count)) < 0.002)
    let table = try #require(numbers["table.weight"]).map(Double.init)
    let deviation = (table.reduce(0) { $0 + $1 * $1 } / Double(table.count)).squareRoot()
    #expect(abs(deviation - 0.01) < 5e-4)
  }

  /// A path and a seed decide a parameter's first values, wherever it is declared.
  @Test func firstValuesDependOnPathAndSeed() throws {
    #expect(store().fingerprint == store().fingerprint)
    #expect(store().fingerprint != store(seed: 2).fingerprint)
    let turned = ParameterStore(Self.specifications.reversed(), tasks: 2, seed: 1)
    #expect(turned.fingerprint == store().fingerprint)
  }

  @Test func comesBackToACopy() throws {
    let store = store()
    let before = store.fingerprint
    var copy = store.copy()
    for entry in store.entries { store.set(entry, to: store.numbers(of: entry).map { $0 + 1 }) }
    let after = store.fingerprint
    #expect(after != before)
    store.restore(from: copy)
    #expect(store.fingerprint == before)
    store.change(Parameter(index: 1)) { $0[7] = 3 }
    copy.write(from: store)
    let changed = store.fingerprint
    store.change(Parameter(index: 1)) { $0[7] = 4 }
    store.restore(from: copy)
    #expect(store.fingerprint == changed)
  }

  @Test func namesTheLargest() throws {
    let store = store()
    store.change(Parameter(index: 1)) { $0[1_999] = -1e30 }
    let largest = try #require(store.largest(of: 0))
    #expect(largest.path == "table.weight")
    #expect(largest.magnitude == 1e30)
  }

  @Test func namesWhatIsNoNumber() throws {
    let store = store()
    #expect(store.firstNotFinite == nil)
    // The gap behind a block is nobody's.
    store.dense[20_031] = .nan
    #expect(store.firstNotFinite == nil)
    store.change(Parameter(index: 1)) { $0[1_999] = .infinity }
    #expect(store.firstNotFinite == "table.weight")
    store.dense[20_016] = .nan
    #expect(store.firstNotFinite == "bottom.bias")
  }
}
