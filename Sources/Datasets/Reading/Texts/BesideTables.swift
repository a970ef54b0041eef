/// Tables that lie beside the log and join no column to it: opinions, and words that are concepts.
struct BesideTables {
  private(set) var opinions: ParsedTable?
  private(set) var concepts: ParsedTable?

  /// Reads what a schema names.
  init(
    _ schema: DatasetSchema, _ files: SchemaPaths, _ reading: inout TableReading
  ) throws(ReaderError) {
    if let rule = schema.opinions, let user = schema.userColumn, let item = schema.itemColumn {
      let used = UsedColumns(rule, user: user, item: item)
      let wanted = WantedTable(rule.format, used)
      do throws(ReaderError) {
        opinions = try reading.read(files.opinions, wanted)
      } catch .notANumber(let path, let line, let column, let found, _) {
        // Its only numbers are sentiments: advice for inputs cannot be followed here.
        throw .text(.opinion(path: path, line: line, column: column, found: found))
      }
    }
    if case .file(_, let column) = schema.concepts {
      concepts = try reading.read(
        files.concepts, WantedTable(TableFormat(), UsedColumns(words: column)))
    }
  }
}

extension ParsedTable {
  /// Each text of a column once, in the order in which they come.
  func texts(of column: Int) -> [String] {
    var all = ByteInterner()
    for chunk in chunks {
      let texts = chunk.interners[column]
      for text in 0..<texts.count { _ = texts.withBytes(text) { all.id(of: $0) } }
    }
    return (0..<all.count).map { all.name($0) }
  }
}

extension TextVocabulary {
  /// The ids of names that are one word which is known.
  ///
  /// - Returns: the ids, and how many names are left.
  func concepts(_ names: [String], _ tokenizer: Tokenizer) -> (ids: [Int32], left: Int) {
    let ids = names.compactMap { name -> Int32? in
      let tokens = tokenizer.tokens(of: name)
      guard tokens.count == 1, let word = tokens.first else { return nil }
      let id = id(of: word)
      return id == Self.unknown ? nil : id
    }
    return (ids, names.count - ids.count)
  }
}
