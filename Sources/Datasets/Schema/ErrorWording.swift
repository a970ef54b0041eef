// How errors about files read: where, what, what was found, how to mend it.

/// The four parts of a message in their form; the facts in them are already ``printable(_:)``.
func wording(_ location: String, _ what: String, found: String, fix: String) -> String {
  "\(location): \(what).\n  found: \(found)\n  fix:   \(fix)"
}

/// A text from data with everything that a terminal might obey written out: `\u{1B}`.
public func printable(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

/// A text of several lines, each of them ``printable(_:)``.
public func printableLines(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { printable(String($0)) }
    .joined(separator: "\n")
}

/// The beginning of a text from data in quotes, so that a field of a megabyte fits in a message.
func excerpt(_ text: String) -> String {
  let limit = 60
  guard text.unicodeScalars.count > limit else { return "'\(printable(text))'" }
  return "'\(printable(String(text.unicodeScalars.prefix(limit))))…'"
}

/// Names from data, the first sixty of them.
func listing(_ names: [String]) -> String {
  let limit = 60
  let shown = names.prefix(limit).map { printable(String($0.unicodeScalars.prefix(limit))) }
  let rest = names.count - shown.count
  return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
}
