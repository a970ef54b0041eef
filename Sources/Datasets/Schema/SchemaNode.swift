import Yams

/// A value of the schema with its place, so that each error says where it is.
struct SchemaNode {
  let node: Node
  /// The file.
  let path: String
  /// The keys that lead here, `tasks.click.space`; empty at the top.
  let key: String

  var line: Int { node.mark?.line ?? 1 }

  /// A text; numbers and words such as `true` as they are spelt.
  func text(_ expected: String = "a text") throws(SchemaError) -> String {
    guard let scalar = node.scalar, !isNothing else { throw wrong(expected) }
    return scalar.string
  }

  /// A text that is not empty.
  func name(_ expected: String = "a name") throws(SchemaError) -> String {
    let text = try text(expected)
    guard !text.isEmpty else { throw wrong(expected) }
    return text
  }

  /// `true` or `false`.
  func flag() throws(SchemaError) -> Bool {
    switch try text("true or false").lowercased() {
    case "true": return true
    case "false": return false
    default: throw wrong("true or false")
    }
  }

  /// Whether the text is `skip`, and not `error`.
  func isSkip() throws(SchemaError) -> Bool {
    switch try text("skip or error") {
    case "skip": return true
    case "error": return false
    default: throw wrong("skip or error")
    }
  }

  /// A whole number in a range.
  func whole<Number: FixedWidthInteger>(
    _ range: ClosedRange<Number>, _ expected: String
  ) throws(SchemaError) -> Number {
    guard let number = Number(try text(expected)), range.contains(number) else {
      throw wrong(expected)
    }
    return number
  }

  /// A finite number.
  func number(_ expected: String = "a number") throws(SchemaError) -> Double {
    guard let number = Double(try text(expected)), number.isFinite else { throw wrong(expected) }
    return number
  }

  /// A finite number above 0.
  func positive() throws(SchemaError) -> Double {
    let expected = "a number above 0"
    let number = try number(expected)
    guard number > 0 else { throw wrong(expected) }
    return number
  }

  /// A list of at least one number, each greater than the one before.
  func risingNumbers() throws(SchemaError) -> [Double] {
    let expected = "a list of rising numbers"
    guard let list = node.sequence, !list.isEmpty else { throw wrong(expected) }
    var numbers: [Double] = []
    for item in list {
      let number = try SchemaNode(node: item, path: path, key: key).number(expected)
      guard numbers.last.map({ $0 < number }) ?? true else { throw wrong(expected) }
      numbers.append(number)
    }
    return numbers
  }

  /// A list of at least one text.
  func texts(_ expected: String) throws(SchemaError) -> [String] {
    guard let list = node.sequence, !list.isEmpty else { throw wrong(expected) }
    var texts: [String] = []
    for item in list {
      texts.append(try SchemaNode(node: item, path: path, key: key).text(expected))
    }
    return texts
  }

  /// A file or a pattern, or a list of them.
  func fileList() throws(SchemaError) -> FileList {
    let expected = "a file, a pattern, or a list of them"
    guard node.sequence != nil else { return FileList(try name(expected)) }
    let names = try texts(expected)
    guard !names.contains("") else { throw wrong(expected) }
    if let twice = firstRepeated(names) { throw .duplicate(path: path, line: line, name: twice) }
    return FileList(names)
  }

  /// A text that means a missing value, or a list of them.
  func missingTexts() throws(SchemaError) -> [String] {
    let expected = "a text, or a list of texts"
    let texts = try node.sequence == nil ? [text(expected)] : texts(expected)
    if let twice = firstRepeated(texts) { throw .duplicate(path: path, line: line, name: twice) }
    return texts
  }

  /// Names with their values, in the order of the file.
  func entries(_ expected: String) throws(SchemaError) -> [(name: SchemaNode, value: SchemaNode)] {
    guard let mapping = node.mapping else { throw wrong(expected) }
    var entries: [(name: SchemaNode, value: SchemaNode)] = []
    var seen = Set<String>()
    for (key, value) in mapping {
      let name = SchemaNode(node: key, path: path, key: self.key.isEmpty ? "key" : self.key)
      let text = try name.text("a mapping whose keys are texts")
      guard seen.insert(text).inserted else {
        throw .duplicate(path: path, line: name.line, name: text)
      }
      let section = self.key.isEmpty ? text : "\(self.key).\(text)"
      entries.append((name, SchemaNode(node: value, path: path, key: section)))
    }
    return entries
  }

  /// The values of a mapping that has no other keys than these.
  func fields(_ known: [String]) throws(SchemaError) -> SchemaFields {
    var values: [String: SchemaNode] = [:]
    for (name, value) in try entries("a mapping of \(known.joined(separator: ", "))") {
      let text = try name.text()
      guard known.contains(text) else {
        throw .unknownKey(path: path, line: name.line, key: text, place: key, known: known)
      }
      values[text] = value
    }
    return SchemaFields(section: self, values: values)
  }

  /// This value is not what it should be.
  func wrong(_ expected: String) -> SchemaError {
    .wrongValue(path: path, line: line, key: key, expected: expected, found: found)
  }

  /// A plain scalar without a character: a key with nothing behind it.
  private var isNothing: Bool {
    guard let scalar = node.scalar else { return false }
    return scalar.string.isEmpty && scalar.style == .plain
  }

  /// The whole of a file that is no schema is not shown.
  private var found: String {
    if key.isEmpty, node.scalar != nil { return "a text" }
    if isNothing { return "nothing" }
    if let scalar = node.scalar { return excerpt(scalar.string) }
    return node.mapping == nil ? "a list" : "a mapping"
  }
}

/// A mapping whose keys are known.
struct SchemaFields {
  let section: SchemaNode
  let values: [String: SchemaNode]

  subscript(key: String) -> SchemaNode? { values[key] }

  /// The value of a key that must be there.
  func required(_ key: String) throws(SchemaError) -> SchemaNode {
    if let value = values[key] { return value }
    throw .missingKey(path: section.path, line: section.line, key: key, place: section.key)
  }

  /// A flag; false where it is absent.
  func flag(_ key: String) throws(SchemaError) -> Bool { try values[key]?.flag() ?? false }

  /// Refuses a mapping in which two of these keys stand together.
  func checkOnlyOne(of keys: [String], fix: String) throws(SchemaError) {
    let given = keys.filter { values[$0] != nil }
    guard given.count > 1, let second = values[given[1]], let first = values[given[0]] else {
      return
    }
    throw .conflict(
      path: section.path, line: max(first.line, second.line), key: second.key, with: first.key,
      fix: fix)
  }
}
