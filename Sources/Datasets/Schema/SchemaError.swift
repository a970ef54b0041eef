/// Why a schema cannot be used.
///
/// Cases carry the facts; ``description`` words them.
public enum SchemaError: Error, Equatable, Sendable {
  case missingFile(path: String)
  case unreadable(path: String, reason: String)
  case empty(path: String)
  case notUTF8(path: String, line: Int)
  case folder(path: String, schemas: [String])
  case notASchema(path: String, kind: FileKind)
  case table(path: String, fields: Int, delimiter: String)
  case noSchemaKey(path: String, keys: Int)
  case limit(path: String, line: Int, Limit)
  case syntax(path: String, line: Int, problem: String)
  case duplicate(path: String, line: Int, name: String)
  case unknownKey(path: String, line: Int, key: String, place: String, known: [String])
  case missingKey(path: String, line: Int, key: String, place: String)
  case wrongValue(path: String, line: Int, key: String, expected: String, found: String)
  case delimiter(path: String, line: Int, found: String)
  case conflict(path: String, line: Int, key: String, with: String, fix: String)
  case noTasks(path: String, line: Int)
  case noInputs(path: String, line: Int)
  /// Something needs a column of type text.
  case noText(path: String, line: Int, need: String)
  case unknownColumn(path: String, line: Int, column: String, known: [String])
  case ambiguousColumn(path: String, line: Int, column: String, file: String)
  case labelIsInput(path: String, line: Int, column: String, task: String)

  /// What a schema has too much of.
  public enum Limit: Equatable, Sendable {
    case bytes(found: Int)
    case depth
    case expansion
  }
}
