// How the arguments of a command are read off its form: what is written in capitals has the type of
// its name.

extension CommandEntry {
  /// A command that the screen carries out, with what may follow it as a person reads it.
  ///
  /// ` | ` stands between forms, `[` before what may be left out, `…` behind what may follow any
  /// number of times: `TASK [on|off]`, `FIRST LAST | all`, `[MODEL [NAME=VALUE…]]`.
  public init(_ name: String, form: String, summary: String) {
    let forms = Self.parted(form, by: " | ").map(Self.arguments)
    self.init(name, forms, summary: summary)
  }

  private static func arguments(of form: String) -> [CommandArgument] {
    var isOptional = false
    return form.split(separator: " ").map { token in
      isOptional = isOptional || token.contains("[")
      let bare = token.filter { !"[]…".contains($0) }
      return CommandArgument(
        CommandForm.name(of: bare),
        kinds: CommandForm.kinds(of: bare, repeats: token.contains("…")),
        presence: isOptional ? .askedOnScreen : .required,
        repeats: token.contains("…") && bare.contains("="))
    }
  }

  private static func parted(_ text: String, by sign: String) -> [String] {
    var parts: [String] = []
    var rest = Substring(text)
    while let range = rest.firstRange(of: sign) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}

/// What the words of a form mean.
enum CommandForm {
  private static let named: [String: ArgumentKind] = [
    "TASK": .name(.task), "RUN": .name(.run), "ORDER": .name(.order), "DIAL": .name(.dial),
    "GATE": .name(.gate), "ARRAY": .name(.array), "COLUMN": .name(.column),
    "INPUT": .name(.input),
    "MODEL": .name(.model), "SCREEN": .name(.screen), "THEME": .name(.theme),
    "OPTION": .name(.option), "EXPERT": .expert, "ROW": .row, "NAME=VALUE": .setting,
    "N": .count(0...Int.max), "STEP": .count(0...Int.max), "FIRST": .count(0...Int.max),
    "LAST": .count(0...Int.max), "SHARE": .number(0...1), "FACTOR": .factor, "xFACTOR": .factor,
    "W": .factor, "X": anyNumber, "LOW": anyNumber, "HIGH": anyNumber, "DIR": .folder,
    "FOLDER": .folder, "SCHEMA": .file([".yaml", ".yml"]), "FILE": .file([]), "DATA": .file([]),
    "TEXT": .text,
    "WORD": .text, "VALUE": .text,
  ]

  private static let anyNumber = ArgumentKind.number(
    -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)

  /// The part that names an argument, `SHARE` of `SHARE|off`.
  static func name(of token: String) -> String {
    token.split(separator: "|").first { isName($0) }.map(String.init) ?? ""
  }

  /// What may stand there: words of small letters as they are, and what is named by its type; a name
  /// that has no type is any word.
  static func kinds(of token: String, repeats: Bool) -> [ArgumentKind] {
    let parts = token.split(separator: "|")
    let words = parts.filter { !isName($0) }.map(String.init)
    let kinds = parts.filter(isName).map { part in
      let kind = named[String(part)]
      return repeats && kind == nil ? .text : kind ?? .other
    }
    return kinds + (words.isEmpty ? [] : [.word(words)])
  }

  private static func isName(_ part: Substring) -> Bool {
    part.contains { $0.isUppercase }
  }
}
