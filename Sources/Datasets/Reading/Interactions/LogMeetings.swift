import Tensors

/// Which user met which item in rows of which split, by the texts that the log has for them.
///
/// Users that are too rare for an id of their own are kept apart here.
struct LogMeetings {
  private var users = Names()
  private var items = Names()
  /// By user and item, the last split that they meet in, by its number.
  private var splits: [UInt64: UInt8] = [:]

  /// Users or items: texts, and the id of each in the rows.
  private struct Names {
    var texts = ByteInterner()
    var ids: [Int32] = []

    /// The numbers of a chunk's texts; −1 of the missing one.
    mutating func numbers(
      _ own: ByteInterner, _ ids: [Int32], missing: String
    ) -> [Int] {
      (0..<own.count).map { text in
        own.withBytes(text) { bytes in
          guard !bytes.elementsEqual(missing.utf8) else { return -1 }
          let number = Int(texts.id(of: bytes))
          if number == self.ids.count { self.ids.append(ids[text]) }
          return number
        }
      }
    }
  }

  /// Looks at every row of the log; nil where its schema names no users and items.
  init?(
    _ log: LogRows, _ schema: DatasetSchema, _ fields: [FieldColumns.Field],
    _ own: InteractionFields?
  ) {
    guard let own, let user = schema.userColumn, let item = schema.itemColumn,
      case .log(let userColumn, let userIds) = fields[own.user].ids,
      case .log(let itemColumn, let itemIds) = fields[own.item].ids
    else { return nil }
    let missing = (schema.missing.canonical(user.name), schema.missing.canonical(item.name))
    for part in log.parts.indices {
      for (index, chunk) in log.parts[part].chunks.enumerated() {
        let own = (
          users.numbers(
            chunk.interners[userColumn], userIds[part][index], missing: missing.0),
          items.numbers(
            chunk.interners[itemColumn], itemIds[part][index], missing: missing.1)
        )
        for row in 0..<chunk.rows {
          let user = own.0[Int(chunk.texts[userColumn][row])]
          let item = own.1[Int(chunk.texts[itemColumn][row])]
          guard user >= 0, item >= 0 else { continue }
          let pair = Self.pair(user, item)
          splits[pair] = max(splits[pair] ?? 0, log.plan.splits[part][index][row])
        }
      }
    }
  }

  private static func pair(_ user: Int, _ item: Int) -> UInt64 {
    UInt64(user) << 32 | UInt64(item)
  }

  /// The numbers of a chunk's users; nil of those that no row has.
  func users(of texts: ByteInterner) -> [Int?] { Self.numbers(of: texts, users) }

  /// The numbers of a chunk's items; nil of those that no row has.
  func items(of texts: ByteInterner) -> [Int?] { Self.numbers(of: texts, items) }

  private static func numbers(of texts: ByteInterner, _ names: Names) -> [Int?] {
    (0..<texts.count).map { text in
      texts.withBytes(text) { names.texts.find($0) }.map { Int($0) }
    }
  }

  /// The last of training, validation and test in which a user and an item meet; nil if they do not.
  func split(_ user: Int?, _ item: Int?) -> RowSplit? {
    guard let user, let item, let last = splits[Self.pair(user, item)] else { return nil }
    return RowSplit.allCases.first { $0.number == last }
  }

  /// The ids of a user and an item; nil where one has none of its own.
  func ids(_ user: Int, _ item: Int) -> (user: Int32, item: Int32)? {
    let ids = (users.ids[user], items.ids[item])
    return ids.0 == 0 || ids.1 == 0 ? nil : ids
  }
}

extension DatasetSchema {
  /// The column of the items as it is read; nil where no interactions are named.
  var itemColumn: UsedColumns.TextColumn? {
    guard let item = interactions?.item else { return nil }
    let column = columns.first { $0.name == item }
    return UsedColumns.TextColumn(name: column?.source ?? item, grouping: column?.grouping)
  }
}
