import ArgumentParser
import Foundation

/// What the program's own help knows of its commands and options, as a tree.
///
/// ArgumentParser writes it as JSON (`--experimental-dump-help`, version 0); only what the manual page
/// needs is read.
struct HelpTree: Decodable {
  var command: HelpCommand

  /// The tree of this program.
  ///
  /// - Throws: `DecodingError` if the library's JSON has another form.
  static func ofProgram() throws -> HelpTree {
    try JSONDecoder().decode(HelpTree.self, from: Data(MtlTui._dumpHelp().utf8))
  }
}

/// A command, with its options and the commands below it.
struct HelpCommand: Decodable {
  var superCommands: [String]?
  var shouldDisplay: Bool?
  var commandName: String
  var abstract: String?
  var discussion: String?
  var subcommands: [HelpCommand]?
  var arguments: [HelpArgument]?

  /// The words that a person types, without the program's name: `data infer`.
  var path: String { ((superCommands ?? []).dropFirst() + [commandName]).joined(separator: " ") }

  /// The commands at the end of the tree, in their order; `help` is none.
  var leaves: [HelpCommand] {
    let below = (subcommands ?? []).filter { $0.commandName != "help" && $0.shouldDisplay != false }
    return below.isEmpty ? [self] : below.flatMap(\.leaves)
  }

  /// What is shown of the options; `--help` and `--version` are every command's.
  var shownArguments: [HelpArgument] {
    (arguments ?? []).filter { $0.shouldDisplay && !["--help", "--version"].contains($0.shown) }
  }
}

/// An option, a flag or a positional argument.
struct HelpArgument: Decodable, Hashable {
  struct Name: Decodable, Hashable {
    var kind: String
    var name: String
  }

  var kind: String
  var shouldDisplay: Bool
  var sectionTitle: String?
  var isOptional: Bool
  var isRepeating: Bool
  var preferredName: Name?
  var valueName: String?
  var defaultValue: String?
  var abstract: String?

  /// `--model`, or of a positional argument `<schema>`.
  var shown: String {
    guard kind != "positional", let name = preferredName else { return valueName ?? "" }
    return (name.kind == "short" ? "-" : "--") + name.name
  }

  /// The name of what follows an option; nil for a flag.
  var value: String? { kind == "option" ? valueName ?? "value" : nil }

  /// What it does, with its default.
  var words: String {
    let text = abstract ?? ""
    guard let defaultValue, !defaultValue.isEmpty, kind == "option" else { return text }
    return "\(text) (default: \(defaultValue))"
  }
}
