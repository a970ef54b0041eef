import ArgumentParser
import Foundation
import Interface
import Runs

/// `mtl-tui manual`: the manual page, as `make install` puts it beside the program.
struct ManualCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manual", abstract: "Print the manual page.",
    discussion: """
      It is made from the tables of options, keys and typed commands. `mtl-tui manual | man -l -` \
      shows it; `make install` puts it where `man mtl-tui` finds it.
      """)

  func run() throws {
    let roff = try ManualPage.ofProgram().roff
    try StandardOutput.writeLine(roff.hasSuffix("\n") ? String(roff.dropLast()) : roff)
  }
}

extension ManualPage {
  /// The page of this program.
  ///
  /// - Throws: `DecodingError` if the help of the options cannot be read.
  static func ofProgram() throws -> ManualPage {
    ManualPage(
      help: try HelpTree.ofProgram().command, version: programVersion,
      keys: ExplorerTables.keys.map { heading, entries in
        (heading, entries.map { Entry(term: $0.keys, words: $0.summary) })
      },
      typed: ExplorerTables.commands)
  }
}
