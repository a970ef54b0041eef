extension DatasetSchema {
  /// The column that says something in words.
  public struct Text: Sendable, Hashable, Codable {
    /// Its name in the data set.
    public var name: String
    /// Its name in the header or in ``TableFormat/columnNames``.
    public var source: String
    /// How texts are cut into tokens.
    public var tokenizer: Tokenizer
    /// Tokens of a text at most, the first ones.
    public var maximumTokens: Int
    /// Words that training texts have less often are not known.
    public var minimumCount: Int
    /// Words that are known at most, the most frequent ones; nil: all of them.
    public var vocabulary: Int?
    /// The texts that mean a missing value in this column; nil: those of its file's format.
    public var missing: [String]?
    /// Texts of its user that a row is given at most.
    public var perUser = 0
    /// Texts of its item that a row is given at most.
    public var perItem = 0

    /// Tokens of a text, where a schema does not say how many.
    public static let usualTokens = 60

    /// Names a column.
    public init(
      _ name: String, from source: String? = nil, tokenizer: Tokenizer = Tokenizer(),
      maximumTokens: Int = Self.usualTokens, minimumCount: Int = 2, vocabulary: Int? = nil
    ) {
      self.name = name
      self.source = source ?? name
      self.tokenizer = tokenizer
      self.maximumTokens = maximumTokens
      self.minimumCount = minimumCount
      self.vocabulary = vocabulary
    }

    /// How many texts a row is given.
    public var shape: ReviewShape {
      ReviewShape(perUser: perUser, perItem: perItem, tokens: maximumTokens)
    }
  }

  /// A table of who said what of a feature of an item.
  public struct Opinions: Sendable, Hashable, Codable {
    /// The table's files; their paths start where the log's do.
    public var files: FileList
    /// How the file is written.
    public var format: TableFormat
    /// The table's column of users, as the log writes them.
    public var user = "user"
    /// The table's column of items, as the log writes them.
    public var item = "item"
    /// The table's column of features.
    public var feature = "feature"
    /// The table's column of opinion words.
    public var opinion = "opinion"
    /// The table's column of sentiments, 1 or −1.
    public var sentiment = "sentiment"

    /// Names a table.
    public init(_ files: FileList, format: TableFormat = TableFormat()) {
      self.files = files
      self.format = format
    }
  }

  /// Which words of the vocabulary name what texts are about.
  public enum Concepts: Sendable, Hashable, Codable {
    /// The features of ``DatasetSchema/opinions``.
    case opinions
    /// The texts of a table's column.
    case file(FileList, column: String)
  }
}

// MARK: - Reading

extension DatasetSchema.Text {
  /// The text column among some columns; nil if there is none.
  static func column(in section: SchemaNode, _ format: TableFormat) throws(SchemaError) -> Self? {
    var found: (text: Self, key: SchemaNode)?
    for (name, value) in try section.entries("a mapping of column names")
    where value.node.mapping?["type"]?.scalar?.string == "text" {
      if let first = found {
        throw .conflict(
          path: value.path, line: name.line, key: value.key, with: "columns.\(first.text.name)",
          fix: "keep one column of type text, and give the others the type ignore")
      }
      found = (try Self(name, value, format), name)
    }
    return found?.text
  }

  private init(
    _ key: SchemaNode, _ section: SchemaNode, _ format: TableFormat
  ) throws(SchemaError) {
    let name = try key.name()
    let fields = try section.fields(of: .column, for: .text)
    guard !name.contains("*") else { throw key.wrong("the name of one column of type text") }
    let from = fields["from"]
    let form = try fields["tokenizer"].map { node throws(SchemaError) in
      guard let form = Tokenizer.Form(rawValue: try node.text()) else {
        throw node.wrong("words or characters")
      }
      return form
    }
    let whole = "a whole number from 1"
    self.init(
      name, from: try from?.name(),
      tokenizer: Tokenizer(form ?? .words, lowercases: try fields["lowercase"]?.flag() ?? true),
      maximumTokens: try fields["maximumTokens"]?.whole(1...4096, "a whole number from 1 to 4096")
        ?? Self.usualTokens,
      minimumCount: try fields["minimumCount"]?.whole(1...Int(Int32.max), whole) ?? 2,
      vocabulary: try fields["vocabulary"]?.whole(1...Int(Int32.max) - 4, whole))
    try format.check(from ?? key, source)
    missing = try fields["missing"]?.missingTexts()
  }

