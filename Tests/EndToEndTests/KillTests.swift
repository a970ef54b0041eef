import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// Runs that are killed and go on; `Tests/Resume/kill_many.py` does it a hundred times.
  @Suite("Kills") struct KillTests {
    private static let cases = [
      ["--model", "mmoe", "--balancer", "gradnorm"],
      ["--model", "sparse-sharing", "--set", "model.rounds=1"],
    ]

    @Test("a run that is killed goes on to the bit", arguments: cases, [5, 6] as [UInt32])
    func goesOn(_ words: [String], _ seed: UInt32) throws {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("kills-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let made = folder.appendingPathComponent("data").path
      let runs = folder.appendingPathComponent("runs").path
      let generated = try Program.run(["data", "generate", "--preset", "tiny", "--out", made])
      #expect(generated.status == 0, "\(generated.errors)")
      let train = ["train", "--data", made + "/schema.yaml", "--json", "--epochs", "3"] + words
      let whole = try Program.run(train + ["--no-save"])
      #expect(whole.status == 0, "\(whole.errors)")
      let expected = try #require(fingerprint(whole.output))
      var arguments = train + ["--out", runs, "--checkpoint-every", "3"]
      var milliseconds = seed * 7
      for _ in 0..<3 {
        milliseconds = (milliseconds &* 1_103_515_245 &+ 12_345) % 61
        let killed = try Program.run(arguments) { process, output in
          let deadline = Date(timeIntervalSinceNow: Robot.patience)
          while !output().contains("\"prepared\""), process.isRunning, Date() < deadline {
            Thread.sleep(forTimeInterval: 0.002)
          }
          Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
          kill(process.processIdentifier, SIGKILL)
        }
        if killed.status == 0 { break }
        arguments = ["train", "--resume", "last", "--out", runs, "--json"]
      }
      let rest = try Program.run(["train", "--resume", "last", "--out", runs, "--json"])
      // What came to its end before it could be killed has nothing left to do.
      if rest.status == 0 {
        #expect(fingerprint(rest.output) == expected, "seed \(seed)")
      } else {
        #expect(rest.errors.contains("nothing is left to do"), "\(rest.errors)")
      }
      let again = try Program.run(["replay", "last", "--out", runs, "--json"])
      #expect(again.status == 0, "\(again.output) \(again.errors)")
      #expect(fingerprint(again.output) == expected, "seed \(seed)")
      let left = FileManager.default.enumerator(atPath: runs)?.compactMap { $0 as? String } ?? []
      #expect(!left.isEmpty && !left.contains { $0.contains(".partial-") })
    }

    /// The last fingerprint that some lines name.
    private func fingerprint(_ output: String) -> String? {
      output.components(separatedBy: "\"fingerprint\":\"").dropFirst().last.map {
        String($0.prefix(16))
      }
    }
  }
}
