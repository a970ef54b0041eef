import Graph

/// The embedding tables of a run, copied, so that another may begin with them.
public struct EmbeddingTables: Sendable, Equatable {
  /// One table.
  struct Table: Sendable, Equatable {
    var shape: [Int]
    var numbers: [Float]
  }

  /// By path.
  var tables: [String: Table] = [:]

  /// How many tables there are.
  public var count: Int { tables.count }
}

extension ParameterStore {
  /// A copy of every embedding table.
  var embeddings: EmbeddingTables {
    var copies = EmbeddingTables()
    for entry in tableEntries {
      copies.tables[entry.piece.path] = .init(shape: entry.piece.shape, numbers: numbers(of: entry))
    }
    return copies
  }

  /// Takes over every table of the same path and shape, and counts both these and all.
  func take(_ embeddings: EmbeddingTables) -> (taken: Int, all: Int) {
    let entries = tableEntries
    var taken = 0
    for entry in entries {
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
