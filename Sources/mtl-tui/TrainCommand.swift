import ArgumentParser
import Foundation
import Runs
import Training

/// `mtl-tui train`: a run without a screen.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model without a screen.",
    discussion: """
      Results go to stdout, the progress to stderr. Ctrl-C and SIGTERM end the run after the \
      current step and print the results so far; a second Ctrl-C ends it at once.
      """)

  @OptionGroup var options: RunOptions
  @Flag(help: "Print one JSON object a line.") var json = false
  @OptionGroup var predictions: PredictionsOptions

  func validate() throws {
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
      let choice = try options.input.choice(threads: options.training.threads)
      try predictions.check()
      let session = TrainingSession(
        try options.configuration(), keepingTestAnswers: predictions.predictions != nil,
        data: choice.source)
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
}
