import Runs

/// The manual page, made from the tables that the program itself goes by.
struct ManualPage {
  /// A key or a typed command, as the page lists them.
  struct Entry {
    var term: String
    var words: String
  }

  /// The commands and options.
  var help: HelpCommand
  var version: String
  /// The explorer's keys by heading.
  var keys: [(heading: String, entries: [Entry])] = []
  /// What may be typed in the explorer.
  var typed: CommandTable

  /// The page as roff.
  var roff: String {
    var page = Roff(
      title: "mtl-tui", section: 1, source: "mtl-tui \(version)", manual: "User Commands")
    page.section("Name")
    page.paragraphs("mtl-tui - \(Self.sentence(help.abstract ?? ""))")
    page.section("Synopsis")
    for command in help.leaves {
      page.entry("mtl-tui \(command.path)", argument: Self.synopsis(command), "")
    }
    page.section("Description")
    page.paragraphs(ManualFacts.description)
    addCommands(to: &page)
    addExplorer(to: &page)
    page.section("Exit status")
    for exit in ManualFacts.exits { page.entry(exit.status, exit.meaning) }
    page.section("Files")
    for file in ManualFacts.files { page.entry(file.name, file.meaning) }
    page.section("Environment")
    for variable in ManualFacts.environment { page.entry(variable.name, variable.meaning) }
    page.section("Examples")
    for example in ManualFacts.examples {
      page.paragraphs(example.words)
      page.example(example.line)
    }
    return page.text
  }

  /// `explore …` without a full stop and with a small letter.
  private static func sentence(_ text: String) -> String {
    let text = text.hasSuffix(".") ? String(text.dropLast()) : text
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static func synopsis(_ command: HelpCommand) -> String {
    let positional = command.shownArguments.filter { $0.kind == "positional" }
      .map { $0.shown.uppercased() + ($0.isRepeating ? "…" : "") }
    let hasOptions = command.shownArguments.contains { $0.kind != "positional" }
    return (positional + (hasOptions ? ["[options]"] : [])).joined(separator: " ")
  }

  // MARK: - Commands and options

  /// Options that several commands share are told once, under their heading.
  private func addCommands(to page: inout Roff) {
    page.section("Commands")
    for command in help.leaves {
      page.subsection(command.path)
      page.paragraphs(command.abstract ?? "")
      page.paragraphs(command.discussion ?? "")
      for argument in command.shownArguments where argument.sectionTitle == nil {
        Self.add(argument, to: &page)
      }
      let groups = Self.unique(command.shownArguments.compactMap(\.sectionTitle))
      guard !groups.isEmpty else { continue }
      page.paragraphs("It also takes: \(groups.joined(separator: ", ")).")
    }
    let all = help.leaves.flatMap(\.shownArguments)
    for group in Self.unique(all.compactMap(\.sectionTitle)) {
      page.section(group)
      for argument in Self.unique(all.filter { $0.sectionTitle == group }) {
        Self.add(argument, to: &page)
      }
    }
  }

  private static func add(_ argument: HelpArgument, to page: inout Roff) {
    let term = argument.kind == "positional" ? argument.shown.uppercased() : argument.shown
    page.entry(term, argument: argument.value?.uppercased(), argument.words)
  }

  private static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return elements.filter { seen.insert($0).inserted }
  }

  // MARK: - The explorer

  private func addExplorer(to page: inout Roff) {
    for (heading, entries) in keys where !entries.isEmpty {
      page.section("Keys: \(heading)")
      for entry in entries { page.entry(entry.term, entry.words) }
    }
    page.section("Typed commands")
    page.paragraphs(
      """
      In the explorer they follow `:`. `--at STEP:COMMAND` takes those that the engine carries out, \
      which also have a spelling with `=`. Words in brackets may be left out in the explorer, which \
      then asks or takes what is selected. A name may hold blanks; one that could be read otherwise \
      has quotes. Changes with ` + ` between them are one action, which one undo takes back.
      """)
    for entry in typed.entries {
      let spellings = entry.assignments.map { entry.usage(of: $0) }
      let others = spellings.isEmpty ? "" : " Also \(spellings.joined(separator: ", "))."
      page.entry(entry.usage, entry.summary + (entry.isEngines ? "; --at takes it." : ".") + others)
    }
  }
}
