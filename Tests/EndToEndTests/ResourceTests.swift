import Foundation
import TestSupport
import Testing

#if os(Linux)
  extension WithoutScreen {
    /// Machines that give less than was asked for.
    @Suite("Resources") struct ResourceTests {
      @Test(
        "little memory: it ends by itself, with results or with one message",
        arguments: [60_000, 90_000, 100_000, 120_000, 200_000])
      func memory(kilobytes: Int) throws {
        let data = FileManager.default.temporaryDirectory
          .appendingPathComponent("resources-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: data) }
        #expect(
          try Program.run(["data", "generate", "--preset", "tiny", "--out", data]).status == 0)
        for words in [
          "train --data \(data)/schema.yaml --epochs 1 --threads 2",
          "compare --data \(data)/schema.yaml --models mmoe --seeds 1 --epochs 1 --no-gains --out D",
        ] {
          let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("resources-\(UUID().uuidString)").path
          defer { try? FileManager.default.removeItem(atPath: folder) }
          let line = words.replacingOccurrences(of: "--out D", with: "--out " + folder)
          let result = try CommandRun(
            "/bin/sh",
            ["-c", "ulimit -v \(kilobytes); timeout 60 '\(Program.path)' \(line)"])
          // 124: it waits for ever; 127: too little to load the program at all.
          #expect([0, 2, 127].contains(result.status), "\(result.status) \(result.errors)")
          #expect(!result.errors.contains("Program crashed"), "\(result.errors)")
          #expect(result.status == 0 ? !result.output.isEmpty : !result.errors.isEmpty)
        }
      }

      @Test("more threads than cores can use: as many as make sense, and it is said")
      func threads() throws {
        let result = try Program.run(["train", "--epochs", "1", "--threads", "256", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("256 threads were asked for and "))
        let two = try Program.run(["train", "--epochs", "1", "--threads", "2", "--json"])
        #expect(!two.output.contains("threads were asked for"))
        func fingerprint(_ run: CommandRun) -> Substring? {
          run.output.range(of: "\"fingerprint\":\"").map { run.output[$0.upperBound...].prefix(16) }
        }
        #expect(fingerprint(result) == fingerprint(two) && fingerprint(two) != nil)
        let bench = try Program.fail(["bench", "--threads", "256", "--seconds", "0.1"])
        #expect(bench.status == 64 && bench.errors.contains("--threads must be from 1 to"))
      }
    }
  }
#endif
