internal import CKernels
public import Tensors

/// The input of a network: one embedding row a categorical field, then the dense features.
///
///     x_i = [table_0[id_i0], …, table_F[id_iF], dense_i]        [B, F·D + n]
///
/// Of a field of lists the row is the mean or the sum of the table's rows of the list's ids, and 0 for
/// a list without any:
///
///     x_i = Σ_j table[l_ij] / n_i    or    Σ_j table[l_ij]
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
  /// By table, what its field's lists are like; nil for a field of single values.
  public let lists: [ListShape?]
  private let hasLists: Bool

  /// Looks fields up, each in its own table; by default all in turn, and none of lists.
  public init(
    tables: [Parameter], fields: [Int]? = nil, widths: [Int], dense: Int,
    lists: [ListShape?]? = nil
  ) {
    self.lists = lists ?? tables.map { _ in nil }
    hasLists = self.lists.contains { $0 != nil }
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
        let own = ids + skip * batch.fields + fields[place]
        if hasLists, let shape = lists[place], let rows = batch.lists(of: fields[place]) {
          ck_gather_lists(
            Int64(call.rows), Int64(widths[place]), call.value(place), own, Int64(batch.fields),
            call.index, rows.starts, rows.ids, shape.pooling == .mean, x.base + column,
            Int64(x.stride))
        } else {
          ck_gather(
            Int64(call.rows), Int64(widths[place]), call.value(place), own, Int64(batch.fields),
            call.index, x.base + column, Int64(x.stride))
        }
        column += widths[place]
      }
    }
    guard dense > 0, let numbers = batch.dense else { return }
    ck_gather_dense(
      Int64(call.rows), Int64(dense), numbers + skip * batch.denseCount, call.index,
      x.base + column, Int64(x.stride))
  }

  /// Divides the gradients of means by the lengths of their lists.
  ///
  /// Nothing is to be done for single values: whoever computed the gradient of x wrote it where the
  /// update reads it. That of a mean is divided by the list's length, so that the update adds it to each of
  /// the list's rows as it lies.
  public func backward(_ call: Call) {
    guard hasLists, let ids = call.batch.ids else { return }
    let (batch, dx) = (call.batch, call.outputGradient)
    let skip = batch.index == nil ? call.firstRow : 0
    var column = 0
    for place in 0..<widths.count {
      if lists[place]?.pooling == .mean, let rows = batch.lists(of: fields[place]) {
        ck_scale_lists(
          Int64(call.rows), Int64(widths[place]), ids + skip * batch.fields + fields[place],
          Int64(batch.fields), call.index, rows.starts, dx.base + column, Int64(dx.stride))
      }
      column += widths[place]
    }
  }
}

extension Graph {
  /// Records the input of a network; see ``Lookup``.
  public func lookup(
    _ tables: [Parameter], fields: [Int]? = nil, widths: [Int], dense: Int,
    lists: [ListShape?]? = nil
  ) -> Variable {
    record(
      Lookup(tables: tables, fields: fields, widths: widths, dense: dense, lists: lists), [])
  }
}
