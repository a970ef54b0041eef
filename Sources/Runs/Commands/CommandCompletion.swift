// What the last word of a line may become.

/// What the last word of a line may become.
public struct Completion: Sendable, Hashable {
  /// What takes the place of the last word.
  public let text: String
  /// What is chosen, as a list shows it: of a name of several words all of it.
  public let shown: String
  /// A few words about it.
  public let note: String
  /// Whether the word is whole, so that a blank may follow.
  public let isWhole: Bool

  /// What takes the place of the last word; behind a folder a name goes on, behind an equals sign a
  /// value.
  public init(_ text: String) {
    let goesOn = text.hasSuffix("/") || text.hasSuffix("=")
    self.init(text: text, shown: text, note: "", isWhole: !goesOn)
  }

  init(text: String, shown: String, note: String, isWhole: Bool) {
    self.text = text
    self.shown = shown
    self.note = note
    self.isWhole = isWhole
  }
}

extension CommandTable {
  /// What the last word of a line may become, in the order of the table; none twice.
  public func completions(of text: String, known: KnownNames = KnownNames()) -> [Completion] {
    let change = CommandText(text).changes.last ?? ""
    var words = CommandText(change).words
    let last = change.last == " " || words.isEmpty ? "" : words.removeLast().text
    var found =
      words.isEmpty ? firstWords(last, known: known) : nextNameWords(words.map(\.text), last)
    for entry in entries where words.map(\.text).starts(with: entry.nameWords) {
      let behind = Array(words.dropFirst(entry.nameWords.count))
      for form in entry.forms {
        found += CommandCompletion(form: form, last: last, known: known)
          .completions(behind)
      }
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0.text).inserted }
  }

  /// The first words of names, and what begins with a spelling with `=`.
  private func firstWords(_ last: String, known: KnownNames) -> [Completion] {
    var found: [Completion] = []
    for entry in entries {
      let word = entry.nameWords.first ?? ""
      guard begins(word, with: last), !found.contains(where: { $0.text == word }) else { continue }
      found.append(Completion(text: word, shown: word, note: note(on: word), isWhole: true))
    }
    for entry in entries {
      for assignment in entry.assignments {
        found += completions(of: assignment, of: entry, last, known: known)
      }
    }
    return found
  }

  /// The summary of the command of this name, or how the longer names go on.
  private func note(on word: String) -> String {
    if let entry = self[word] { return entry.summary }
    let longer = entries.filter { $0.name.hasPrefix(word + " ") }
    return longer.count == 1 ? longer[0].summary : longer.map(\.name).joined(separator: ", ")
  }

  /// What follows the first words of a name of several.
  private func nextNameWords(_ words: [String], _ last: String) -> [Completion] {
    entries.compactMap { entry in
      let name = entry.nameWords
      guard name.count > words.count, name.starts(with: words),
        begins(name[words.count], with: last)
      else { return nil }
      return Completion(
        text: name[words.count], shown: name[words.count], note: entry.summary, isWhole: true)
    }
  }

  private func completions(
    of assignment: CommandEntry.Assignment, of entry: CommandEntry, _ last: String,
    known: KnownNames
  ) -> [Completion] {
    let start = assignment.name + "="
    guard last.hasPrefix(start) else {
      guard last.contains(".") || last == entry.name, begins(assignment.name, with: last) else {
        return []
      }
      return [
        Completion(text: start, shown: start, note: assignment.summary, isWhole: false)
      ]
    }
    let arguments = entry.arguments(of: assignment)
    return CommandCompletion(
      form: arguments, last: String(last.dropFirst(start.count)), known: known
    ).completions([]).map {
      let text = start + $0.text + (arguments.count > 1 ? ":" : "")
      return Completion(
        text: text, shown: $0.shown, note: $0.note, isWhole: arguments.count == 1)
    }
  }
}

/// Whether a word begins so, in capitals or not.
private func begins(_ word: String, with start: String) -> Bool {
  word.hasPrefix(start) || word.lowercased().hasPrefix(start.lowercased())
}

/// What the last word may become that follows the name of a command.
private struct CommandCompletion {
  let form: [CommandArgument]
  let last: String
  let known: KnownNames

  /// The completions after some whole words.
  func completions(_ words: [CommandText.Word]) -> [Completion] {
    completions(words[...], argument: 0, after: [])
  }

