import Foundation
import Tensors
import Testing

@testable import Datasets

/// A row as a model sees it, whatever memory it lies in.
struct SeenRow: Equatable {
  let ids: [[Int32]]
  let dense: [UInt32]
  let labels: [UInt32]
  let isInside: [Bool]

  static func rows(_ examples: Examples, of data: FeatureSchema, tasks: Int) -> [Self] {
    let numbers = data.dense.count
    return (0..<examples.count).map { row in
      SeenRow(
        ids: data.fields.indices.map { examples.ids(ofRow: row, field: $0) },
        dense: (0..<numbers).map { examples.dense[row * numbers + $0].bitPattern },
        labels: (0..<tasks).map { examples.labels[row * tasks + $0].bitPattern },
        isInside: (0..<tasks).map { (examples.spaces?[row * tasks + $0] ?? 1) != 0 })
    }
  }
}

extension RowStream {
  /// All rows that are left.
  func examples() throws -> [Examples] {
    var all: [Examples] = []
    while let block = try nextBlock() { all.append(block.examples) }
    return all
  }
}

extension Dataset {
  /// Reads every split once more by the encoding, as it comes back from its file, and expects the ids,
  /// numbers and labels of the first time.
  func expectSameWhenEncodedAgain(
    _ schema: DatasetSchema, from source: DatasetLoader.Source, partBytes: Int = 1 << 20
  ) throws {
    let saved = try #require(savedEncoding)
    let encoding = try DatasetEncoding(json: saved.json(), path: "encoding.json")
    #expect(encoding == saved)
    for (split, own) in zip(RowSplit.allCases, [training, validation, test]) {
      var wants = RowStream.Wants()
      (wants.labels, wants.split, wants.group) = (true, split, schema.group)
      let stream = try RowStream(
        encoding, .schema(schema, source), wants: wants, joins: nil,
        pool: WorkerPool(threads: 1), partBytes: partBytes)
      let blocks = try stream.examples()
      let seen = blocks.flatMap { SeenRow.rows($0, of: features, tasks: tasks.count) }
      let expected = SeenRow.rows(own, of: features, tasks: tasks.count)
      // Rows of weight 0 are outside of training, but are rows.
      let isWeighted = split == .training && schema.weight != nil
      #expect(seen.map(\.ids) == expected.map(\.ids), "\(split)")
      #expect(seen.map(\.dense) == expected.map(\.dense), "\(split)")
      #expect(seen.map(\.labels) == expected.map(\.labels), "\(split)")
      if !isWeighted { #expect(seen.map(\.isInside) == expected.map(\.isInside), "\(split)") }
      guard let groups = own.groups else { continue }
      let again = blocks.flatMap { $0.groups?.array ?? [] }
      #expect(Self.partition(again) == Self.partition(groups.array), "\(split)")
    }
  }

  /// Numbers by first appearance: groups are the same whatever they are called.
  private static func partition(_ groups: [Int32]) -> [Int32] {
    var known: [Int32: Int32] = [-1: -1]
    return groups.map { group in
      if known[group] == nil { known[group] = Int32(known.count) }
      return known[group] ?? -1
    }
  }
}

extension DatasetLoader {
  /// Reads everything, and every split once more by the encoding; see
  /// ``Dataset/expectSameWhenEncodedAgain(_:from:partBytes:)``.
  func loadTwice() throws -> Dataset {
    let data = try load()
    try data.expectSameWhenEncodedAgain(schema, from: source, partBytes: partBytes)
    return data
  }
}
