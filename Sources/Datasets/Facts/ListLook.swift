/// Tells values that are lists, `2|6|10`, by their look.
enum ListLook {
  /// The separators that are tried, the likeliest first.
  private static let separators = ["|", ";", ",", "^", "~"]
  /// How many different texts are looked at.
  static let limit = 2000

  /// The separator of some different texts, and the first of them that has it; nil if they are none.
  ///
  /// At least three in ten texts have it, and their parts come again and again: a list of genres has
  /// fewer genres than lists.
  static func separator(of texts: [String]) -> (separator: String, example: String)? {
    for separator in separators {
      let lists = texts.filter { $0.contains(separator) }
      guard let example = lists.first, lists.count * 10 >= texts.count * 3, texts.count > 1 else {
        continue
      }
      // A text without it may be a list of one.
      let parts = texts.flatMap { $0.split(separator: Character(separator)) }
      // Numbers with a decimal comma look so too: there no text has two commas.
      if separator == ",", texts.allSatisfy(isDecimalComma) { continue }
      // Commas stand in titles and sentences too: there a blank follows.
      let isSentence = separator == "," && parts.contains { $0.first == " " }
      guard !isSentence, parts.count > texts.count, Set(parts).count * 3 <= parts.count * 2 else {
        continue
      }
      return (separator, example)
    }
    return nil
  }

  /// Whether a text is a number, perhaps with a decimal comma: `12`, `-0,5`.
  static func isDecimalComma(_ text: String) -> Bool {
    let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    let parts = digits.split(separator: ",", omittingEmptySubsequences: false)
    return parts.count <= 2
      && parts.allSatisfy { part in !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber } }
  }
}
