import Foundation
import Interface
import Runs
import Store
import Testing

@testable import mtl_tui

/// The manual page, the completions and the help are made from the tables and leave nothing out.
@Suite("Manual page") struct ManualTests {
  private static let page = Result { try ManualPage.ofProgram() }

  private static func has(_ text: String, _ term: String) -> Bool {
    text.contains("\\fB\(Roff.escaped(term))\\fR")
  }

  @Test("every command and every option is in it") func commandsAndOptions() throws {
    let page = try Self.page.get()
    let text = page.roff
    let paths = page.help.leaves.map(\.path)
    #expect(paths.contains("data infer") && paths.contains("explore") && paths.count >= 10)
    for command in page.help.leaves {
      #expect(text.contains("\n.SS \(Roff.escaped(command.path))\n"), "\(command.path)")
      for argument in command.shownArguments {
        let term = argument.kind == "positional" ? argument.shown.uppercased() : argument.shown
        #expect(Self.has(text, term), "\(command.path) \(term)")
      }
    }
  }

  @Test("every typed command and every end is in it") func typedCommands() throws {
    let text = try Self.page.get().roff
    for entry in ExplorerTables.commands.entries {
      #expect(Self.has(text, entry.usage), "\(entry.usage)")
      for assignment in entry.assignments {
        #expect(text.contains(Roff.escaped(entry.usage(of: assignment))))
      }
    }
    for exit in ManualFacts.exits { #expect(Self.has(text, exit.status)) }
    let names = ExplorerTables.commands.entries.map(\.name)
    #expect(Set(["task", "segment", "zoom", "pace", "start"]).isSubset(of: names))
  }

  @Test("every key is in it, under its heading") func keys() throws {
    let text = try Self.page.get().roff
    #expect(ExplorerTables.keys.count > 8)
    for (heading, entries) in ExplorerTables.keys {
      let title = "\n.SH " + Roff.escaped("Keys: \(heading)".uppercased()) + "\n"
      #expect(text.contains(title), "\(heading)")
      for entry in entries { #expect(Self.has(text, entry.keys), "\(heading): \(entry.keys)") }
    }
  }

  /// What stands at the start of a line is a request only where one is meant.
  @Test("nothing in it is taken for a request of the macros") func requests() throws {
    let known: Set<String> = [
      ".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".RS", ".RE", ".nh", ".ad", ".\\\"",
    ]
    for line in try Self.page.get().roff.split(separator: "\n") {
      guard let first = line.first, first == "." || first == "'" else { continue }
      #expect(known.contains(String(line.prefix { $0 != " " })), "\(line)")
    }
    var page = Roff(title: "x", section: 1, source: "", manual: "")
    page.paragraphs(".so it 'is' \\fB-5")
    #expect(page.text.hasSuffix("\n.PP\n\\&.so it \\(aqis\\(aq \\efB\\-5\n"))
  }

  @Test("the README names the same ends") func exits() throws {
    let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("README.md")
    let text = try String(contentsOf: readme, encoding: .utf8)
    for exit in ManualFacts.exits {
      let isThere = text.contains("| \(exit.status) | \(exit.meaning) |")
      #expect(isThere, "copy this into README.md: | \(exit.status) | \(exit.meaning) |")
    }
  }

  @Test("help groups its commands and options") func help() {
    let all = MtlTui.helpMessage(columns: 100)
    for group in ["TRAIN AND LOOK", "COMPARE", "DATA AND MODELS", "THE PROGRAM ITSELF"] {
      #expect(all.uppercased().contains(group), "\(all)")
    }
    let explore = MtlTui.helpMessage(for: ExploreCommand.self, columns: 100).uppercased()
    for group in ["DATA OPTIONS", "TRAINING OPTIONS", "SCREEN OPTIONS"] {
      #expect(explore.contains(group), "\(explore)")
    }
  }

  @Test(
    "a shell completes what --at takes, by the table",
    arguments: [
      ("500:unp", []), ("500:und", ["500:undo"]), ("x:und", []), ("und", []),
      ("500:task.", ["500:task.on=", "500:task.off=", "500:task.weight="]),
      ("7:task click o", ["7:task click on", "7:task click off"]),
      ("7:knock ", ["7:knock out"]),
    ])
  func schedule(prefix: String, candidates: [String]) {
    #expect(ShellCompletion.scheduled(prefix) == candidates)
  }

  @Test("a shell completes the runs that were kept, the newest first") func runs() throws {
    let folder = NSTemporaryDirectory() + "completion-\(UUID().uuidString)"
    defer { _ = try? FileManager.default.removeItem(atPath: folder) }
    let ids = [("mmoe", 1_800_000_000.0), ("ple", 1_800_100_000)].map { model, started in
      let writer = RunWriter(
        RunCard(
          command: "train", model: model, data: "sample", seed: 1, configuration: "3f2a",
          started: started, program: "test"),
        documents: [:], in: RunCollection(path: folder))
      writer.close()
      return writer.folder.id
    }
    func completions(_ words: [String], _ prefix: String) -> [String] {
      ShellCompletion.runs(in: ShellCompletion.collection(of: words), prefix)
    }
    #expect(
      completions(["mtl-tui", "runs", "show", "--in", folder], "") == [ids[1], ids[0], "last"])
    let named = String(ids[0].prefix(ids[0].count - 3))
    #expect(completions(["train", "--out=\(folder)"], named) == [ids[0]])
    #expect(completions(["train", "--out", folder], "la") == ["last"])
    #expect(completions(["replay", "--out", folder + "/nowhere"], "").isEmpty)
    // Bash expands what it is offered: a name that a person or a thief gave is none of these.
    for name in ["$(touch x)", "20270115-0800-`x`", "20270115-0800-a b", "my run", ids[0] + "-"] {
      try FileManager.default.copyItem(
        atPath: "\(folder)/\(ids[0])", toPath: "\(folder)/\(name)")
    }
    #expect(completions(["runs", "--in", folder], "") == [ids[1], ids[0], "last"])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.filter { $0.hasPrefix("index") }.isEmpty, "a key that is pressed writes nothing")
    // What predict writes is no folder of runs.
    #expect(ShellCompletion.collection(of: ["predict", "--out", folder])?.path != folder)
  }

  @Test("paths that a shell would expand are not offered") func plain() {
    for text in ["a/b-1_c.yaml", "größe.yml", "x=1,2:3@4%"] {
      #expect(ShellCompletion.isPlain(text), "\(text)")
    }
    for text in [
      "$(x).yaml", "$x", "`x`", "a b", "a;b", "a\"b", "a'b", "a\\b", "a\nb", "~x", "{a,b}", "*",
    ] {
      #expect(!ShellCompletion.isPlain(text), "\(text)")
    }
  }

  @Test("a shell completes the options of the model that is named") func settings() {
    #expect(
      ShellCompletion.settings(of: ["mtl-tui", "train", "--model", "mmoe"], "model.experts")
        .map { $0.prefix { $0 != "=" } } == ["model.experts"])
    #expect(ShellCompletion.settings(of: ["mtl-tui", "--model", "linear"], "model.exp").isEmpty)
    #expect(ShellCompletion.settings(of: ["mtl-tui", "--model=linear"], "model.exp").isEmpty)
  }
}
