import Tensors
import Testing

@testable import Graph

/// What was observed of rows, in parts of a batch.
@Suite struct ObservationsTests {
  private let values = Storage<Float>((0..<14).map(Float.init))
  private let weights = Storage<Float>((0..<14).map { Float(100 + $0) })

  /// Seven rows of two numbers in three parts: 2, 2 and 3 rows.
  @Test func partsHaveTheirOwnRows() {
    let batch = Batch(
      rows: 7,
      observed: Observations(
        UnsafePointer(values.base), weights: UnsafePointer(weights.base), count: 2))
    let parts = (0..<3).map { batch.part($0, of: 3).observed }
    #expect(parts.map { $0.values?.pointee } == [0, 4, 8])
    #expect(parts.map { $0.weights?.pointee } == [100, 104, 108])
    #expect(parts.allSatisfy { $0.count == 2 })
  }

  /// By an index the arrays are those of all rows, and what counts alike everywhere has no weights.
  @Test func anIndexLeavesTheArrays() {
    let index = Storage<Int32>([6, 5, 4, 3])
    var batch = Batch(
      rows: 4, observed: Observations(UnsafePointer(values.base), count: 2),
      index: UnsafePointer(index.base))
    let part = batch.part(1, of: 2)
    #expect(part.observed.values == batch.observed.values && part.observed.weights == nil)
    #expect(part.index?.pointee == 4)
    batch.index = nil
    #expect(batch.part(1, of: 2).observed.values?.pointee == 4)
    #expect(batch.part(1, of: 2).observed.weights == nil)
  }
}
