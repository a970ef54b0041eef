extension CommandReading {
  /// What the words say in an argument's place, behind the values of the arguments before it.
  ///
  /// With `anyName` names are taken that there are not. `usage` is how the command is written, if it
  /// is not by words.
  func value(
    of argument: CommandArgument, _ words: ArraySlice<CommandText.Word>,
    after earlier: [ArgumentValue], anyName: Bool, usage: String? = nil
  ) throws(CommandError) -> ArgumentValue {
    let text = words.map(\.text).joined(separator: " ")
    var expected: [String] = []
    var near: String?
    var unknownName: CommandError?
    for kind in argument.kinds {
      switch read(kind, text, after: earlier, anyName: anyName) {
      case .value(let value): return value
      case .unknownName(let kind, let name, let names):
        unknownName = .unknownName(kind, name, near: nearest(to: name, in: names))
      case .no(let words, let close):
        expected.append(words ?? kind.expected)
        near = near ?? close
      }
    }
    if let unknownName { throw unknownName }
    throw .badValue(
      found: text, expected: expected.joined(separator: " or "), near: near,
      usage: usage ?? entry.usage(onScreen: isOnScreen))
  }

  /// What a text is, read as one kind.
  private enum Found {
    case value(ArgumentValue)
    /// There is no such name among these.
    case unknownName(NameKind, String, [String])
    /// It is none; what would be one, if that is more than the kind says, and the near word.
    case no(String?, near: String?)
  }

  private func read(
    _ kind: ArgumentKind, _ text: String, after earlier: [ArgumentValue], anyName: Bool
  ) -> Found {
    switch kind {
    case .name(let kind): return readName(kind, text, anyName: anyName)
    case .expert: return readExpert(text, anyName: anyName)
    case .count(let range):
      return found(wholeNumber(text).flatMap { range.contains($0) ? .count($0) : nil })
    case .row: return readRow(text)
    case .number(let range): return found(number(text, in: range))
    case .factor:
      let digits = text.first.map { "xX×".contains($0) } == true ? String(text.dropFirst()) : text
      return found(number(digits, in: 0...Double.greatestFiniteMagnitude))
    case .dialValue: return readDialValue(text, after: earlier)
    case .word(let words):
      if words.contains(text) { return .value(.text(text)) }
      return .no(nil, near: nearest(to: text, in: words))
    case .file, .folder, .other, .text: return found(text.isEmpty ? nil : .text(text))
    case .setting: return readSetting(text, after: earlier)
    }
  }

  private func found(_ value: ArgumentValue?) -> Found {
    value.map { .value($0) } ?? .no(nil, near: nil)
  }

  private func number(_ text: String, in range: ClosedRange<Double>) -> ArgumentValue? {
    guard let number = Double(text), number.isFinite, range.contains(number) else { return nil }
    return .number(number)
  }

  private func readName(_ kind: NameKind, _ text: String, anyName: Bool) -> Found {
    guard !text.isEmpty else { return .no(nil, near: nil) }
    guard !anyName, let names = known.texts(kind), !names.contains(text) else {
      return .value(.text(text))
    }
    return .unknownName(kind, text, names)
  }

  private func readExpert(_ text: String, anyName: Bool) -> Found {
    let names = known.texts(.expert)
    if let index = names?.firstIndex(of: text) { return .value(.count(index)) }
    if let index = wholeNumber(text), names?.indices.contains(index) ?? true {
      return .value(.count(index))
    }
    if anyName { return .value(.text(text)) }
    return names.map { .unknownName(.expert, text, $0) }
      ?? .no("an expert's number from 0", near: nil)
  }

  private func readRow(_ text: String) -> Found {
    let most = known.rowCount.map { max(0, $0 - 1) }
    if let row = wholeNumber(text), row <= most ?? .max { return .value(.count(row)) }
    return .no(most.map { "the number of a row, from 0 to \($0)," }, near: nil)
  }

  private func readDialValue(_ text: String, after earlier: [ArgumentValue]) -> Found {
    var range = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    var words: String?
    if case .text(let dial)? = earlier.last, let known = known.dialRanges[dial] {
      range = known
      words = "a number " + ArgumentKind.words(for: known)
    }
    return number(text, in: range).map { .value($0) } ?? .no(words, near: nil)
  }

  private func readSetting(_ text: String, after earlier: [ArgumentValue]) -> Found {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex,
      text.index(after: equals) != text.endIndex
    else { return .no(nil, near: nil) }
    let name = String(text[..<equals])
    if case .text(let model)? = earlier.first, let options = known.options[model],
      !options.contains(where: { $0.text == name })
    {
      return .unknownName(.option, name, options.map(\.text))
    }
    return .value(.setting(name: name, value: String(text[text.index(after: equals)...])))
  }
}

/// A whole number of 0 or more; commas between digits are allowed.
public func wholeNumber(_ text: String) -> Int? {
  guard text.first != ",", text.last != "," else { return nil }
  return Int(text.filter { $0 != "," }).flatMap { $0 >= 0 ? $0 : nil }
}
