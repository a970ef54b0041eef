/// Why a line of a file of JSON lines is no row.
public enum JSONFault: Error, Sendable, Hashable {
  /// The line is another value, or something else.
  case notAnObject(found: String)
  /// Something else stands where a part of the object is expected; nothing found is the end of the
  /// line. Characters are counted from 1.
  case unexpected(found: String, character: Int, expected: String)
  /// The value of a wanted key is a list or an object.
  case nested(key: String, isList: Bool)
  /// A key is no UTF-8, which JSON is; its other bytes are shown as replacement characters.
  case notUTF8(key: String)
  /// A wanted key stands twice in an object.
  case repeatedKey(String)
  /// Values are nested deeper than ``JSONLineScanner/depthLimit``.
  case tooDeep(character: Int)
}

// What messages say, beside the file and the line.
extension JSONFault {
  var what: String {
    switch self {
    case .notAnObject: "a line is no JSON object"
    case .unexpected(_, let character, _): "no JSON at character \(character) of this line"
    case .nested(let key, _): "the value of the key '\(printable(key))' is no single value"
    case .notUTF8: "a key of this line is not UTF-8"
    case .repeatedKey(let key): "the key '\(printable(key))' stands twice in this object"
    case .tooDeep(let character): "the nesting at character \(character) of this line is too deep"
    }
  }

  var found: String {
    switch self {
    case .notAnObject(let found): excerpt(found)
    case .unexpected(let found, _, let expected):
      (found.isEmpty ? "the end of the line" : excerpt(found)) + ", expected \(expected)"
    case .nested(_, let isList): "\(isList ? "a list" : "an object"), expected text or number"
    case .notUTF8(let key): "\(excerpt(key)), expected UTF-8, as JSON is written"
    case .repeatedKey: "two values"
    case .tooDeep: "more than \(JSONLineScanner.depthLimit) lists and objects in one another"
    }
  }

  var fix: String {
    switch self {
    case .notAnObject:
      "write one object a line, as `jq -c '.[]' FILE` does of a list, or set `lines: fields`"
    case .unexpected: "write each row as one object in one line, as `jq -c . FILE` does"
    case .nested:
      "leave the column out of the schema, or write its value under a key of its own, as in `jq`"
    case .notUTF8: "write the file as UTF-8, as `iconv -f WINDOWS-1252 -t UTF-8 FILE` does"
    case .repeatedKey: "keep one of them"
    case .tooDeep: "write the object without the value that is nested so"
    }
  }
}
