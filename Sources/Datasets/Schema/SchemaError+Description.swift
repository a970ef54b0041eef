import Runs

extension SchemaError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String { wording(location, what, found: found, fix: fix) }

  private var location: String {
    switch self {
    case .missingFile(let path), .unreadable(let path, _), .empty(let path),
      .folder(let path, _), .notASchema(let path, _), .table(let path, _, _),
      .noSchemaKey(let path, _):
      printable(path)
    case .limit(let path, let line, _), .notUTF8(let path, let line),
      .syntax(let path, let line, _),
      .duplicate(let path, let line, _), .unknownKey(let path, let line, _, _, _),
      .missingKey(let path, let line, _, _), .wrongValue(let path, let line, _, _, _),
      .delimiter(let path, let line, _), .conflict(let path, let line, _, _, _),
      .noTasks(let path, let line), .noInputs(let path, let line), .noText(let path, let line, _),
      .unknownColumn(let path, let line, _, _), .labelIsInput(let path, let line, _, _),
      .ambiguousColumn(let path, let line, _, _):
      "\(printable(path)):\(line)"
    }
  }

  private var what: String {
    switch self {
    case .missingFile: "no such schema file"
    case .unreadable: "the schema cannot be read"
    case .empty: "the schema is empty"
    case .notUTF8: "the schema is not UTF-8 text"
    case .folder: "a folder, where a schema is needed"
    case .notASchema(_, let kind): "not a schema, but \(kind.name)"
    case .table: "a table, where a schema that names it is needed"
    case .noSchemaKey: "not a schema"
    case .limit(_, _, .bytes): "the schema is too large"
    case .limit(_, _, .depth): "brackets are nested too deep"
    case .limit(_, _, .expansion): "names for values (`&name`, `*name`) stand for too much"
    case .syntax: "not valid YAML"
    case .duplicate(_, _, let name): "'\(printable(name))' is named twice"
    case .unknownKey(_, _, let key, let place, _):
      "unknown key '\(printable(key))'\(Self.inside(place))"
    case .missingKey(_, _, let key, let place): "the key '\(key)' is missing\(Self.inside(place))"
    case .wrongValue(_, _, "", let expected, _): "the schema must be \(expected)"
    case .wrongValue(_, _, let key, let expected, _): "'\(printable(key))' must be \(expected)"
    case .delimiter: "'delimiter' must be one byte or a few signs, and no quote or line break"
    case .conflict(_, _, let key, let other, _):
      "'\(printable(key))' does not go together with '\(printable(other))'"
    case .noTasks: "the schema has no task"
    case .noInputs: "the schema has no input column"
    case .noText(_, _, let need): "'\(printable(need))' needs a column of type text"
    case .unknownColumn(_, _, let column, _): "no column '\(printable(column))'"
    case .ambiguousColumn(_, _, let column, _):
      "the name '\(printable(column))' is taken by another column"
    case .labelIsInput(_, _, let column, let task):
      "column '\(printable(column))' is an input although task '\(printable(task))' is computed "
        + "from it"
    }
  }

  private var found: String {
    switch self {
    case .missingFile: "nothing at this path"
    case .unreadable(_, let reason): printable(reason)
    case .empty: "no key"
    case .notUTF8: "a byte that is not UTF-8"
    case .folder(_, let schemas):
      schemas.isEmpty ? "no .yaml file in it" : "in it: \(listing(schemas))"
    case .notASchema: "the first bytes of such a file"
    case .table(_, let fields, let delimiter):
      "rows of \(fields) fields with \(delimiter == "\t" ? "tabs" : "'\(delimiter)'") between them"
    case .noSchemaKey(_, let keys):
      keys == 0 ? "a text" : "\(keys) key\(keys == 1 ? "" : "s"), none of them a schema's"
    case .limit(_, _, .bytes(let found)):
      "\(bytesText(found)) or more, at most \(bytesText(SchemaLimits.bytes))"
    case .limit(_, _, .depth): "more than \(SchemaLimits.depth) open brackets"
    case .limit(_, _, .expansion):
      "more than \(bytesText(SchemaLimits.expansion)) once each name is replaced by its value"
    case .syntax(_, _, let problem): printable(problem)
    case .duplicate: "the same name again"
    case .unknownKey(_, _, let key, _, _): excerpt(key)
    case .missingKey: "no such key"
    case .wrongValue(_, _, _, _, let found): found
    case .delimiter(_, _, let found): excerpt(found)
    case .conflict: "both"
    case .noTasks: "no name under 'tasks'"
    case .noInputs: "no categorical and no numeric column"
    case .noText: "no column of type text"
    case .unknownColumn(_, _, _, let known): listing(known)
    case .ambiguousColumn(_, _, let column, let file):
      "'\(printable(column))' of \(printable(file)), and another input, label or split column"
    case .labelIsInput: "both uses"
    }
  }

  private var fix: String {
    switch self {
    case .missingFile: "check the path of the schema"
    case .unreadable: "make it a readable file"
    case .empty: "write name, files, columns and tasks"
    case .notUTF8: "save the schema as UTF-8"
    case .folder(let path, let schemas):
      "name a schema file, as in `\(printable(path))/\(schemas.first.map(printable) ?? "schema.yaml")`"
        + (schemas.isEmpty
          ? "; `mtl-tui data pack SCHEMA --out DIR` makes a folder of packed rows" : "")
    case .notASchema(_, let kind):
      [.utf16, .utf32].contains(kind)
        ? kind.fix : "name a schema (.yaml) that says what the files mean"
    case .table:
      "write a schema that names the table under `files`; `mtl-tui data infer FILE` makes a first one"
    case .noSchemaKey:
      "write name, files, columns and tasks; `mtl-tui data infer FILE` makes a first one"
    case .limit(_, _, .bytes):
      "write columns of one kind as a pattern, as in `\"f*\": {type: numeric}`"
    case .limit(_, _, .depth): "close them; a schema needs five"
    case .limit(_, _, .expansion): "write the values out"
    case .syntax(_, _, let problem): Self.fix(ofSyntax: problem)
    case .duplicate: "remove or rename one of them"
    case .unknownKey(_, _, let key, _, let known): Self.suggestion(key, known)
    case .missingKey(_, _, let key, _): "add `\(key): …`"
    case .wrongValue(_, _, _, let expected, _): "write \(expected) here"
    case .delimiter: #"write ",", ";", "::", or "\t" for a tab, in double quotes"#
    case .conflict(_, _, _, _, let fix): fix
    case .noTasks: "add a task, as in `click: {column: click}`"
    case .noInputs: "give at least one column the type categorical or numeric"
    case .noText: "name it under `columns`, as in `review: {type: text}`"
    case .unknownColumn(_, _, let column, let known): Self.suggestion(column, known)
    case .ambiguousColumn(_, _, let column, _):
      "give it a name of its own, as in `other_name: {from: \(printable(column)), …}`"
    case .labelIsInput: "set its type to ignore, or say `input: true` aloud"
    }
  }

  /// The real causes behind what a YAML parser says.
  private static func fix(ofSyntax problem: String) -> String {
    if problem.contains("escape") {
      return #"inside double quotes YAML knows \t, \n, \\ and a few more; "#
        + "write other backslashes twice, or use single quotes"
    }
    if problem.contains("tab") { return "indent with blanks: YAML knows no tabs there" }
    return "mend the YAML in or before this line; texts such as \"?\" need quotes"
  }

  /// ` in tasks.click`, nothing for the top of the schema.
  private static func inside(_ section: String) -> String {
    section.isEmpty ? "" : " in '\(printable(section))'"
  }

  private static func suggestion(_ name: String, _ known: [String]) -> String {
    nearest(to: name, in: known).map { "did you mean '\(printable($0))'?" }
      ?? "use one of \(listing(known))"
  }
}
