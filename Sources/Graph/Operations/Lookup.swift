internal import CKernels
public import Tensors

/// The input of a network: one embedding row a categorical field, then the dense features.
///
///     x_i = [table_0[id_i0], …, table_F[id_iF], dense_i]        [B, F·D + n]
///
/// The gradient of x is kept for the whole batch; the update sums it by id, so that a step touches
/// the rows of its batch and no others.
public struct Lookup: Operation {
  /// The tables, one a field, each [V, D].
  public let tables: [Parameter]
  /// The field of each table.
  public let fields: [Int]
  /// D of each table.
  public let widths: [Int]
  /// n, the number of dense features that follow.
  public let dense: Int

  /// Looks fields up, each in its own table; by default all in turn.
  public init(tables: [Parameter], fields: [Int]? = nil, widths: [Int], dense: Int) {
    self.tables = tables
    self.fields = fields ?? Array(tables.indices)
    self.widths = widths
    self.dense = dense
  }

  /// The name in profiles and messages.
  public var name: String { "lookup" }
  /// Counts as work on tables.
  public var kind: WorkKind { .embedding }
  /// Nothing: the update reads the gradient where it lies.
  public var keeps: Keeps { [] }
  /// The tables.
  public var parameters: [Parameter] { tables }
  /// Σ D + n.
  public func width(of inputs: [Int]) -> Int { widths.reduce(0, +) + dense }

  /// Copies the rows of the tables and the dense features side by side.
  public func forward(_ call: Call) {
    let x = call.output
    let batch = call.batch
    // Without an index the block's rows start at its first row.
    let skip = batch.index == nil ? call.firstRow : 0
    var column = 0
    if let ids = batch.ids {
      for place in 0..<widths.count {
        ck_gather(
          Int64(call.rows), Int64(widths[place]), call.value(place),
          ids + skip * batch.fields + fields[place], Int64(batch.fields), call.index,
          x.base + column, Int64(x.stride))
        column += widths[place]
      }
    }
    guard dense > 0, let numbers = batch.dense else { return }
    ck_gather_dense(
      Int64(call.rows), Int64(dense), numbers + skip * batch.denseCount, call.index,
      x.base + column, Int64(x.stride))
  }

  /// Nothing to do: whoever computed the gradient of x wrote it where the update reads it.
  public func backward(_ call: Call) {}
}

extension Graph {
  /// Records the input of a network; see ``Lookup``.
  public func lookup(
    _ tables: [Parameter], fields: [Int]? = nil, widths: [Int], dense: Int
  ) -> Variable {
    record(Lookup(tables: tables, fields: fields, widths: widths, dense: dense), [])
  }
}
