import Foundation
import Store
import TestSupport
import Testing

extension WithoutScreen {
  @Suite("mtl-tui runs") struct RunsTests {
    private let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("runs-\(UUID().uuidString)").path

    private func writer(_ model: String, started: Double) -> RunWriter {
      let writer = RunWriter(
        RunCard(
          command: "train", model: model, data: "sample", seed: 1, configuration: "3f2a",
          started: started, program: "test"),
        documents: [.configuration: Array("seed: 1\nmodel: {name: \(model)}\n".utf8)],
        in: RunCollection(path: folder))
      writer.append(JournalFact(.command, step: 3, text: "task like off"))
      return writer
    }

    private func runs(_ arguments: String...) throws -> CommandRun {
      try Program.run(["runs"] + arguments + ["--in", folder])
    }

    @Test("lists, shows, tags, compares and removes")
    func all() throws {
      defer { _ = try? FileManager.default.removeItem(atPath: folder) }
      let first = writer("mmoe", started: 1_800_000_000)
      first.close()
      let second = writer("ple", started: 1_800_100_000)

      let list = try runs("list")
      #expect(list.status == 0 && list.errors.isEmpty)
      let lines = list.output.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines[1].hasPrefix(second.folder.id) && lines[1].contains("live"))
      #expect(lines[2].hasPrefix(first.folder.id) && lines[2].contains("interrupted"))
      #expect(try runs("path", "last").output == second.folder.path + "\n")

      #expect(try runs("tag", first.folder.id, "good", "old").output == "good\nold\n")
      #expect(try runs("tag", first.folder.id, "--remove", "old").output == "good\n")
      #expect(try runs("list", "--tag", "good", "--json").output.contains(first.folder.id))
      #expect(try !runs("list", "--tag", "good", "--json").output.contains(second.folder.id))
      let shown = try runs("show", first.folder.id).output
      for words in ["step 3: task like off", "tags", "model.name: mmoe"] {
        #expect(shown.contains(words), "\(words)")
      }
      let compared = try runs("compare", first.folder.id, "last").output
      #expect(compared.contains("model.name") && compared.contains("None of them was scored."))

      // This process trains the second run; the program is another one.
      let refused = try runs("remove", "last", "--yes")
      #expect(refused.status == 2)
      #expect(refused.errors.contains("another process trains this run"))
      #expect(refused.errors.contains("\(getpid())"))
      let unasked = try runs("remove", first.folder.id)
      #expect(unasked.status == 2 && unasked.errors.contains("pass --yes"))
      #expect(try runs("remove", first.folder.id, "--yes").status == 0)
      #expect(!FileManager.default.fileExists(atPath: first.folder.path))
      #expect(try runs("list").output.split(separator: "\n").count == 2)
      second.close()
      #expect(try runs("remove", "last", "--yes", "--json").output == "[\"\(second.folder.id)\"]\n")
    }

    @Test("a run that is not there, and a folder that is none")
    func none() throws {
      let unknown = try runs("show", "mmoe")
      #expect(unknown.status == 2 && unknown.errors.contains("no run is called 'mmoe'"))
      let foreign = FileManager.default.temporaryDirectory.path
      let refused = try runs("remove", foreign, "--yes")
      #expect(refused.status == 2 && refused.errors.contains("this is no folder of a run"))
      let wrong = try runs("list", "--since", "yesterday")
      #expect(wrong.status == 64)
    }
  }
}
