import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// `mtl-tui export` of a run that was trained before.
  @Suite("Taking a run along") struct ExportTests {
    @Test("a run is written in every format, and what cannot be is said")
    func everyFormat() throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("exported-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let trained = try Program.run(
        [
          "train", "--data", "sample", "--model", "mmoe", "--epochs", "1", "--out",
          folder + "/runs",
        ])
      #expect(trained.status == 0, "\(trained.errors)")
      let runs = try FileManager.default.contentsOfDirectory(atPath: folder + "/runs")
      let run = folder + "/runs/" + (try #require(runs.first { $0.contains("mmoe") }))
      let wanted = [
        ["--onnx", "m.onnx"], ["--safetensors", "m.safetensors"], ["--tensorboard", "board"],
        ["--csv", "tables"], ["--svg", "charts"], ["--report", "run.html"],
        ["--embeddings", "embeddings"],
      ].flatMap { [$0[0], "\(folder)/\($0[1])"] }
      let exported = try Program.run(["export", run] + wanted)
      #expect(exported.status == 0, "\(exported.errors)")
      #expect(exported.errors.isEmpty)
      let paths = exported.output.split(separator: "\n").map(String.init)
      for path in paths { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
      for ending in [
        "m.onnx", "m.safetensors", "run.html", "charts/gates.svg", "charts/losses-overlay.svg",
        "tables/scores-by-step.csv", "tables/gates.csv",
      ] { #expect(paths.contains { $0.hasSuffix(ending) }, "\(ending)") }
      #expect(paths.contains { $0.contains("/board/events.out.tfevents.") })
      #expect(paths.contains { $0.hasSuffix(".npy") })
      let page = try String(contentsOfFile: folder + "/run.html", encoding: .utf8)
      #expect(page.contains("<h2>Gates</h2>") && page.contains("</svg>"))
      #expect(page.contains("<tr><td>model</td><td>mmoe</td></tr>"))
      #expect(!page.contains(" # "))
      try refusals(run, folder)
    }

    private func refusals(_ run: String, _ folder: String) throws {
      let again = try Program.fail(["export", run, "--onnx", folder + "/m.onnx"])
      #expect(again.status == 2)
      #expect(again.errors.contains("m.onnx") && again.errors.contains("--overwrite"))
      let replaced = try Program.run(["export", run, "--onnx", folder + "/m.onnx", "--overwrite"])
      #expect(replaced.status == 0)
      let tables = try Program.fail(["export", run, "--embeddings", folder + "/embeddings"])
      #expect(tables.status == 2 && tables.errors.contains("--overwrite"))
      let nothing = try Program.fail(["export", run])
      #expect(nothing.status == 64 && nothing.errors.contains("--onnx"))
      let unknown = try Program.fail(["export", folder + "/none", "--onnx", folder + "/n.onnx"])
      #expect(unknown.status == 2 && unknown.errors.contains("none"))
    }
  }
}
