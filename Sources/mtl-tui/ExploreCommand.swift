import ArgumentParser
import Foundation
import Interface
import Runs
import Store
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
  @OptionGroup var cores: CoreOptions
  @OptionGroup(title: "Screen options") var screen: ScreenOptions
  @OptionGroup(title: "Saving") var recording: RecordingOptions
  @OptionGroup(title: "Log options") var log: LogOptions

  func validate() throws {
    guard options.training.threads == .auto, options.configuration.printConfig else { return }
    throw ValidationError(
      "--threads auto is measured when a run begins: leave it out with --print-config, or give a "
        + "number.")
  }

  func run() throws {
    let outcome: Outcome
    do {
      let file = ConfigFile()
      let config = try screen.configuration(file)
      let plan = try plan(config, file)
      if options.configuration.printConfig { return try printConfiguration(of: plan) }
      if screen.plain { return try followPlainly(plan) }
      outcome = try explore(plan, config, file)
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

  /// What was said of runs here; the screen's pace and waiting are among it.
  ///
  /// The sample is read in a moment and learned in a second: at its own pace, for longer and without
  /// early stopping there is something to watch.
  private func plan(_ config: ExplorerConfig, _ file: ConfigFile) throws -> ConfigurationPlan {
    var flags = ConfigurationLayer()
    flags.add("pace", screen.pace, .flag("--pace"))
    if screen.paused { flags.add("paused", true, .flag("--paused")) }
    return try options.plan(flags: flags) { data in
      let source = ConfigurationSource.command("the explorer's, for the sample")
      var usual = ConfigurationLayer()
      if data == "sample" {
        usual.add("epochs", TrainingDefaults.sampleEpochs, source)
        usual.add("patience", 0, source)
        usual.add("pace", TrainingDefaults.samplePace, source)
      }
      var kept = ConfigurationLayer()
      if screen.pace == nil {
        kept.add("pace", config.pace, .file(path: file.path ?? "config.yaml", line: 0))
      }
      return [usual, kept]
    }
  }

  /// Without a screen: lines on stdout, commands on stdin.
  private func followPlainly(_ plan: ConfigurationPlan) throws {
    let merged = try plan.merged()
    let use = try cores.use(options.training.threads, threads: merged.configuration.threads)
    let choice = try DataChoice(merged, usesCache: options.input.cache.isUsed)
    let session = TrainingSession(
      try plan.located(), recording: recording.source(command: "explore"), threads: use,
      data: choice.source)
    session.show(WantedViews())
    TerminationRequest.listen()
    let serving = RunServing()
    let link = ServedLink(session, serving)
    var renderer = PlainRenderer(LogOptions.logged(link, into: log.eventLog))
    let code = try renderer.follow()
    serving.close()
    session.close()
    if code != 0 { throw ExitCode(code) }
  }

  /// The runs of the explorer: the first one, and those that a person starts in its place.
  private func runs(_ plan: ConfigurationPlan) throws -> RunSwitch {
    let merged = try plan.merged()
    let threads = merged.configuration.threads
    let usesCache = options.input.cache.isUsed
    return try RunSwitch(
      plan, data: try DataChoice(merged, usesCache: usesCache).source,
      opener: { name in
        try DataChoice(
          DataFiles.expandingHome(name), path: nil, threads: threads, usesCache: usesCache
        ).source
      }, recording: recording.source(command: "explore"), served: ServedRuns(log: log.eventLog),
      threads: try cores.use(options.training.threads, threads: threads))
  }

  /// What would be run.
  private func printConfiguration(of plan: ConfigurationPlan) throws {
    var merged = try plan.merged()
    _ = try DataChoice(merged)
    merged.configuration.data = merged.configuration.data.located()
    try StandardOutput.writeLine(merged.printed())
  }

  /// The runs that were kept; nil where nothing is kept.
  private func keptRuns(of runs: RunSwitch) -> RunLibrary? {
    guard !recording.noSave else { return nil }
    do throws(StoreError) {
      return runs.keptRuns(
        in: try recording.collection(), usesCache: options.input.cache.isUsed)
    } catch {
      // What keeps the run itself has said why there is no place for runs.
      return nil
    }
  }

  private struct Outcome {
    var reason: ExitReason
    var lines: [String]
  }

  private func explore(
    _ plan: ConfigurationPlan, _ config: ExplorerConfig, _ file: ConfigFile
  ) throws -> Outcome {
    // Data are read while the terminal says what it is.
    let runs = try runs(plan)
    let terminal = try CursesTerminal(color: screen.color, theme: config.theme)
    defer { terminal.close() }
    terminal.useMouse(config.mouse ?? true)
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    let history = LineHistory()
    var settings = ExplorerSettings(
      charset: config.charset(showsUnicode: terminal.showsUnicode, terminal: kind),
      framesPerSecond: config.fps ?? 10, theme: config.theme?.name ?? ExplorerConfig.automatic,
      hasMouse: config.mouse ?? true, keys: config.bindings, seed: runs.seed,
      models: RunSwitch.models(for: nil), first: runs.first)
    settings.typed = history.lines
    settings.terminalHasColors = terminal.colors > 0
    var loop = ExplorerLoop(
      app: App(settings: settings), terminal: terminal, link: runs.link,
      starter: runs.starter, keptRuns: keptRuns(of: runs), keeper: file.keep,
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
      outcome = Self.results(of: runs.session, runs.link)
    }
    runs.close()
    return outcome
  }

  /// The results of a run that was told to stop: it evaluates once more, which takes a moment.
  ///
  /// Who leaves just as the run ends may also be ahead of its summary.
  private static func results(of session: TrainingSession, _ link: any TrainingLink) -> Outcome {
    var lines: [String] = []
    while true {
      // Asked first: what an ended session has said is all there already.
      let hasEnded = session.hasEnded
      for event in link.drainEvents() {
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
