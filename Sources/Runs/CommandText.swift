/// A typed line in its words: what stands between blanks, or between quotes.
///
/// A quote begins a name where a word may begin, and ends it where one may end; within, two stand for
/// one. A quote that nothing closes is an ordinary letter.
struct CommandText {
  /// A word as it is meant, and where it was written.
  struct Word: Equatable {
    var text: String
    var isQuoted: Bool
    /// The index of its first letter.
    var start: Int
  }

  let letters: [Character]

  init(_ text: String) { letters = Array(text) }

  /// What stands between the changes of one action.
  static let and = " + "

  /// The words.
  var words: [Word] {
    var words: [Word] = []
    var index = 0
    while index < letters.count {
      if letters[index] == " " {
        index += 1
      } else if let end = closingQuote(from: index) {
        words.append(Word(text: inside(index, end), isQuoted: true, start: index))
        index = end + 1
      } else {
        let end = letters[index...].firstIndex(of: " ") ?? letters.count
        words.append(Word(text: String(letters[index..<end]), isQuoted: false, start: index))
        index = end
      }
    }
    return words
  }

  /// The changes of an action: what stands between ` + ` outside of quotes.
  var changes: [String] {
    var changes: [String] = []
    var (from, index) = (0, 0)
    let and = Array(Self.and)
    while index < letters.count {
      if mayBegin(at: index), let end = closingQuote(from: index) {
        index = end + 1
      } else if letters[index...].starts(with: and) {
        changes.append(String(letters[from..<index]))
        index += and.count
        from = index
      } else {
        index += 1
      }
    }
    return changes + [String(letters[min(from, letters.count)...])]
  }

  /// Names and numbers of an assignment, `a:0.5`: in so many parts, parted at the last colons.
  func parts(_ count: Int) -> [Word] {
    var parts: [Word] = []
    var end = letters.count
    while parts.count + 1 < count, let colon = letters[..<end].lastIndex(of: ":"),
      closingQuote(from: 0).map({ $0 < colon }) ?? true
    {
      parts.insert(part(colon + 1, end), at: 0)
      end = colon
    }
    return [part(0, end)] + parts
  }

  private func part(_ start: Int, _ end: Int) -> Word {
    if closingQuote(from: start) == end - 1 {
      return Word(text: inside(start, end - 1), isQuoted: true, start: start)
    }
    return Word(text: String(letters[start..<end]), isQuoted: false, start: start)
  }

  /// Whether a quote here would begin a name.
  private func mayBegin(at index: Int) -> Bool {
    index == 0 || letters[index - 1] == " " || letters[index - 1] == "="
  }

  /// Where the quote that begins here ends; nil if none does.
  private func closingQuote(from start: Int) -> Int? {
    guard letters.indices.contains(start), letters[start] == "\"" else { return nil }
    var index = start + 1
    while index < letters.count {
      if letters[index] == "\"" {
        let next = index + 1 < letters.count ? letters[index + 1] : " "
        if next == " " || next == ":" { return index }
        if next == "\"" { index += 1 }
      }
      index += 1
    }
    return nil
  }

  private func inside(_ start: Int, _ end: Int) -> String {
    var text = ""
    var index = start + 1
    while index < end {
      text.append(letters[index])
      index += letters[index] == "\"" && index + 1 < end && letters[index + 1] == "\"" ? 2 : 1
    }
    return text
  }
}

extension CommandText {
  /// A name in quotes, if it would be read as another one without.
  static func quoted(_ name: String) -> String {
    let letters = Array(name)
    let isPlain =
      !letters.isEmpty && !letters.contains("\"") && letters.first != " " && letters.last != " "
      && !name.contains("  ") && !CommandText(name).hasSign
    return isPlain ? name : inQuotes(name)
  }

  /// A name in quotes; its own are doubled.
  static func inQuotes(_ name: String) -> String {
    "\"" + name.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  /// Whether a word is the sign between two changes.
  private var hasSign: Bool { words.contains { $0.text == "+" } }
}