  private func completions(
    _ words: ArraySlice<CommandText.Word>, argument index: Int, after values: [String]
  ) -> [Completion] {
    guard form.indices.contains(index) else { return [] }
    let argument = form[index]
    let mayHoldBlanks = argument.kinds.contains(where: \.mayHoldBlanks)
    // The last word may belong to a name whose first words are whole already.
    let head = words.map(\.text).joined(separator: " ")
    var found: [Completion] = []
    if words.isEmpty || mayHoldBlanks, !words.contains(where: \.isQuoted) {
      let start = head.isEmpty ? last : "\(head) \(last)"
      found = choices(argument, start, after: values)
        .map { choice in
          Completion(
            text: String(choice.text.dropFirst(start.count - last.count)), shown: choice.shown,
            note: choice.note, isWhole: choice.isWhole)
        }
    }
    let next = argument.repeats ? index : index + 1
    for length in words.isEmpty ? [] : Array(1...(mayHoldBlanks ? words.count : 1)) {
      let text = words.prefix(length).map(\.text).joined(separator: " ")
      guard accepts(argument, text) else { continue }
      found += completions(words.dropFirst(length), argument: next, after: values + [text])
    }
    return found
  }

  /// Whether whole words may be the argument: then the next one is looked at.
  private func accepts(_ argument: CommandArgument, _ text: String) -> Bool {
    argument.kinds.contains { kind in
      switch kind {
      case .name(let kind): known.texts(kind)?.contains(text) ?? true
      case .expert: known.texts(.expert)?.contains(text) ?? true || wholeNumber(text) != nil
      case .word(let words): words.contains(text)
      case .count, .row: wholeNumber(text) != nil
      case .number, .dialValue: Double(text) != nil
      case .factor: Double(text.first == "x" ? String(text.dropFirst()) : text) != nil
      case .setting: text.contains("=")
      case .file, .folder, .other, .text: !text.contains(" ")
      }
    }
  }

  private func choices(
    _ argument: CommandArgument, _ start: String, after values: [String]
  ) -> [Completion] {
    argument.kinds.flatMap { kind -> [Completion] in
      switch kind {
      case .name(let kind): names(known.names[kind] ?? [], start)
      case .expert: names(known.names[.expert] ?? [], start)
      case .word(let words): names(words.map { KnownNames.Name($0) }, start)
      case .setting: settings(values, start)
      case .file(let endings): files(start, endings: endings)
      case .folder: files(start, endings: nil)
      case .count, .row, .number, .factor, .dialValue, .other, .text: []
      }
    }
  }

  private func names(_ names: [KnownNames.Name], _ start: String) -> [Completion] {
    names.filter { begins($0.text, with: start) }.map {
      Completion(
        text: CommandText.quoted($0.text), shown: $0.text, note: $0.note, isWhole: true)
    }
  }

  /// The options that were not set yet, and the default of one whose name is whole.
  private func settings(_ values: [String], _ start: String) -> [Completion] {
    let options = values.first.flatMap { known.options[$0] } ?? []
    let isSet = Set(values.dropFirst().map { $0.prefix { $0 != "=" } })
    return options.compactMap { option in
      let name = option.text + "="
      guard !isSet.contains(Substring(option.text)) else { return nil }
      if begins(name, with: start), start.count < name.count {
        return Completion(text: name, shown: name, note: option.note, isWhole: false)
      }
      let value = name + option.note.prefix { $0 != " " }
      guard start == name, value != name else { return nil }
      return Completion(text: value, shown: value, note: option.note, isWhole: true)
    }
  }

  /// What the folder of a path holds; files of other endings are left out.
  private func files(_ start: String, endings: [String]?) -> [Completion] {
    let folder = CommandTable.folder(of: start)
    return (known.files[folder] ?? []).compactMap { name in
      let path = folder + name
      let isFolder = name.hasSuffix("/")
      guard path.hasPrefix(start), !name.hasPrefix(".") || start.count > folder.count else {
        return nil
      }
      if !isFolder {
        guard let endings, endings.isEmpty || endings.contains(where: name.hasSuffix) else {
          return nil
        }
      }
      return Completion(
        text: CommandText.quoted(path), shown: name, note: "", isWhole: !isFolder)
    }
  }
}

extension CommandTable {
  /// The folder of a path that is being typed, up to its last `/`; nothing for a bare name.
  public static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}
