import Tensors

/// Which split every row belongs to, and its index there.
struct SplitPlan {
  /// 0 training, 1 validation, 2 test; by part and chunk and row.
  private(set) var splits: [[[UInt8]]] = []
  /// How many rows of each split lie before a chunk, by part and chunk.
  private(set) var starts: [[[Int]]] = []
  /// Rows of each split.
  private(set) var counts = [0, 0, 0]
  /// The unit of the times that it goes by.
  let timeUnit: TimeUnit?
  /// What a person should know of it, a sentence each.
  let notices: [String]

  /// Gives every row its split.
  ///
  /// - Throws: ``ReaderError/notRead(path:what:purpose:)`` where the rows do not have what it goes by.
  init(
    _ split: DatasetSchema.Split, parts: [TablePart], columns: UsedColumns, times: TimeBounds?,
    byUser: UserSplit? = nil
  ) throws(ReaderError) {
    timeUnit = times?.unit
    notices = byUser?.notices ?? []
    for part in parts {
      var row = 0
      splits.append([])
      starts.append([])
      for chunk in part.chunks {
        let own = try Self.splits(
          split, part.role, chunk, columns, times, byUser, firstRow: row)
        row += chunk.rows
        starts[starts.count - 1].append(counts)
        for one in own { counts[Int(one)] += 1 }
        splits[splits.count - 1].append(own)
      }
    }
  }

  /// Which split each row of a chunk belongs to; `firstRow` rows of the part lie before it.
  ///
  /// - Throws: ``ReaderError/notRead(path:what:purpose:)``.
  static func splits(
    _ split: DatasetSchema.Split, _ role: FileRole, _ chunk: ParsedChunk,
    _ columns: UsedColumns, _ times: TimeBounds?, _ byUser: UserSplit?, firstRow: Int
  ) throws(ReaderError) -> [UInt8] {
    switch role {
    case .training: return [UInt8](repeating: 0, count: chunk.rows)
    case .validation: return [UInt8](repeating: 1, count: chunk.rows)
    case .test where split != .rowParity: return [UInt8](repeating: 2, count: chunk.rows)
    default: break
    }
    switch split {
    case .files: return [UInt8](repeating: 0, count: chunk.rows)
    case .rowParity: return (0..<chunk.rows).map { (firstRow + $0) % 2 == 0 ? 1 : 2 }
    case .ratio(let validation, let test, let seed):
      let random = RandomSource(seed: seed, .split)
      return (0..<chunk.rows).map { row in
        let u = random.uniform(UInt64(firstRow + row))
        return u < test ? 2 : (u < test + validation ? 1 : 0)
      }
    case .column(let name, let validation, let test):
      return try byText(chunk, columns, column: name, [validation, test])
    case .lastByUser, .ratioByUser:
      guard let byUser, firstRow + chunk.rows <= byUser.splits.count else {
        throw .notRead(path: chunk.path, what: "the rows of all users", purpose: "the split")
      }
      return Array(byUser.splits[firstRow..<(firstRow + chunk.rows)])
    case .time:
      guard let times else {
        guard chunk.rows > 0 else { return [] }
        throw .notRead(path: chunk.path, what: "a unit of the times", purpose: "the split")
      }
      return chunk.allTimes.map { $0 >= times.testFrom ? 2 : ($0 >= times.validationFrom ? 1 : 0) }
    }
  }

  /// By a column's text: the first of two validates, the other tests.
  private static func byText(
    _ chunk: ParsedChunk, _ columns: UsedColumns, column: String, _ texts: [String]
  ) throws(ReaderError) -> [UInt8] {
    guard let index = columns.index(ofText: column) else {
      throw .notRead(
        path: chunk.path, what: "the column '\(printable(column))'", purpose: "the split")
    }
    let dictionary = chunk.dictionary(of: index)
    let kinds = (0..<dictionary.count).map { id -> UInt8 in
      texts.firstIndex(of: dictionary.name(id)).map { UInt8($0 + 1) } ?? 0
    }
    return chunk.codes(of: index).map { kinds[Int($0)] }
  }
}
