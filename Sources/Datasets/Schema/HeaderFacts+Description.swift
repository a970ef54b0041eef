extension HeaderFacts {
  /// What the header has: its names, or only how many fields, where it does not look like the table.
  var found: String {
    if !names.isEmpty { return listing(names) }
    return "\(count) field\(count == 1 ? "" : "s") in the first row, none of them a wanted name"
  }

  /// How to mend it where a column is missing.
  func fix(column: String) -> String {
    if case .near(let near) = cause {
      return "did you mean '\(printable(near))'? name it so in the schema"
    }
    return fix ?? "rename the column in the file or in the schema, or check the delimiter"
  }

  /// How to mend it where no column matches a pattern.
  func fix(pattern: String) -> String {
    fix ?? "check the pattern, in which `*` stands for any text, or the delimiter"
  }

  private var fix: String? {
    switch cause {
    case .delimiter(let delimiter):
      "set `delimiter: \"\(escaped(delimiter))\"` in the schema: it parts the first row"
    case .quotes: "set `quoted: true` in the schema, or leave `quoted` out: the names are in quotes"
    case .singleQuotes: "take the single quotes off, or write double ones"
    case .blanks: "set `trim: true` in the schema: blanks stand around the names"
    case .encoding:
      "save the file as UTF-8, as in `iconv -f WINDOWS-1252 -t UTF-8 FILE`: the first row is not"
    case .noHeader:
      "name the columns in the schema, as in `columnNames: [user, item, …]`: "
        + "the first row looks like data"
    case .keys:
      "name a key that a row of the first MiB has: these are the keys that such rows have"
    case .near, nil: nil
    }
  }
}

/// A delimiter as YAML writes it in double quotes.
func escaped(_ delimiter: String) -> String {
  delimiter == "\t" ? "\\t" : delimiter == "\u{1}" ? "\\u0001" : delimiter
}
