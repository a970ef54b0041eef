// A configuration as YAML: a key and a value a line, and where each value comes from as a comment.

extension SourcedConfiguration {
  /// The configuration as `--config` reads it.
  ///
  ///     lr: 0.002                      # advised for sample
  ///     threads: 2                     # built-in; changes no bit of the run
  ///
  /// Reading it back gives a configuration of the same hash.
  ///
  /// `heading` are lines of comment that come first.
  public func yaml(heading: [String] = []) -> String {
    configuration.yaml(heading: heading) { key in "\(source(of: key))" }
  }
}

extension RunConfiguration {
  /// The configuration as `--config` reads it, with a comment beside a value where there is one.
  public func yaml(
    heading: [String] = [], comment: (_ key: String) -> String? = { _ in nil }
  ) -> String {
    var lines = heading.map { "# " + YAMLScalar.harmless($0) }
    for (key, texts) in entries where !texts.isEmpty {
      let notes = [comment(key.name), key.decides ? nil : "changes no bit of the run"]
      let note = notes.compactMap(\.self).joined(separator: "; ")
      lines += Self.lines(of: key, texts).enumerated().map { index, line in
        guard index == 0, !note.isEmpty else { return line }
        let gap = String(repeating: " ", count: max(1, 32 - line.count))
        return "\(line)\(gap)# \(YAMLScalar.harmless(note))"
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(of key: ConfigurationKey, _ texts: [String]) -> [String] {
    let name = YAMLScalar(key.name).text
    let values = texts.map { YAMLScalar($0).text }
    guard key.form == .scheduled else { return values.suffix(1).map { "\(name): \($0)" } }
    return ["\(name):"] + values.map { "  - \($0)" }
  }
}

/// A text as YAML reads it back, in quotes where it needs them.
struct YAMLScalar {
  let text: String

  init(_ value: String) {
    text =
      Self.isPlain(value) ? value : "\"" + value.unicodeScalars.map(Self.escaped).joined() + "\""
  }

  /// Letters, digits and a few signs that mean nothing in YAML where they stand.
  private static func isPlain(_ value: String) -> Bool {
    func isLetter(_ scalar: Unicode.Scalar) -> Bool {
      scalar.isASCII && scalar.properties.isAlphabetic
        || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "/"
    }
    guard let first = value.unicodeScalars.first, let last = value.unicodeScalars.last,
      isLetter(first), last != ":"
    else { return false }
    return value.unicodeScalars.allSatisfy { isLetter($0) || ".-+=:".unicodeScalars.contains($0) }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case _ where isHarmless(scalar): return String(Character(scalar))
    default:
      let digits = String(scalar.value, radix: 16)
      return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
    }
  }

  /// A text that stays in its line and that no terminal obeys.
  static func harmless(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmless($0) ? $0 : "?" }))
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      false
    default: true
    }
  }
}
