import ArgumentParser
import Foundation
import Runs
import Training

/// `mtl-tui train`: a run without a screen.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Train a model without a screen.",
    discussion: """
      Results go to stdout, the progress to stderr. Ctrl-C ends the run after the current step and \
      prints the results so far.
      """)

  @OptionGroup var options: RunOptions
  @Flag(help: "Print one JSON object a line.") var json = false

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
      let session = TrainingSession(try options.configuration(), data: choice.source)
      session.show(WantedViews())
      let interrupts = InterruptSource { session.send(.stop) }
      defer { interrupts.cancel() }
      var renderer = LineRenderer(json: json)
      let code = renderer.follow(session)
      session.close()
      if code != 0 { throw ExitCode(code) }
    } catch let failure as Failure {
      end(failure)
    }
  }
}

/// Ctrl-C as a call instead of an end; a second one ends the program as usual.
final class InterruptSource {
  private let source: any DispatchSourceSignal

  init(_ action: @escaping @Sendable () -> Void) {
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      signal(SIGINT, SIG_DFL)
      action()
    }
    source.resume()
  }

  /// Ctrl-C ends the program again.
  func cancel() {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }
}
