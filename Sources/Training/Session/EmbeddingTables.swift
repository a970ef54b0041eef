import Graph

/// The embedding tables of a run, copied, so that another may begin with them.
public struct EmbeddingTables: Sendable, Equatable {
  /// One table.
  struct Table: Sendable, Equatable {
    var shape: [Int]
    var numbers: [Float]
  }

  /// A table that grows: the rows that there are.
  struct GrownTable: Sendable, Equatable {
    var shape: [Int]
    var rows: GrownRows
  }

  /// By path.
  var tables: [String: Table] = [:]
  /// By path, those that grow.
  var grown: [String: GrownTable] = [:]

  /// How many tables there are.
  public var count: Int { tables.count + grown.count }
}

extension ParameterStore {
  /// A copy of every embedding table.
  var embeddings: EmbeddingTables {
    var copies = EmbeddingTables()
    for entry in tableEntries {
      if let table = growing[entry.parameter.index] {
        copies.grown[entry.piece.path] = .init(
          shape: entry.piece.shape, rows: table.copiedRows())
        continue
      }
      copies.tables[entry.piece.path] = .init(shape: entry.piece.shape, numbers: numbers(of: entry))
    }
    return copies
  }

  /// Takes over every table of the same path and shape, and counts both these and all.
  func take(_ embeddings: EmbeddingTables) -> (taken: Int, all: Int) {
    let entries = tableEntries
    var taken = 0
    for entry in entries {
      if let table = growing[entry.parameter.index] {
        guard let own = embeddings.grown[entry.piece.path], own.shape == entry.piece.shape
        else { continue }
        table.restore(own.rows)
        countWrite()
        taken += 1
        continue
      }
      guard let table = embeddings.tables[entry.piece.path], table.shape == entry.piece.shape
      else { continue }
      set(entry, to: table.numbers)
      taken += 1
    }
    return (taken, entries.count)
  }

  private var tableEntries: [Entry] {
    entries.filter { entry in
      if case .table = specifications[entry.parameter.index].kind { true } else { false }
    }
  }
}
