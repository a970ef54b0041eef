/// The rows of a log that name no user, and those that name no item.
struct NamelessRows {
  private var users = Rows()
  private var items = Rows()

  private struct Rows {
    /// How many there are, of all splits.
    var count = 0
    /// The id that they have; nil where they have none of their own.
    var id: Int32?
  }

  /// Looks for missing texts in the columns of users and items; there are none where the schema names
  /// no such columns.
  init(_ log: LogRows, _ schema: DatasetSchema, _ fields: FieldColumns) {
    users = Self.rows(log, schema, fields, schema.interactions?.user, schema.userColumn)
    items = Self.rows(log, schema, fields, schema.interactions?.item, schema.itemColumn)
  }

  private static func rows(
    _ log: LogRows, _ schema: DatasetSchema, _ fields: FieldColumns, _ name: String?,
    _ column: UsedColumns.TextColumn?
  ) -> Rows {
    var rows = Rows()
    let field = fields.fields.first { $0.field.name == name }
    guard let column, case .log(let index, let ids) = field?.ids else { return rows }
    let missing = schema.missing.canonical(column.name)
    for part in log.parts.indices {
      for (chunk, own) in zip(log.parts[part].chunks, ids[part]) {
        let texts = chunk.interners[index]
        let text = (0..<texts.count).first { text in
          texts.withBytes(text) { $0.elementsEqual(missing.utf8) }
        }
        guard let text else { continue }
        rows.count += chunk.texts[index].count { Int($0) == text }
        if own[text] != 0 { rows.id = own[text] }
      }
    }
    return rows
  }

  /// Says which ids are those of no user and of no item.
  func mark(_ fields: inout InteractionFields) {
    (fields.missingUser, fields.missingItem) = (users.id, items.id)
  }

  /// What a person should know, a sentence each.
  var notices: [String] {
    [("user", users), ("item", items)].filter { $0.1.count > 0 }.map { party, rows in
      let (name, them) = rows.count == 1 ? ("row names", "it") : ("rows name", "them")
      return "\(rows.count) \(name) no \(party): no ranking and no gathering of texts takes "
        + "\(them) for one"
    }
  }
}
