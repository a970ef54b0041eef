import ArgumentParser
import Datasets
import Foundation
import Runs
import Store
import Training

/// `mtl-tui replay`: a run once more, from its journal.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Repeat a kept run from its journal and compare the bits.",
    discussion: """
      The run is trained again from its configuration, with every command that a person gave at its \
      step. Its checkpoints and the numbers that it ended with must come out to the bit; of a run that \
      did not end, its last checkpoint. Nothing is kept of the repetition. Exit code 0: equal; 1: not.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run: its id, the beginning of it, last, or its folder.", valueName: "run"),
    completion: ShellCompletion.runs)
  var name: String
  @Option(help: "The folder of the runs, if it is not the usual one.", completion: .directory)
  var out: String?
  @Option(help: "Threads that train; the bits do not depend on them.") var threads: Int?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if out == "" { throw ValidationError("--out needs a folder.") }
    if let threads {
      try TrainingOptions.check("--threads", threads, TrainingDefaults.threadCounts)
    }
  }

  func run() throws {
    do {
      if let code = try replay() { throw ExitCode(code) }
    } catch let failure as Failure {
      end(failure)
    }
  }

  private func replay() throws -> Int32? {
    var kept: KeptRun
    let replay: Replay
    do {
      kept = try KeptRun(
        name,
        in: try out.map { RunCollection(path: DataFiles.expandingHome($0)) } ?? RunCollection()
      )
      kept.configuration.threads = threads ?? kept.configuration.threads
      replay = try Replay(kept.folder, kept.configuration)
    } catch let error as StoreError {
      throw Failure(message: "\(error)")
    } catch let error as CommandError {
      throw Failure(message: "\(error)")
    }
    TerminationRequest.listen()
    let outcome = try Self.repeat(replay, try kept.data().source)
    try StandardOutput.writeLine(json ? outcome.json : outcome.words(of: kept.folder.id))
    return outcome.difference == nil ? nil : 1
  }

  /// Repeats the run, and shows how far it has come.
  private static func `repeat`(
    _ replay: Replay, _ data: @escaping TrainingSession.DataSource
  ) throws -> Replay.Outcome {
    var progress = ProgressLine()
    defer { progress.clear() }
    do {
      return try replay.run(data) { snapshot in
        if let signal = TerminationRequest.received {
          throw Failure(
            message:
              "ended by \(TerminationRequest.name(of: signal)) before the repetition was done",
            exitCode: 128 + signal)
        }
        if let snapshot { progress.show(snapshot.progressLine) }
      }
    } catch let failure as Replay.Failure {
      throw Failure(message: "\(failure)")
    }
  }
}

extension Replay.Outcome {
  fileprivate func words(of id: String) -> String {
    let steps = equalSteps.map(String.init).joined(separator: ", ")
    let compared =
      equalSteps.isEmpty
      ? ""
      : "; checkpoints that are equal to the bit: step\(equalSteps.count == 1 ? "" : "s") \(steps)"
    guard let difference else {
      return "\(printable(id)): repeated to the bit, fingerprint \(fingerprint ?? "-")\(compared)"
    }
    return "\(printable(id)): not repeated: \(printable(difference))\(compared)"
  }

  fileprivate var json: String {
    object([
      ("event", quoted("replay")), ("equal", "\(difference == nil)"),
      ("difference", difference.map(quoted) ?? "null"),
      ("fingerprint", fingerprint.map(quoted) ?? "null"),
      ("equal_checkpoints", "[" + equalSteps.map(String.init).joined(separator: ",") + "]"),
    ])
  }
}
