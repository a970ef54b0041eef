import Foundation
import Runs
import Store
import Testing

@testable import mtl_tui

/// Runs that were kept, as lists and the explorer show them, damage among them.
@Suite final class ExplorerRunsTests {
  private let path = NSTemporaryDirectory() + "explorer-runs-\(UUID().uuidString)"
  private var collection: RunCollection { RunCollection(path: path) }

  deinit { _ = try? FileManager.default.removeItem(atPath: path) }

  private func writer(_ model: String) throws -> RunWriter {
    let description = RunDescription(
      model: model, modelTitle: "MMoE", data: "sample", tasks: [], categoricalColumns: [],
      trainingRows: 1, validationRows: 0, testRows: 0, parameterCount: 1, batchSize: 1,
      stepsPerEpoch: 1, epochs: 1, seed: 1)
    return RunWriter(
      RunCard(
        command: "train", model: model, data: "sample", seed: 1, configuration: "3f2a",
        program: "test"),
      documents: [
        .description: try ValueCoding.encoded(description),
        .configuration: Array("seed: 1\nmodel: {name: \(model)}\n".utf8),
      ], in: collection)
  }

  /// What can be read is shown, and that the rest is missing.
  @Test func damagedEventsAndLossesAreShownAsFarAsTheyGo() throws {
    let run = try writer("mmoe")
    run.append(
      event: String(decoding: try ValueCoding.encoded(Event.noticed("one", step: 1)), as: UTF8.self)
    )
    run.append(event: "no event")
    var bin = LossBin(task: 0, step: 7)
    bin.add(0.5, step: 7)
    run.append([bin, bin])
    run.close()
    let curves = URL(fileURLWithPath: run.folder.path + "/curves.bin")
    var bytes = try Data(contentsOf: curves)
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: curves)
    let runs = ExplorerRuns(collection: collection)
    let course = try runs.course(of: try #require(runs.list().runs.first))
    #expect(course.losses == [bin])
    let words = course.events.compactMap {
      if case .noticed(let text, _) = $0 { text } else { nil }
    }
    #expect(words.count == 3 && words[0] == "one")
    #expect(words[1].hasPrefix("event 2 of \(run.folder.id) cannot be read"))
    #expect(words[2].contains("record 2 is not as it was written"))
  }

  /// A run that cannot be listed is named beside the others.
  @Test func whatCannotBeListedIsNamed() throws {
    try writer("mmoe").close()
    let damaged = try writer("ple")
    damaged.close()
    try Data("{".utf8).write(to: URL(fileURLWithPath: damaged.folder.path + "/run.json"))
    let (runs, remarks) = try ExplorerRuns(collection: collection).list()
    #expect(runs.map(\.model) == ["mmoe"])
    #expect(remarks.count == 1 && remarks[0].contains(damaged.folder.path))
  }

  /// Texts of a journal are data: nothing of them steers the terminal.
  @Test func theReasonOfAnEndIsHarmless() throws {
    let run = try writer("mmoe")
    run.append(JournalFact(.ended, step: 3, text: "\u{1B}[2Jepochs"))
    run.close()
    let listed = ListedRun(entry: try RunEntry(run.folder), life: .ended)
    #expect([listed].table.contains("[2Jepochs") && ![listed].table.contains("\u{1B}"))
    #expect(!(try ShownRun(run.folder).text.contains("\u{1B}")))
  }
}
