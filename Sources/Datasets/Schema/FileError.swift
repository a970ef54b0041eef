/// Why a file, or a list of files, is not the table that a schema names.
///
/// Cases carry the facts; ``description`` words them.
public enum FileError: Error, Equatable, Sendable {
  case notText(path: String, kind: FileKind)
  case noFileMatches(pattern: String)
  case repeatedFile(path: String, first: String)
  case headersDiffer(path: String, first: String, missing: [String], extra: [String])
  /// A pattern matches keys of JSON objects that the first file of the list does not have.
  case laterKeys(path: String, first: String, keys: [String])
  case patternMatchesNothing(path: String, pattern: String, header: HeaderFacts, taken: Int)
  case tooLarge(path: String, rows: Int, needed: Int, available: Int)
  case rowTooLong(path: String, bytes: Int)
  /// Rows are split by user, which takes reading them all before the first.
  case readOnce(path: String)
  /// Columns cannot be put into a temporary file.
  case noSpool(folder: String, reason: String)
  /// A temporary file and what is made of it need more room than there is.
  case noRoom(folder: String, needed: Int, free: Int)
  /// Somebody wanted no more of it.
  case ended(path: String)
}

extension FileError: CustomStringConvertible {
  /// Where, what, what was found, how to mend it.
  public var description: String { wording(printable(location), what, found: found, fix: fix) }

  private var location: String {
    switch self {
    case .notText(let path, _), .repeatedFile(let path, _), .headersDiffer(let path, _, _, _),
      .laterKeys(let path, _, _), .patternMatchesNothing(let path, _, _, _),
      .tooLarge(let path, _, _, _), .rowTooLong(let path, _), .readOnce(let path),
      .noSpool(let path, _), .noRoom(let path, _, _), .ended(let path):
      path
    case .noFileMatches(let pattern): pattern
    }
  }

  private var what: String {
    switch self {
    case .notText(_, let kind): "not a table, but \(kind.name)"
    case .noFileMatches: "no file matches this pattern"
    case .repeatedFile: "the file is read twice"
    case .headersDiffer(_, let first, _, _):
      "the columns are not those of \(printable(first)), with which it is read as one table"
    case .laterKeys(_, let first, _):
      "patterns match keys that \(printable(first)), the first file of the list, does not have"
    case .patternMatchesNothing(_, let pattern, _, let taken):
      taken > 0
        ? "every column that '\(printable(pattern))' matches is named elsewhere in the schema"
        : "no column matches '\(printable(pattern))'"
    case .tooLarge: "the rows do not fit in memory"
    case .rowTooLong: "a row does not end"
    case .noSpool: "the columns cannot be kept in a temporary file"
    case .noRoom: "the disk has too little room for the rows"
    case .ended: "not all of it was read"
    case .readOnce: "a split by user needs all rows before the first, and then the rows once more"
    }
  }

  private var found: String {
    switch self {
    case .notText: "the first bytes of such a file"
    case .noFileMatches: "no such name"
    case .repeatedFile(let path, let first):
      path == first ? "two mentions" : "another name of it: \(printable(first))"
    case .headersDiffer(_, _, let missing, let extra):
      [("missing here", missing), ("only here", extra)].filter { !$0.1.isEmpty }
        .map { "\($0.0): \(listing($0.1))" }.joined(separator: "; ")
    case .laterKeys(_, _, let keys): "only here: \(listing(keys))"
    case .patternMatchesNothing(_, _, let header, let taken):
      taken > 0 ? "\(taken) such column\(taken == 1 ? "" : "s")" : header.found
    case .tooLarge(_, let rows, let needed, let available):
      "about \(bytesText(needed)) for the first \(rows) rows, where \(bytesText(available)) "
        + "can be had"
    case .rowTooLong(_, let bytes): "\(bytesText(bytes)) without the end of a row"
    case .noSpool(_, let reason): printable(reason)
    case .noRoom(_, let needed, let free):
      "about \(bytesText(needed)) for columns and packed rows, where \(bytesText(free)) are free"
    case .ended: "a request to end"
    case .readOnce: "what can be read but once"
    }
  }

  private var fix: String {
    switch self {
    case .notText(_, let kind): kind.fix
    case .noFileMatches:
      "check the pattern; relative ones start at the schema's folder, or at --path"
    case .repeatedFile:
      "name each file once: its rows would count twice, or be trained and tested on"
    case .headersDiffer: "give all files of a list the same column names, in any order"
    case .laterKeys:
      "write these keys, as null, in the first object of the first file, or name them in the schema "
        + "with `type: ignore`"
    case .patternMatchesNothing(_, let pattern, let header, let taken):
      taken > 0
        ? "leave the pattern out, or match other columns with it" : header.fix(pattern: pattern)
    case .tooLarge: "name fewer columns, give fewer rows, or use a machine with more memory"
    case .rowTooLong:
      "close the quote that opens a field, or set `quoted: false` in the schema, or write line feeds"
    case .noSpool: "name a folder that you may write to, with room for the rows"
    case .noRoom: "name a folder on a disk with more room, or make room"
    case .ended: "begin again"
    case .readOnce: "write the rows to a file and name it, or leave --split out"
    }
  }
}

/// Bytes in the unit that a person reads: `512 MiB`, `3.4 GiB`.
func bytesText(_ bytes: Int) -> String {
  let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
  var value = Double(bytes)
  var unit = 0
  while value >= 1024, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  let tenths = (value * 10).rounded() / 10
  let isWhole = unit == 0 || tenths >= 10 || tenths == tenths.rounded()
  return "\(isWhole ? "\(Int(tenths.rounded()))" : "\(tenths)") \(units[unit])"
}
