import ArgumentParser
import Foundation
import Interface
import Runs
import Terminal
import Training

/// `mtl-tui explore`, and `mtl-tui` alone: the run on the screen.
struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore", abstract: "Watch and steer a run on the screen.",
    discussion: """
      Without arguments it trains MMoE on the sample, for \(TrainingDefaults.sampleEpochs) epochs \
      without early stopping. `?` shows the keys.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup(title: "Screen options") var screen: ScreenOptions
  @OptionGroup(title: "Saving") var recording: RecordingOptions

  func run() throws {
    let outcome: Outcome
    do {
      let file = ConfigFile()
      let config = try screen.configuration(file)
      if screen.plain { return try followPlainly(config) }
      outcome = try explore(config, file)
    } catch let failure as Failure {
      end(failure)
    } catch let error as TerminalError {
      end(Failure(message: "\(error)"))
    }
    // The terminal is back: what is left to say goes to its ordinary screen.
    switch outcome.reason {
    case .failed(let message): end(Failure(message: message))
    case .left, .stopped:
      for line in outcome.lines where !line.isEmpty { try StandardOutput.writeLine(line) }
    }
  }

  /// The sample is read in a moment and learned in a second: at its own pace there is something to
  /// watch.
  private func configuration(_ config: ExplorerConfig) throws -> TrainingConfiguration {
    var configuration = try options.configuration(startsPaused: screen.paused)
    adapt(&configuration, to: options.input.data, pace: config.pace)
    return configuration
  }

  /// What the explorer does otherwise than `train` on some data: the sample has more to show.
  private func adapt(
    _ configuration: inout TrainingConfiguration, to data: String, pace: Double?
  ) {
    let isSample = data == "sample"
    let pace = pace ?? (isSample ? TrainingDefaults.samplePace : 0)
    configuration.stepsPerSecondLimit = pace > 0 ? pace : nil
    if isSample {
      configuration.epochs = options.training.epochs ?? TrainingDefaults.sampleEpochs
      configuration.patience = options.training.patience ?? 0
    }
  }

  /// Without a screen: lines on stdout, commands on stdin.
  private func followPlainly(_ config: ExplorerConfig) throws {
    let choice = try options.input.choice(threads: options.training.threads)
    let session = TrainingSession(
      try configuration(config), recording: recording.source(command: "explore"),
      data: choice.source)
    session.show(WantedViews())
    TerminationRequest.listen()
    var renderer = PlainRenderer(session)
    let code = try renderer.follow()
    session.close()
    if code != 0 { throw ExitCode(code) }
  }

  /// The runs of the explorer: the first one, and those that a person starts in its place.
  private func runs(
    _ configuration: TrainingConfiguration, on choice: DataChoice, pace: Double?
  ) -> RunSwitch {
    let (training, data) = (options.training, options.input.data)
    return RunSwitch(
      configuration, data: choice.source,
      advice: { training.configuration(on: data, model: $0) },
      opener: { name in
        let choice = try DataChoice(
          DataFiles.expandingHome(name), path: nil, threads: training.threads)
        return (
          choice.source,
          { model in
            var configuration = training.configuration(on: name, model: model)
            adapt(&configuration, to: name, pace: pace)
            return configuration
          }
        )
      }, recording: recording.source(command: "explore"))
  }

  private struct Outcome {
    var reason: ExitReason
    var lines: [String]
  }

  private func explore(_ config: ExplorerConfig, _ file: ConfigFile) throws -> Outcome {
    let choice = try options.input.choice(threads: options.training.threads)
    let configuration = try configuration(config)
    // Data are read while the terminal says what it is.
    let runs = runs(configuration, on: choice, pace: config.pace)
    let terminal = try CursesTerminal(color: screen.color, theme: config.theme)
    defer { terminal.close() }
    terminal.useMouse(config.mouse ?? true)
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    let history = LineHistory()
    var settings = ExplorerSettings(
      charset: config.charset(showsUnicode: terminal.showsUnicode, terminal: kind),
      framesPerSecond: config.fps ?? 10, theme: config.theme?.name ?? ExplorerConfig.automatic,
      hasMouse: config.mouse ?? true, keys: config.bindings, seed: options.seed,
      models: RunSwitch.models(for: nil), first: runs.first)
    settings.typed = history.lines
    settings.terminalHasColors = terminal.colors > 0
    var loop = ExplorerLoop(
      app: App(settings: settings), terminal: terminal, link: runs.session,
      starter: runs.starter, keeper: file.keep,
      writer: ExportFolder.write, history: history.keep)
    var reason: ExitReason?
    while reason == nil {
      reason = loop.turn() ?? (screen.leave && loop.app.summary != nil ? .left : nil)
    }
    terminal.close()
    // Before there are parameters there is nothing to wait for.
    if loop.app.isReadingData, reason == .stopped || reason == .left {
      return Outcome(reason: .left, lines: [])
    }
    var outcome = Outcome(reason: reason ?? .left, lines: [])
    if let summary = loop.app.summary {
      outcome.lines = [summary.test?.table ?? "", summary.paragraph]
    } else if reason == .stopped || reason == .left {
      outcome = Self.results(of: runs.session)
    }
    runs.close()
    return outcome
  }

  /// The results of a run that was told to stop: it evaluates once more, which takes a moment.
  ///
  /// Who leaves just as the run ends may also be ahead of its summary.
  private static func results(of session: TrainingSession) -> Outcome {
    var lines: [String] = []
    while true {
      // Asked first: what an ended session has said is all there already.
      let hasEnded = session.hasEnded
      for event in session.drainEvents() {
        switch event {
        case .evaluated(let evaluation): lines = [evaluation.table]
        case .finished(let summary):
          lines = summary.test.map { [$0.table] } ?? lines
          return Outcome(reason: .stopped, lines: lines + [summary.paragraph])
        case .failed(let message): return Outcome(reason: .failed(message), lines: lines)
        default: break
        }
      }
      if hasEnded { return Outcome(reason: .left, lines: lines) }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}