  /// Reads how many texts rows are given.
  mutating func gather(_ section: SchemaNode) throws(SchemaError) {
    let fields = try section.fields(of: .reviews)
    let of = try fields.required("of")
    guard try of.name("the name of the column of type text") == name else {
      throw of.wrong("'\(name)', the column of type text")
    }
    perUser = try fields["perUser"]?.whole(0...1000, "a whole number from 0 to 1000") ?? 0
    perItem = try fields["perItem"]?.whole(0...1000, "a whole number from 0 to 1000") ?? 0
    guard perUser + perItem > 0 else {
      throw section.wrong("a mapping with perUser or perItem above 0")
    }
  }
}

extension DatasetSchema.Opinions {
  init(_ section: SchemaNode) throws(SchemaError) {
    let fields = try section.fields(of: .opinions)
    self.init(try fields.required("file").fileList(), format: try TableFormat(fields))
    if let node = fields["user"] { user = try node.name() }
    if let node = fields["item"] { item = try node.name() }
    if let node = fields["feature"] { feature = try node.name() }
    if let node = fields["opinion"] { opinion = try node.name() }
    if let node = fields["sentiment"] { sentiment = try node.name() }
    if let twice = firstRepeated([user, item, feature, opinion, sentiment]) {
      throw .duplicate(path: section.path, line: section.line, name: twice)
    }
  }
}

extension DatasetSchema.Concepts {
  init(_ section: SchemaNode) throws(SchemaError) {
    let fields = try section.fields(of: .concepts)
    try fields.checkOnlyOne(of: ["from", "file"], fix: "keep one of from and file")
    try fields.checkOnlyOne(of: ["from", "column"], fix: "name a column of `file` only")
    if let file = fields["file"] {
      self = .file(try file.fileList(), column: try fields.required("column").name())
      return
    }
    let from = try fields.required("from")
    guard try from.text() == "opinions" else { throw from.wrong("opinions") }
    self = .opinions
  }
}

extension SchemaNode {
  /// Whether this is a column of type text.
  var isText: Bool { node.mapping?["type"]?.scalar?.string == "text" }
}

extension DatasetSchema {
  /// Reads the column of texts, and what is made of it.
  mutating func readTexts(_ fields: SchemaFields) throws(SchemaError) {
    text = try Text.column(in: fields.required("columns"), format)
    if let reviews = fields["reviews"] {
      try needText(reviews)
      try text?.gather(reviews)
      try needInteractions(reviews)
    }
    if let section = fields["opinions"] {
      opinions = try Opinions(section)
      try needInteractions(section)
    }
    if let section = fields["concepts"] {
      concepts = try Concepts(section)
      try needText(section)
      guard concepts != .opinions || opinions != nil else {
        throw .missingKey(
          path: section.path, line: section.line, key: "opinions", place: "")
      }
    }
    try checkTextTasks(fields.required("tasks"))
  }

  private func needText(_ section: SchemaNode) throws(SchemaError) {
    guard text == nil else { return }
    throw .noText(path: section.path, line: section.line, need: section.key)
  }

  private func needInteractions(_ section: SchemaNode) throws(SchemaError) {
    guard interactions == nil else { return }
    throw .missingKey(
      path: section.path, line: section.line, key: "interactions", place: "")
  }

  /// A task of texts needs them, and names no other column; one of tuples needs opinions.
  private func checkTextTasks(_ section: SchemaNode) throws(SchemaError) {
    for (name, value) in try section.entries("a mapping of task names") {
      guard let task = tasks.first(where: { $0.name == name.node.scalar?.string }) else { continue }
      switch task.kind {
      case .text:
        try needText(SchemaNode(node: name.node, path: name.path, key: value.key))
        guard let column = try value.fields(of: .task)["column"], let text else { continue }
        guard try column.name() == text.name else {
          throw column.wrong("'\(text.name)', the column of type text")
        }
      case .tuples where opinions == nil:
        throw .missingKey(path: name.path, line: name.line, key: "opinions", place: "")
      default: continue
      }
    }
  }
}
