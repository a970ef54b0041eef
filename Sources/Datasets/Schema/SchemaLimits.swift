/// What keeps a schema that was made to do harm from taking time and memory without end.
///
/// YAML lets a few hundred bytes stand for billions of values, by names for values that hold names
/// for values. So the text is looked through once before it is parsed: O(bytes).
enum SchemaLimits {
  /// The largest schema in bytes: a column for each of ten thousand features fits.
  static let bytes = 1 << 20
  /// How deep brackets may be nested; a schema needs five.
  static let depth = 64
  /// How many bytes a schema may stand for once names for values are replaced by the values.
  static let expansion = 4 << 20

  /// Refuses a text that goes beyond one of the limits.
  static func check(_ yaml: String, path: String) throws(SchemaError) {
    guard yaml.utf8.count <= bytes else {
      throw .limit(path: path, line: 1, .bytes(found: yaml.utf8.count))
    }
    var scan = AliasScan()
    for (number, line) in yaml.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      scan.read(Array(line.utf8))
      if scan.depth > depth { throw .limit(path: path, line: number + 1, .depth) }
      if scan.weight > expansion { throw .limit(path: path, line: number + 1, .expansion) }
    }
  }
}

/// Estimates what the names for values in a YAML text stand for; rather too much than too little.
private struct AliasScan {
  /// Bytes so far, each alias counted as what it stands for.
  private(set) var weight = 0
  /// Open brackets.
  private(set) var depth = 0

  /// A value with a name that is not at its end.
  private struct Anchor {
    let name: [UInt8]
    let start: Int
    /// The value ends before the first line that is indented less than this.
    let indent: Int
    /// A value in brackets ends when there are no more than these; nil outside of brackets.
    let depth: Int?
  }

  private var open: [Anchor] = []
  private var weights: [[UInt8]: Int] = [:]
  private var quote: UInt8?

  mutating func read(_ line: [UInt8]) {
    let indent = line.prefix { $0 == 0x20 }.count
    let isBlank = line.allSatisfy { $0 <= 0x20 }
    if !isBlank, depth == 0, quote == nil {
      let isItem = indent < line.count && line[indent] == UInt8(ascii: "-")
      close { $0.depth == nil && indent + (isItem ? 1 : 0) < $0.indent }
    }
    var at = 0
    while at < line.count { at = token(line, at, indent) }
    weight += 1
  }

  /// Reads one byte, or a name, and says where to go on.
  private mutating func token(_ line: [UInt8], _ at: Int, _ indent: Int) -> Int {
    let byte = line[at]
    weight += 1
    if let open = quote {
      if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { return at + 2 }
      if byte == open { quote = nil }
      return at + 1
    }
    let isStart = at == 0 || " \t[{,:-?".utf8.contains(line[at - 1])
    switch byte {
    case UInt8(ascii: "#") where at == 0 || line[at - 1] <= 0x20: return line.count
    case UInt8(ascii: "\""), UInt8(ascii: "'"): if isStart { quote = byte }
    case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      let closed = depth
      depth = max(0, depth - 1)
      close { $0.depth.map { $0 >= closed } ?? false }
    case UInt8(ascii: ","):
      let own = depth
      close { $0.depth == own }
    case UInt8(ascii: "&") where isStart: return anchor(line, at, indent)
    case UInt8(ascii: "*") where isStart:
      let name = name(line, at + 1)
      let growing = open.last { $0.name == name }.map { weight - $0.start }
      weight = min(Int.max / 4, weight + (growing ?? weights[name] ?? 0))
      return at + 1 + name.count
    default: break
    }
    return at + 1
  }

  /// The value of a name alone on its line may stand below it, as far in as the name.
  private mutating func anchor(_ line: [UInt8], _ at: Int, _ indent: Int) -> Int {
    let name = name(line, at + 1)
    let end = at + 1 + name.count
    let isAlone = at == indent && line[end...].allSatisfy { $0 <= 0x20 }
    open.append(
      Anchor(
        name: name, start: weight, indent: isAlone ? indent : indent + 1,
        depth: depth > 0 ? depth : nil))
    return end
  }

  private func name(_ line: [UInt8], _ start: Int) -> [UInt8] {
    Array(line[start...].prefix { $0 > 0x20 && !"[]{},".utf8.contains($0) })
  }

  private mutating func close(_ isEnded: (Anchor) -> Bool) {
    for anchor in open where isEnded(anchor) { weights[anchor.name] = weight - anchor.start }
    open.removeAll(where: isEnded)
  }
}
