public import Tensors

/// How the texts of a categorical column become ids, besides their count.
public struct CategoryRule: Sendable, Hashable, Codable {
  /// How a text holds several values.
  public struct List: Sendable, Hashable, Codable {
    /// What stands between values; empty where they are tokens.
    public var separator: String
    /// What cuts a text into its tokens, which are the values; nil: values stand between separators.
    public var tokenizer: Tokenizer?
    /// How the rows of the values become one.
    public var pooling: Pooling
    /// How many values of a text count, the first ones; nil: all.
    public var maximumCount: Int?

    /// Says how a text holds several values.
    public init(separator: String, pooling: Pooling = .mean, maximumCount: Int? = nil) {
      self.separator = separator
      self.pooling = pooling
      self.maximumCount = maximumCount
    }

    /// The tokens of a text are the values.
    public init(tokens tokenizer: Tokenizer, pooling: Pooling = .mean, maximumCount: Int? = nil) {
      self.init(separator: "", pooling: pooling, maximumCount: maximumCount)
      self.tokenizer = tokenizer
    }
  }

  /// How a text holds several values; nil: it is one.
  public var list: List?
  /// Into how many rows texts are hashed, without a vocabulary; nil: the vocabulary numbers them.
  public var hashRows: Int?
  /// Into how many intervals of equally many training rows a number falls; nil: texts are categories.
  public var buckets: Int?

  /// A text is one value, numbered by the vocabulary.
  public init() {}
}

extension CategoryRule {
  /// Reads what a column says; refuses what does not go together.
  init(_ fields: SchemaFields) throws(SchemaError) {
    self.init()
    try fields.checkOnlyOne(
      of: ["buckets", "separator"], fix: "keep one of buckets and separator")
    try fields.checkOnlyOne(of: ["tokens", "separator"], fix: "keep one of tokens and separator")
    for key in ["divide", "bins", "buckets"] {
      for other in ["separator", "tokens", "hash"] {
        try fields.checkOnlyOne(of: [key, other], fix: "keep one of \(key) and \(other)")
      }
    }
    try fields.checkOnlyOne(
      of: ["hash", "minimumCount"], fix: "leave minimumCount out: nothing is counted where hash is")
    try fields.checkOnlyOne(
      of: ["buckets", "minimumCount"], fix: "leave minimumCount out: buckets are filled alike")
    hashRows = try fields["hash"]?.whole(1...1 << 30, "a whole number of rows from 1 to 1073741824")
    buckets = try fields["buckets"]?.whole(2...65_536, "a whole number of buckets from 2 to 65536")
    list = try List(fields)
  }
}

extension CategoryRule.List {
  /// What `separator` or `tokens` and their companions say; nil without them.
  fileprivate init?(_ fields: SchemaFields) throws(SchemaError) {
    let pooling = try fields["pooling"].map { node throws(SchemaError) in
      guard let pooling = Pooling(rawValue: try node.text()) else {
        throw node.wrong("mean or sum")
      }
      return pooling
    }
    let most = try fields["maximumCount"]?.whole(1...1 << 20, "a whole number from 1")
    if let tokens = fields["tokens"] {
      guard let form = Tokenizer.Form(rawValue: try tokens.text()) else {
        throw tokens.wrong("words or characters")
      }
      self.init(tokens: Tokenizer(form), pooling: pooling ?? .mean, maximumCount: most)
      return
    }
    guard let separator = fields["separator"] else {
      guard let key = ["pooling", "maximumCount"].first(where: { fields[$0] != nil }),
        let node = fields[key]
      else { return nil }
      throw .missingKey(
        path: node.path, line: node.line, key: "separator", place: fields.section.key)
    }
    let text = try separator.text()
    guard !text.isEmpty, !text.contains(where: { $0.isNewline || $0 == "\"" }) else {
      throw separator.wrong("a text such as '|', without quotes and line breaks")
    }
    self.init(separator: text, pooling: pooling ?? .mean, maximumCount: most)
  }
}
