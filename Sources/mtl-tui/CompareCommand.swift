import ArgumentParser
import Datasets
import Foundation
import Models
import Runs
import Training

/// `mtl-tui compare`: several models under several seeds, and the table that papers print.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Train several models under several seeds; print the table.",
    discussion: """
      What every run that ends came to stands in OUT/\(ResultsJournal.fileName). The same command \
      goes on where an earlier one was interrupted, in the midst of a run from its last checkpoint; \
      what a changed setting concerns is run anew. Each run has a folder like one of `train`, and \
      all those of OUT have one tag, which is said: see `mtl-tui runs`. `linear` is \
      always the first row, and runs once, since nothing in it is drawn. Gains are over \
      `single-task`, larger is better. p is that of a paired t-test, by seed, against the better \
      of the two in that task, corrected for all tests of the table (Holm). Ctrl-C and SIGTERM end \
      after the current step and print what is there.
      """)

  private static let usualModels = "hard-sharing,mmoe"

  @OptionGroup(title: "Data options") var input: DataOptions
  @Option(
    help: "Models of `mtl-tui models`, separated by commas. (default: \(usualModels))")
  var models: String?
  @Option(
    help: """
      Balancers of `mtl-tui balancers`, separated by commas: every model but linear and single-task \
      is trained with each. (default: equal)
      """)
  var balancers: String?
  @Option(help: "How many seeds each model is trained with.") var seeds = 5
  @Option(help: "The first seed. (default: \(TrainingDefaults.seed))") var seedStart: UInt64?
  @OptionGroup(title: "Configuration options") var file: ConfigurationOptions
  @OptionGroup(title: "Training options") var training: TrainingOptions
  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: "A choice of one model or balancer, as in mmoe.experts=4; repeatable.")
  var settings: [String] = []
  @Option(help: "The folder of the results, made if it is not there.", completion: .directory)
  var out = "mtl-tui-results"
  @OptionGroup(title: "Saving") var saving: ComparisonSaving
  @Flag(help: "Leave single-task, and so the gains, out (unless it is among the models).")
  var noGains = false
  @Option(
    help: """
      Further scores to print a table of, separated by commas, as in logloss,gauc; all: every one \
      that the tasks have. (--json holds all of them)
      """)
  var scores = ""
  @Flag(help: "Print one JSON document.") var json = false
  @Flag(help: "Print a table in Markdown.") var markdown = false
  @OptionGroup(title: "Log options") var log: LogOptions
  @Flag(help: "Show the table on the screen while the runs go on; print it after that.")
  var screen = false

  func validate() throws {
    try training.checkThreadsAreCounted()
    try TrainingOptions.check("--seeds", seeds, 1...10_000)
    guard (seedStart ?? TrainingDefaults.seed) <= UInt64.max - UInt64(seeds) else {
      throw ValidationError(
        "--seed-start \(seedStart ?? 0): there are not so many seeds above it.")
    }
    guard !(json && markdown) else {
      throw ValidationError("--json and --markdown are two forms of the output; choose one.")
    }
    guard !out.isEmpty else { throw ValidationError("--out needs a folder.") }
    try Self.check(Self.names(models), "--models", models)
    try Self.check(Self.names(balancers), "--balancers", balancers)
    // A file that cannot be read is said when the command runs.
    let said = (try? file.layer()) ?? ConfigurationLayer()
    let wishes = try ComparisonWishes(self, file: said)
    for name in wishes.options.keys
    where !isCompared(name, in: wishes) && !wishes.balancers.contains(name) {
      throw ValidationError(
        "--set \(printable(name)).…: '\(printable(name))' is not among the models and balancers.")
    }
  }

  private static func check(_ names: [String]?, _ flag: String, _ text: String?) throws {
    guard let names else { return }
    guard !names.isEmpty, !names.contains("") else {
      throw ValidationError("\(flag) needs names separated by commas, found '\(text ?? "")'.")
    }
    if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
      throw ValidationError("\(flag) names '\(printable(twice))' twice.")
    }
  }

  func run() throws {
    do {
      let wishes = try ComparisonWishes(self, file: try file.layer())
      let merged = try wishes.merged()
      let choice = try DataChoice(merged, usesCache: input.cache.isUsed)
      let plan = try wishes.plan()
      if file.printConfig { return try StandardOutput.writeLine(try wishes.printed(plan)) }
      let comparison = Comparison(
        plan, data: choice.judgedSource, journal: ResultsJournal(folder: out),
        folders: saving.folders(command: "compare", results: out),
        isInterrupted: { TerminationRequest.received != nil })
      let table =
        screen
        ? try CompareScreen(comparison, log: log.eventLog).run() : try follow(comparison)
      let isInterrupted = comparison.isStopped && !table.isComplete
      try StandardOutput.writeLine(text(of: table, isInterrupted: isInterrupted))
      warnOfScores(table)
      if isInterrupted { throw Interruption.failure }
      if let failure = table.failure { throw failure }
    } catch let failure as Failure {
      end(failure)
    } catch let unfinished as UnfinishedComparison {
      // The runs that are done are shown although they could not all be kept.
      try StandardOutput.writeLine(text(of: unfinished.table, isInterrupted: true))
      end(Failure(message: "\(unfinished.reason)"))
    } catch {
      end(Failure(message: "\(error)"))
    }
  }

  /// Runs the comparison and tells on stderr how it goes.
  private func follow(_ comparison: Comparison) throws -> ComparisonTable {
    TerminationRequest.listen()
    var progress = CompareProgress()
    defer { progress.clear() }
    let log = log.eventLog
    return try comparison.run { event in
      if let sentence = log?.write(event) { progress.show(.notice(sentence)) }
      progress.show(event)
    }
  }

  private func text(of table: ComparisonTable, isInterrupted: Bool) -> String {
    if json { return table.json(isInterrupted: isInterrupted) }
    return markdown ? table.markdown : table.text(scores: scoreNames(in: table))
  }

  /// The scores that `--scores` asks for, as far as some task has them.
  private func scoreNames(in table: ComparisonTable) -> [String] {
    let names = askedScores
    return names == ["all"] ? table.scoreNames : names.filter(table.scoreNames.contains)
  }

  private var askedScores: [String] {
    scores.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// Which scores exist is known when a run has ended: names that no task has are said then.
  private func warnOfScores(_ table: ComparisonTable) {
    let known = table.scoreNames
    guard !known.isEmpty, askedScores != ["all"] else { return }
    for name in askedScores where !known.contains(name) {
      StandardError.writeLine(
        "--scores: no task has a score '\(printable(name))'; there are \(known.joined(separator: ", "))"
      )
    }
  }
}

// MARK: - What is asked for
extension CompareCommand {
  /// Names between commas; nil without any.
  static func names(_ text: String?) -> [String]? {
    text?.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }

  /// The models that are compared where none are named.
  static var usualNames: [String] { names(usualModels) ?? [] }

  private func isCompared(_ model: String, in wishes: ComparisonWishes) -> Bool {
    wishes.models.contains(model) || model == ComparisonPlan.line
      || (!noGains && model == ComparisonPlan.reference)
  }
}
