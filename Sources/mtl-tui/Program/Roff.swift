/// A manual page being written, in the macros of `man`, which groff and mandoc render alike.
struct Roff {
  private(set) var text = ""

  /// The head of a page.
  init(title: String, section: Int, source: String, manual: String) {
    text = """
      .\\" Generated from the tables of the program by `\(title) manual`; not written by hand.
      .TH \(title.uppercased()) \(section) "" "\(source)" "\(manual)"
      .nh
      .ad l

      """
  }

  /// A heading.
  mutating func section(_ name: String) { text += ".SH \(Self.escaped(name.uppercased()))\n" }

  /// A heading below one.
  mutating func subsection(_ name: String) { text += ".SS \(Self.escaped(name))\n" }

  /// A paragraph for each text between blank lines.
  mutating func paragraphs(_ words: String) {
    for paragraph in words.split(separator: "\n\n") {
      text += ".PP\n" + Self.line(String(paragraph)) + "\n"
    }
  }

  /// A line of its own that is shown as it is.
  mutating func example(_ words: String) {
    text += ".PP\n.nf\n.RS 4\n" + Self.lines(words) + "\n.RE\n.fi\n"
  }

  /// A term in bold, a part of it in italics, and what it means.
  mutating func entry(_ term: String, argument: String? = nil, _ meaning: String) {
    let italics = argument.map { " \\fI\(Self.escaped($0))\\fR" } ?? ""
    text += ".TP\n\\fB\(Self.escaped(term))\\fR\(italics)\n" + Self.line(meaning) + "\n"
  }

  /// A text as one line of input; none of its letters is a request.
  private static func line(_ words: String) -> String {
    let escaped = escaped(words.split(whereSeparator: \.isNewline).joined(separator: " "))
    let isRequest = escaped.first == "." || escaped.first == "'"
    return escaped.isEmpty ? "\\&" : (isRequest ? "\\&" : "") + escaped
  }

  private static func lines(_ words: String) -> String {
    words.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }
      .joined(separator: "\n")
  }

  /// A text with what the macros would take for their own written out.
  static func escaped(_ words: String) -> String {
    words.map { letter in
      switch letter {
      case "\\": "\\e"
      case "-": "\\-"
      case "`": "\\(ga"
      case "'": "\\(aq"
      case "\"": "\\(dq"
      case "^": "\\(ha"
      case "~": "\\(ti"
      default: String(letter)
      }
    }.joined()
  }
}
