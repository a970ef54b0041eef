import Foundation
import TestSupport
import Testing

extension WithoutScreen {
  /// What becomes of results and messages that cannot be written.
  @Suite("Writing") struct WritingTests {
    private static let results = [
      "train --data D/made --epochs 1 --threads 1", "train --data D/made --epochs 1 --json",
      "models", "models --json", "bench --list", "--help", "train --help", "--version",
      "data generate --preset tiny --out D/log",
      "compare --models hard-sharing --seeds 1 --epochs 1 --no-gains --data D/made --out D",
      "study correlation --correlations 0 --seeds 1 --rows 100 --epochs 1 --out D",
    ]

    /// The schema of a small log that was made once: what is written to where is asked here, not what.
    private static let made: String = {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("writing-made-\(UUID().uuidString)").path
      let run = try? Program.run(["data", "generate", "--preset", "tiny", "--out", folder])
      return run?.status == 0 ? "\(folder)/schema.yaml" : "no-made-log.yaml"
    }()

    /// Runs a line of shell in which `M` is the program and `D` a folder that is removed afterwards.
    private func shell(_ line: String) throws -> CommandRun {
      let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("writing-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      // The shell puts the names in: text put in by turns would be read again, and a random name may
      // end in D.
      let words = line.replacingOccurrences(of: "D/made", with: "\"$MADE\"")
        .replacingOccurrences(of: "D/", with: "\"$FOLDER\"/")
        .replacingOccurrences(of: "--out D", with: "--out \"$FOLDER\"")
        .replacingOccurrences(of: "M ", with: "\"$PROGRAM\" ")
      return try CommandRun(
        "/bin/sh",
        [
          "-c", "MADE=$1 FOLDER=$2 PROGRAM=$3; \(words)", "sh", Self.made, folder, Program.path,
        ])
    }

    private func expectOneMessage(_ result: CommandRun, _ line: String) {
      #expect(result.status == 74, "\(line): \(result.status) \(result.errors)")
      let messages = result.errors.components(separatedBy: "mtl-tui: ").count - 1
      #expect(messages == 1, "\(line): \(result.errors)")
      #expect(result.errors.contains("standard output: results cannot be written."), "\(line)")
    }

    #if os(Linux)
      @Test("a full disk: one message, status 74", arguments: results)
      func full(words: String) throws {
        let result = try shell("M \(words) >/dev/full")
        expectOneMessage(result, words)
        #expect(result.errors.contains("found: No space left on device"))
      }
    #endif

    @Test(
      "closed: one message, status 74",
      arguments: ["models", "--help", "train --data D/made --epochs 1"])
    func closed(words: String) throws {
      let result = try shell("M \(words) >&-")
      expectOneMessage(result, words)
      #expect(result.errors.contains("found: Bad file descriptor"))
    }

    @Test(
      "a reader that went away: quiet, also where the pipe's signal is ignored",
      arguments: ["", "trap '' PIPE; "])
    func reader(prefix: String) throws {
      let result = try shell(
        "\(prefix)(M train --data D/made --epochs 400 --patience 0; echo $? >&2) | head -n 1")
      #expect(result.output.split(separator: "\n").count == 1)
      #expect(result.errors == "141\n", "\(result.errors)")
    }

    @Test(
      "standard error that cannot be written changes no status",
      arguments: [
        ("M train --data nope.yaml", 2), ("M train --no-such-flag", 64),
        (
          "M compare --models hard-sharing --seeds 1 --epochs 1 --no-gains --data D/made --out D", 0
        ),
      ])
    func errors(line: String, status: Int32) throws {
      #if os(Linux)
        #expect(try shell("\(line) 2>/dev/full").status == status)
      #endif
      let result = try shell("\(line) 2>&-")
      #expect(result.status == status)
      #expect((result.output.isEmpty) == (status != 0))
    }

    @Test("a message is not written into the file that has its number") func closedStreams() throws
    {
      let result = try shell(
        "M data generate --preset tiny --out D/log 2>&- <&- >&-; echo $?; cat D/log/*; ls -A D/log")
      #expect(result.output.hasPrefix("74\nuser,item,"))
      #expect(!result.output.contains("cannot be written"))
      #expect(result.output.hasSuffix("log.csv\nschema.yaml\ntruth.json\n"))
    }

    @Test("results that cannot be kept are shown, then why: compare and study")
    func fullJournal() throws {
      for line in [
        "M compare --models hard-sharing --seeds 1 --epochs 1 --no-gains --data D/made --out D --json",
        "M study correlation --correlations 0 --seeds 1 --rows 100 --epochs 1 --out D --json",
      ] {
        // A limit on the size of files stands in for a full disk: 64 blocks of 512 bytes hold what is
        // printed, and a results file that is nearly as long already holds no further record.
        let result = try shell(
          """
          printf '{"checksum":"' >D/runs.jsonl; head -c 32700 /dev/zero | tr '\\0' x >>D/runs.jsonl; \
          echo >>D/runs.jsonl; ulimit -f 64; \(line)
          """)
        #expect(result.status == 2, "\(result.errors)")
        #expect(result.errors.contains("results cannot be kept here"), "\(result.errors)")
        #expect(result.errors.contains("File too large"), "\(result.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        let found = try #require(object as? [String: Any])
        #expect(found["interrupted"] as? Bool == true)
        let rows = try #require((found["rows"] ?? found["models"]) as? [[String: Any]])
        let done = rows.contains { row in
          (row["runs_finished"] as? Int ?? 0) > 0
            || ((row["cells"] as? [[String: Any]])?.first?["draws"] as? [Any])?.isEmpty == false
        }
        #expect(done, "\(result.output)")
      }
    }

    @Test("a made log is not written over somebody's own; --overwrite says that it may be")
    func generate() throws {
      let line = "M data generate --preset tiny --out D/log"
      let refused = try shell(
        "mkdir D/log; echo mine >D/log/schema.yaml; \(line); echo $?; ls D/log")
      #expect(refused.output == "2\nschema.yaml\n")
      #expect(refused.errors.contains("schema.yaml: is there already, and is not replaced."))
      #expect(refused.errors.contains("--overwrite"))
      let forced = try shell(
        "mkdir D/log; echo mine >D/log/schema.yaml; \(line) --overwrite && \(line) --seed 2; ls -A D/log"
      )
      #expect(forced.errors.isEmpty)
      #expect(forced.output.hasSuffix("log.csv\nschema.yaml\ntruth.json\n"))
    }

    @Test("what was made and then exchanged has no bound, and compare says so") func exchanged()
      throws
    {
      let result = try shell(
        """
        M data generate --preset tiny --seed 1 --out D/a && \
        M data generate --preset tiny --seed 2 --out D/b && mv D/a/truth.json D/b/ && \
        M compare --data D/b/schema.yaml --models hard-sharing --seeds 1 --epochs 1 --no-gains \
        --out D/out --json
        """)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.contains("no bound is known: it is of another log.csv"))
      #expect(!result.output.contains("\"bound\":0"))
    }
  }
}
