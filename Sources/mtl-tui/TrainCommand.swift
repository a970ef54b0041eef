import ArgumentParser
import Foundation
import Ranks
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
  @Flag(
    help: """
      Train in the background: print the run's id as soon as it trains, and return. Its output goes \
      into output.log in its folder; see attach and runs list.
      """)
  var detach = false
  @OptionGroup var cores: CoreOptions
  @OptionGroup var ranks: RankOptions
  @OptionGroup var tableRows: TableRowsOptions
  @OptionGroup var predictions: PredictionsOptions
  @OptionGroup(title: "Saving") var recording: RecordingOptions
  @OptionGroup(title: "Log options") var log: LogOptions
  @Option(
    help: """
      Go on with a run that was kept, from its last checkpoint: its id, the beginning of it, last, or \
      its folder. It may be given more --epochs.
      """, completion: ShellCompletion.runs)
  var resume: String?
  @Option(
    help: "With --resume: go back to the checkpoint of this step, and on from there as another run."
  )
  var from: Int?

  func validate() throws {
    if detach, recording.noSave {
      throw ValidationError("--detach needs a run that is kept: leave --no-save out.")
    }
    if resume != nil { try checkThatNothingElseIsAsked() }
    if options.training.threads == .auto, resume != nil || options.configuration.printConfig {
      throw ValidationError(
        "--threads auto is measured when a run begins: leave it out with "
          + "\(resume == nil ? "--print-config" : "--resume"), or give a number.")
    }
    guard from == nil || resume != nil && options.training.epochs == nil else {
      throw ValidationError("--from needs --resume RUN, and takes no --epochs.")
    }
    guard let scheduled = try options.scheduled().first(where: Self.waits) else { return }
    throw ValidationError("--at \(scheduled): without a screen nobody could resume.")
  }

  /// Whether a run would wait for somebody.
  private static func waits(_ scheduled: RunConfiguration.Scheduled) -> Bool {
    switch scheduled.command {
    case .pause, .step: true
    default: false
    }
  }

  /// What is trained: waiting for a person is left to the explorer.
  private func merged() throws -> SourcedConfiguration {
    var merged = try options.plan().merged()
    (merged.configuration.startsPaused, merged.sources["paused"]) = (false, nil)
    if let scheduled = merged.configuration.schedule.first(where: Self.waits) {
      throw Failure(
        message: """
          \(merged.source(of: "at")): at \(scheduled): without a screen nobody could resume.
            found: a command after which a run waits
            fix:   leave it out
          """)
    }
    return merged
  }

  func run() throws {
    do {
      if options.configuration.printConfig {
        return try StandardOutput.writeLine(try started().merged.printed())
      }
      try predictions.check()
      let launched = try ranks.launched()
      try launched.map(checkThatItIsForRanks)
      try tableRows.check(launched != nil)
      if detach { return try startDetached() }
      let isFirst = (launched?.rank ?? 0) == 0
      if isFirst { TerminationRequest.listen() } else { TerminationRequest.leaveToFirstRank() }
      let report = LostRankReport(out: recording.out)
      let session = try makeSession(launched?.seat(report, ownedHead: tableRows.ownedHead), report)
      report.begin(session)
      session.show(WantedViews())
      guard isFirst else { return try followSilently(session) }
      var renderer = LineRenderer(json: json) { report.endEarly() }
      let serving = RunServing()
      let link = ServedLink(session, serving)
      let code = try renderer.follow(LogOptions.logged(link, into: log.eventLog))
      serving.close()
      session.close()
      if code == 0 { try predictions.write(session.testAnswers) }
      if code != 0 { throw ExitCode(code) }
    } catch let failure as Failure {
      end(failure)
    }
  }

  /// Follows a run that rank 0 keeps and speaks of.
  private func followSilently(_ session: TrainingSession) throws {
    let code = try QuietRenderer.follow(session)
    session.close()
    if code != 0 { throw ExitCode(code) }
  }

  /// Refuses what is for one process.
  private func checkThatItIsForRanks(_ launched: LaunchedRank) throws(Failure) {
    let several = "\(launched.count) ranks train together"
    if detach {
      throw Failure(
        message: "--detach: \(several), and mpirun stays with them; put mpirun in the background")
    }
    if cores.pin {
      throw Failure(
        message: "--pin: \(several), and mpirun binds them to cores; see its --bind-to and --map-by"
      )
    }
  }

  /// Starts this command once more, in the background, and says how to follow it.
  private func startDetached() throws(Failure) {
    let collection = try attempting { () throws(StoreError) in try recording.collection() }
    let resumed = try attempting { () throws(StoreError) in
      from == nil ? try resume.map { name throws(StoreError) in try collection.find(name) } : nil
    }
    let run = try DetachedRun(in: collection, resuming: resumed).begun()
    try StandardOutput.writeLine(json ? run.json : run.folder.id)
    StandardError.writeLine(run.directions(out: recording.out))
  }

  /// What is trained, and its data.
  private func started() throws -> (merged: SourcedConfiguration, choice: DataChoice) {
    var merged = try merged()
    let choice = try DataChoice(merged, usesCache: options.input.cache.isUsed)
    merged.configuration.data = merged.configuration.data.located()
    return (merged, choice)
  }

  /// The session of a run that begins, or goes on.
  private func makeSession(
    _ seat: RankSeat?, _ report: LostRankReport
  ) throws -> TrainingSession {
    guard let resume else {
      let (merged, choice) = try started()
      let use = try threadUse(merged.configuration.threads, seat)
      return TrainingSession(
        merged.configuration,
        recording: use.keepsRun ? recording.source(command: "train") : nil,
        keepingTestAnswers: predictions.predictions != nil, threads: use, data: choice.source)
    }
    do {
      let collection = try recording.collection()
      let kept = try KeptRun(resume, in: collection)
      report.resumes(kept.folder.path)
      let usesCache = options.input.cache.isUsed
      if let from {
        return kept.branched(
          at: from, in: collection, using: try threadUse(kept.configuration.threads, seat),
          data: try kept.data(usesCache: usesCache).source)
      }
      return try kept.resumed(
        epochs: options.training.epochs,
        threads: options.training.threads?.count,
        keepingTestAnswers: predictions.predictions != nil,
        using: try threadUse(
          options.training.threads?.count ?? kept.configuration.threads, seat),
        usesCache: usesCache)
    } catch let error as StoreError {
      throw Failure(message: "\(error)")
    }
  }

  /// How so many threads use the machine.
  private func threadUse(_ count: Int, _ seat: RankSeat?) throws(Failure) -> ThreadUse {
    try cores.use(options.training.threads, threads: count, ranks: seat)
  }

  /// A run goes on as it was begun.
  private func checkThatNothingElseIsAsked() throws {
    let others =
      try options.chosen + (recording.noSave ? ["--no-save"] : [])
      + (recording.checkpointEvery == nil ? [] : ["--checkpoint-every"])
    guard let other = others.first else { return }
    throw ValidationError(
      "--resume goes on with a run as it was begun: leave \(other) out, or begin another run.")
  }
}
