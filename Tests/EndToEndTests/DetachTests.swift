import Foundation
import TestSupport
import Testing

extension EndToEnd {
  @Suite("Training in the background") struct DetachTests {
    private let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("detached-\(UUID().uuidString)").path

    private func listed() throws -> [String: Any] {
      let list = try Program.run(["runs", "list", "--json", "--in", folder])
      let runs = try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]]
      return try #require(runs?.first)
    }

    /// Waits until nobody trains the run.
    private func end() throws -> [String: Any] {
      let deadline = Date(timeIntervalSinceNow: Robot.patience)
      var run = try listed()
      while run["live"] as? Bool != false, Date() < deadline {
        Thread.sleep(forTimeInterval: 0.1)
        run = try listed()
      }
      return run
    }

    private func train(_ more: String...) throws -> CommandRun {
      try Program.run(["train", "--data", "sample", "--detach", "--out", folder] + more)
    }

    @Test("starts one and returns; SIGTERM ends it, --resume goes on with it") func starts() throws
    {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let started = try train("--epochs", "100000", "--patience", "0")
      #expect(started.status == 0, "\(started.errors)")
      let run = try listed()
      let id = try #require(run["id"] as? String)
      let process = try #require(run["process"] as? Int)
      defer { kill(pid_t(process), SIGKILL) }
      #expect(started.output == id + "\n")
      #expect(started.errors.contains("mtl-tui attach \(id) --out "))
      #expect(started.errors.contains("process \(process);"))
      #expect(run["state"] as? String == "live")
      // No terminal and no shell can end it.
      #expect(getsid(pid_t(process)) == pid_t(process))
      kill(pid_t(process), SIGTERM)
      #expect(try end()["state"] as? String == "stopped")
      let summary = FileManager.default.fileExists(atPath: "\(folder)/\(id)/summary.json")
      #expect(summary)
      let output = try String(contentsOfFile: "\(folder)/\(id)/output.log", encoding: .utf8)
      #expect(!output.isEmpty)
      #expect(
        try !FileManager.default.contentsOfDirectory(atPath: folder)
          .contains { $0.hasPrefix("detached-") })

      let resumed = try Program.run(
        ["train", "--resume", "last", "--detach", "--json", "--out", folder])
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.output.contains("\"id\":\"\(id)\""))
      let again = try #require(try listed()["process"] as? Int)
      #expect(again != process)
      kill(pid_t(again), SIGTERM)
      #expect(try end()["live"] as? Bool == false)
      // Both outputs, one behind the other.
      let both = try String(contentsOfFile: "\(folder)/\(id)/output.log", encoding: .utf8)
      #expect(both.hasPrefix(output) && both.count > output.count)
      #expect(try Program.run(["runs", "remove", id, "--yes", "--in", folder]).status == 0)
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/\(id)"))
    }

    @Test("a run that is short is named, too") func short() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let started = try train("--epochs", "1")
      #expect(started.status == 0, "\(started.errors)")
      let run = try end()
      #expect(started.output == (run["id"] as? String ?? "") + "\n")
      #expect(run["state"] as? String != "interrupted" && run["live"] as? Bool == false)
    }

    @Test("what fails says what it would have said, with its exit code") func fails() throws {
      defer { try? FileManager.default.removeItem(atPath: folder) }
      for (wrong, code) in [(["--model", "mmoo"], 2), (["--no-save"], 64)] as [([String], Int32)] {
        let words = ["train", "--data", "sample"] + wrong
        let expected = try Program.fail(words + (code == 64 ? ["--detach"] : []))
        let result = try Program.fail(
          words + ["--detach"] + (code == 64 ? [] : ["--out", folder]))
        #expect(result.status == code && result.status == expected.status)
        #expect(result.errors == expected.errors && result.output.isEmpty)
        #expect(!result.errors.isEmpty)
      }
      let left = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      #expect(left.isEmpty)
    }
  }
}
