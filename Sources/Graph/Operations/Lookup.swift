internal import CKernels
public import Tensors

/// The input of a network: one embedding row a column of ids, then the dense features.
///
///     x_i = [table_0[id_i0], …, table_F[id_iF], dense_i]        [B, F·D + n]
///
/// Of a field of lists the row is the mean or the sum of the table's rows of the list's ids, and 0 for
/// a list without any:
///
///     x_i = Σ_j table[l_ij] / n_i    or    Σ_j table[l_ij]
///
/// A table may be read by several columns, of one lookup or of several; its gradient is the sum of
/// theirs. Ids of a ``IdColumn/drawn(_:)`` column are single values, and so are those of packed entries,
/// which have rows of numbers of their own.
///
/// The gradient of x is kept for the whole batch; the update sums it by id, so that a step touches
/// the rows of its batch and no others.
public struct Lookup: Operation {
  /// The tables, one a column, each [V, D].
  public let tables: [Parameter]
  /// Where the ids of each table stand.
  public let columns: [IdColumn]
  /// D of each table.
  public let widths: [Int]
  /// n, the number of dense features that follow.
  public let dense: Int
  /// By table, what its field's lists are like; nil for a field of single values.
  public let lists: [ListShape?]
  private let hasLists: Bool
  private let readers: [IdReader]

  /// Looks fields up, each in its own table; by default all in turn, and none of lists.
  public init(
    tables: [Parameter], fields: [Int]? = nil, widths: [Int], dense: Int,
    lists: [ListShape?]? = nil
  ) {
    self.init(
      tables: tables, columns: (fields ?? Array(tables.indices)).map { .field($0) },
      widths: widths, dense: dense, lists: lists)
  }

  /// Looks ids up, those of each column in its own table; only a field may have lists.
  public init(
    tables: [Parameter], columns: [IdColumn], widths: [Int], dense: Int,
    lists: [ListShape?]? = nil
  ) {
    self.lists = lists ?? tables.map { _ in nil }
    hasLists = self.lists.contains { $0 != nil }
    precondition(
      zip(columns, self.lists).allSatisfy { $0.field != nil || $1 == nil },
      "lookup: lists of a column that is no field")
    self.tables = tables
    self.columns = columns
    readers = columns.map { IdReader($0) }
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
  /// The columns of ids, and n dense features.
  public var needs: BatchNeeds { BatchNeeds(columns: columns, dense: dense) }
  /// The rows of the batch, or packed entries if all ids stand beside them; stops the program if some do.
  public func extent(of inputs: [Extent]) -> Extent {
    let extent = Extent.common(columns.map(\.extent), for: name)
    precondition(extent == .rows || dense == 0, "\(name): dense features of \(extent)")
    return extent
  }
  /// Σ D + n.
  public func width(of inputs: [Int]) -> Int { widths.reduce(0, +) + dense }

  /// Copies the rows of the tables and the dense features side by side.
  public func forward(_ call: Call) {
    let x = call.output
    let batch = call.batch
    var column = 0
    for place in 0..<widths.count {
      defer { column += widths[place] }
      guard let ids = readers[place].ids(of: batch, from: call.firstRow) else { continue }
      gather(place, ids, into: x.base + column, call)
    }
    guard dense > 0, let numbers = batch.dense else { return }
    // Without an index the block's rows start at its first row.
    let skip = batch.index == nil ? call.firstRow : 0
    ck_gather_dense(
      Int64(call.rows), Int64(dense), numbers + skip * batch.denseCount, call.index,
      x.base + column, Int64(x.stride))
  }

  /// Copies the rows of one table, or sums up those of lists.
  private func gather(
    _ place: Int, _ ids: IdRows, into target: UnsafeMutablePointer<Float>, _ call: Call
  ) {
    let (rows, width, stride) = (
      Int64(call.rows), Int64(widths[place]), Int64(call.output.stride)
    )
    let (table, slots) = (call.value(place), call.slots(place))
    guard hasLists, let shape = lists[place], let own = call.batch.lists(of: columns[place]) else {
      guard let slots else {
        return ck_gather(
          rows, width, table, ids.base, Int64(ids.stride), ids.index, target, stride)
      }
      return ck_gather_slots(
        rows, width, table, slots, ids.base, Int64(ids.stride), ids.index, target, stride)
    }
    let isMean = shape.pooling == .mean
    guard let slots else {
      return ck_gather_lists(
        rows, width, table, ids.base, Int64(ids.stride), ids.index, own.starts, own.ids, isMean,
        target, stride)
    }
    ck_gather_slot_lists(
      rows, width, table, slots, ids.base, Int64(ids.stride), ids.index, own.starts, own.ids,
      isMean, target, stride)
  }

  /// Sees to it that tables that grow have rows for all ids of a batch.
  func admit(_ batch: Batch, to store: ParameterStore) {
    for (index, table) in tables.enumerated() {
      store.growing[table.index]?.admit(readers[index], of: batch)
    }
  }

  /// Divides the gradients of means by the lengths of their lists.
  ///
  /// Nothing is to be done for single values: whoever computed the gradient of x wrote it where the
  /// update reads it. That of a mean is divided by the list's length, so that the update adds it to each of
  /// the list's rows as it lies.
  public func backward(_ call: Call) {
    guard hasLists else { return }
    let (batch, dx) = (call.batch, call.outputGradient)
    var column = 0
    for place in 0..<widths.count {
      if lists[place]?.pooling == .mean, let rows = batch.lists(of: columns[place]),
        let ids = readers[place].ids(of: batch, from: call.firstRow)
      {
        ck_scale_lists(
          Int64(call.rows), Int64(widths[place]), ids.base, Int64(ids.stride), ids.index,
          rows.starts, dx.base + column, Int64(dx.stride))
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

  /// Records rows of tables by columns of ids; see ``Lookup``.
  public func lookup(
    _ tables: [Parameter], columns: [IdColumn], widths: [Int], dense: Int = 0
  ) -> Variable {
    record(Lookup(tables: tables, columns: columns, widths: widths, dense: dense), [])
  }
}

extension GrowingTable {
  /// Sees to it that all ids that a batch has in a column have rows.
  fileprivate func admit(_ reader: IdReader, of batch: Batch) {
    guard let own = reader.ids(of: batch) else { return }
    let lists = batch.lists(of: reader.column)
    for row in 0..<batch.places(of: reader.column).count {
      let at = own.index.map { Int($0[row]) } ?? row
      let id = Int(own.base[at * own.stride])
      if let lists {
        for id in lists[id] { admit(Int(id)) }
      } else {
        admit(id)
      }
    }
  }
}
