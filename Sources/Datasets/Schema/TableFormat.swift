/// How a table file is written.
public struct TableFormat: Sendable, Hashable, Codable {
  /// What a line of a file is.
  public enum Lines: String, Sendable, Hashable, Codable, CaseIterable {
    /// The fields of a row, or a part of them where a quoted field goes on.
    case fields
    /// A JSON object, whose keys are the names of columns.
    case json
  }

  /// What a line is; nil: an object in files that are called `.jsonl`, `.ndjson` or `.json`, plain or
  /// packed, unless a delimiter is given or there is no header (names of columns are given), else
  /// fields.
  public var lines: Lines?
  /// The bytes between fields; nil: a tab in files that are called `.tsv` or `.tab`, plain or
  /// packed, else a comma.
  public var delimiter: String?
  /// Whether fields may be quoted as in RFC 4180: `"a ""b"", c"`, line breaks included.
  public var isQuoted = true
  /// Whether blanks around a field are dropped.
  public var trimsBlanks = false
  /// Whether the first row names the columns.
  public var hasHeader = true
  /// The columns' names where there is no header.
  public var columnNames: [String] = []
  /// The texts of a missing value, at least one; in a numeric column it counts as the mean, in a
  /// categorical one all of them are the category of the first.
  public var missing = [""]

  /// As RFC 4180 says, with a header.
  public init() {}

  /// The bytes between the fields of a file.
  func delimiter(of path: String) -> String {
    if let delimiter { return delimiter }
    return Self.has(path, [".tsv", ".tab"]) ? "\t" : ","
  }

  /// Whether the lines of a file are JSON objects.
  func isJSON(_ path: String) -> Bool {
    switch lines {
    case .json: true
    case .fields: false
    case nil: delimiter == nil && hasHeader && Self.isJSONName(path)
    }
  }

  /// Whether a file is called as JSON lines are.
  static func isJSONName(_ path: String) -> Bool { has(path, [".jsonl", ".ndjson", ".json"]) }

  /// Whether a file, plain or packed, has one of some endings.
  private static func has(_ path: String, _ endings: [String]) -> Bool {
    let name = path.lowercased()
    let plain = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return endings.contains { plain.hasSuffix($0) }
  }
}

/// Which texts mean a missing value, by the columns of one file.
struct MissingTexts {
  private let usual: [String]
  private let own: [String: [String]]

  init(
    _ format: TableFormat, _ columns: [DatasetSchema.Column], _ text: DatasetSchema.Text? = nil
  ) {
    usual = format.missing
    let words = text?.missing.map { [(text?.source ?? "", $0)] } ?? []
    own = Dictionary(
      columns.compactMap { column in column.missing.map { (column.source, $0) } } + words,
      uniquingKeysWith: { first, _ in first })
  }

  /// The texts that mean a missing value in a column, by its name in the file.
  subscript(column: String) -> [String] { own[column] ?? usual }

  /// The text that all missing values of a column are read as.
  func canonical(_ column: String) -> String { self[column].first ?? "" }
}

extension DatasetSchema {
  /// Which texts of the log mean a missing value.
  var missing: MissingTexts { MissingTexts(format, columns, text) }
}

extension DatasetSchema.Join {
  /// Which texts of the table mean a missing value.
  var missing: MissingTexts { MissingTexts(format, columns) }
}
