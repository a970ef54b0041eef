import ArgumentParser
import Foundation
import Runs
import Store
import Training

/// `mtl-tui train`: a run without a screen.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model without a screen.",
    discussion: """
      Results go to stdout, the progress to stderr. Ctrl-C and SIGTERM end the run after the \
      current step and print the results so far; a second Ctrl-C ends it at once. The run is kept in \
      a folder of its own: `--resume last` goes on with the newest one, to the bit.
      """)

  @OptionGroup var options: RunOptions
  @Flag(help: "Print one JSON object a line.") var json = false
  @OptionGroup var predictions: PredictionsOptions
  @OptionGroup(title: "Saving") var recording: RecordingOptions
  @Option(
    help: """
      Go on with a run that was kept, from its last checkpoint: its id, the beginning of it, last, or \
      its folder. It may be given more --epochs.
      """)
  var resume: String?

  func validate() throws {
    if resume != nil { try checkThatNothingElseIsAsked() }
    for scheduled in try options.scheduled() {
      switch scheduled.command {
      case .pause, .step:
        throw ValidationError(
          "--at \(scheduled.step):\(scheduled.command): without a screen nobody could resume.")
      default: continue
      }
    }
  }

  func run() throws {
    do {
      try predictions.check()
      let session = try makeSession()
      session.show(WantedViews())
      TerminationRequest.listen()
      var renderer = LineRenderer(json: json)
      let code = try renderer.follow(session)
      session.close()
      if code == 0 { try predictions.write(session.testAnswers) }
      if code != 0 { throw ExitCode(code) }
    } catch let failure as Failure {
      end(failure)
    }
  }

  /// The session of a run that begins, or goes on.
  private func makeSession() throws -> TrainingSession {
    guard let resume else {
      let choice = try options.input.choice(threads: options.training.threads)
      return TrainingSession(
        try options.configuration(), recording: recording.source(command: "train"),
        keepingTestAnswers: predictions.predictions != nil, data: choice.source)
    }
    do {
      let threads = options.training.threads
      return try KeptRun(resume, in: try recording.collection()).resumed(
        epochs: options.training.epochs,
        threads: threads == TrainingDefaults.threads ? nil : threads,
        keepingTestAnswers: predictions.predictions != nil)
    } catch let error as StoreError {
      throw Failure(message: "\(error)")
    }
  }

  /// A run goes on as it was begun.
  private func checkThatNothingElseIsAsked() throws {
    let others =
      options.chosen + (recording.noSave ? ["--no-save"] : [])
      + (recording.checkpointEvery == nil ? [] : ["--checkpoint-every"])
    guard let other = others.first else { return }
    throw ValidationError(
      "--resume goes on with a run as it was begun: leave \(other) out, or begin another run.")
  }
}
