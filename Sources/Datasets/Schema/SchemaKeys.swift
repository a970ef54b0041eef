/// A key of a schema file: where it stands, what it is without being named, what it means.
///
/// ``SchemaKey/all`` is the one table of them. The parser knows no other keys, and the README prints
/// the table; a key that is added here is known in both.
public struct SchemaKey: Sendable, Hashable {
  /// A mapping of the schema, by the keys that lead to it.
  public enum Section: String, Sendable, CaseIterable {
    case schema = "(top)"
    case files
    case column = "columns.NAME"
    case join = "join[]"
    case joinKey = "join[].key"
    case task = "tasks.NAME"
    case space = "tasks.NAME.space"
    case split
    case ratio = "split.ratio"
    case time = "split.time"
    case lastByUser = "split.lastByUser"
    case ratioByUser = "split.ratioByUser"
    case interactions
    case sampled = "tasks.NAME.sampled"
    case reviews, opinions, concepts
  }

  /// What `type` says of a column.
  public enum ColumnType: String, Sendable, CaseIterable {
    case categorical, numeric, text, ignore
  }

  /// The mapping that the key stands in.
  public let section: Section
  /// The key.
  public let name: String
  /// What counts where the key is absent, in words; `required` where it may not be absent.
  public let usual: String
  /// What it means, in Markdown.
  public let meaning: String
  /// For which types of a column the key may stand; all where it is about something else.
  public let types: [ColumnType]

  init(
    _ section: Section, _ name: String, _ usual: String, _ meaning: String,
    for types: [ColumnType] = ColumnType.allCases
  ) {
    self.section = section
    self.name = name
    self.usual = usual
    self.meaning = meaning
    self.types = types
  }

  /// The keys of a section, in the order of the table; those of one type of column, or all.
  public static func names(in section: Section, for type: ColumnType? = nil) -> [String] {
    all.filter { $0.section == section && (type.map($0.types.contains) ?? true) }.map(\.name)
  }

  /// The table as the README prints it.
  public static var markdown: String {
    let rows = all.map { key in
      let name = key.section == .schema ? key.name : "\(key.section.rawValue).\(key.name)"
      return "| `\(name)` | \(key.usual) | \(key.meaning) |"
    }
    return (["| key | default | meaning |", "| --- | --- | --- |"] + rows).joined(separator: "\n")
  }
}

extension SchemaNode {
  /// The values of a section of the schema, which has no other keys than ``SchemaKey/all`` says.
  func fields(
    of section: SchemaKey.Section, for type: SchemaKey.ColumnType? = nil
  ) throws(SchemaError) -> SchemaFields {
    try fields(SchemaKey.names(in: section, for: type))
  }
}
