public import Datasets
public import Graph

/// What a model reads: the schema and the width of each field's embedding.
public struct InputSpecification: Sendable, Hashable {
  /// The fields and dense features.
  public var schema: FeatureSchema
  /// D of each field.
  public var widths: [Int]

  /// Every field embedded with the same width.
  public init(_ schema: FeatureSchema, embeddingWidth: Int = 8) {
    self.schema = schema
    widths = schema.fields.map { _ in embeddingWidth }
  }

  /// Every field with a width of its own.
  public init(_ schema: FeatureSchema, widths: [Int]) {
    precondition(widths.count == schema.fields.count, "one width a field")
    self.schema = schema
    self.widths = widths
  }

  /// Numbers in a row of the network's input: Σ D + n.
  public var width: Int { widths.reduce(0, +) + schema.dense.count }
}

/// One table a field, N(0, 0.01²): x = [table_f[id_f] …, dense], [B, Σ D + n].
///
/// Named `<field>.weight`, [V, D].
public struct Embeddings: Sendable {
  /// One a field.
  public let tables: [Parameter]
  let input: InputSpecification
  let fields: [Int]
  /// Numbers in a row: Σ D + n.
  public let width: Int

  /// Declares the tables in a scope; of fields that are left out there is none.
  public init(_ input: InputSpecification, leavingOut others: Set<Int> = [], in scope: Scope) {
    self.input = input
    let fields = input.schema.fields.indices.filter { !others.contains($0) }
    self.fields = fields
    width = input.width - others.reduce(0) { $0 + input.widths[$1] }
    tables = fields.map { place in
      (scope / input.schema.fields[place].name).table(
        "weight", vocabulary: input.schema.fields[place].vocabulary, width: input.widths[place],
        .normal(deviation: 0.01))
    }
  }

  /// The input of a network.
  public func callAsFunction(_ pass: Forward) -> Variable {
    pass.graph.lookup(
      tables, fields: fields, widths: fields.map { input.widths[$0] },
      dense: input.schema.dense.count, lists: fields.map { input.schema.fields[$0].list })
  }
}
