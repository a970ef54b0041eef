import ArgumentParser
import Datasets
import Foundation
import Runs
import Training

/// `mtl-tui study`: experiments of papers, each by one command.
struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "Repeat the experiment of a paper.",
    subcommands: [CorrelationCommand.self])
}

/// `mtl-tui study correlation`: the synthetic study of the MMoE paper.
struct CorrelationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "correlation",
    abstract: "How models fare as two tasks become less alike (MMoE, KDD 2018, section 3.2).",
    discussion: """
      Two made regression tasks whose weights have a chosen cosine; hard sharing, OMoE and MMoE of \
      about as many parameters each; the mean squared error on test rows, as a table and as a plot: \
      the median over several draws of the data, and how much larger it is than at correlation 1 on \
      the same draw. Of the learning rates the one with the least validation error counts. \
      What every run that ends came to stands in OUT/\(ResultsJournal.fileName), so that the same \
      command goes on after Ctrl-C or SIGTERM. Each run has a folder of its own, with a tag that all \
      those of OUT have: see `mtl-tui runs`. Its data are made anew for every draw and correlation, so \
      that a run by itself cannot be resumed, replayed, evaluated or opened: only the study goes on.
      """)

  /// What its configurations call its data, which no `--data` takes: they are made for every draw.
  static let dataName = "correlated-tasks"
  /// What the study trains with where nothing else is asked for.
  private static let usual = (epochs: 20, batch: 128, patience: 0)
  private static let source = ConfigurationSource.command("the study's")

  @Option(help: "Correlations of the tasks, from -1 to 1, separated by commas.")
  var correlations = "0,0.5,0.9,1"
  @Option(help: "How many draws of the data: of the tasks' weights, the bends, the rows.")
  var draws = 8
  @Option(help: "The seed of the first draw; the others follow it.") var dataSeed: UInt64 = 1
  @Option(help: "How many seeds each model is trained with on every draw.") var seeds = 1
  @Option(
    help: "Learning rates to choose from, separated by commas; --lr stands for a single one.")
  var rates = "0.001,0.003"
  @Option(help: "Rows to train on.") var rows = 50_000
  @OptionGroup(title: "Training options") var training: TrainingOptions
  @Option(help: "The folder of the results, made if it is not there.", completion: .directory)
  var out = "mtl-tui-results"
  @OptionGroup(title: "Saving") var saving: ComparisonSaving
  @Flag(help: "Print one JSON document.") var json = false
  @OptionGroup(title: "Log options") var log: LogOptions

  func validate() throws {
    try training.checkThreadsAreCounted()
    try TrainingOptions.check("--draws", draws, 1...1_000)
    guard dataSeed <= UInt64.max - UInt64(draws) else {
      throw ValidationError("--data-seed \(dataSeed): there are not so many draws above it.")
    }
    try TrainingOptions.check("--seeds", seeds, 1...10_000)
    _ = try learningRates()
    try TrainingOptions.check("--rows", rows, 10...10_000_000)
    guard !out.isEmpty else { throw ValidationError("--out needs a folder.") }
    _ = try values()
  }

  func run() throws {
    do {
      let study = try study()
      TerminationRequest.listen()
      var progress = CompareProgress()
      let log = log.eventLog
      let table = try study.run(
        begin: { StandardError.writeLine($0.words) },
        { event in
          if let sentence = log?.write(event) { progress.show(.notice(sentence)) }
          progress.show(event)
        })
      progress.clear()
      try StandardOutput.writeLine(
        json ? table.json(isInterrupted: study.isStopped) : table.text)
      if study.isStopped { throw Interruption.failure }
      if let reason = table.failures.first {
        throw Failure(message: "some runs of the study could not be ended.\n  found: \(reason)")
      }
    } catch let failure as Failure {
      end(failure)
    } catch let unfinished as UnfinishedStudy {
      // The runs that are done are shown although they could not all be kept.
      try StandardOutput.writeLine(
        json ? unfinished.table.json(isInterrupted: true) : unfinished.table.text)
      end(Failure(message: "\(unfinished.reason)"))
    } catch {
      end(Failure(message: "\(error)"))
    }
  }

  private func study() throws -> CorrelationStudy {
    var usual = ConfigurationLayer()
    usual.add("data", Self.dataName, Self.source)
    usual.add("epochs", Self.usual.epochs, Self.source)
    usual.add("batch", Self.usual.batch, Self.source)
    usual.add("patience", Self.usual.patience, Self.source)
    let configuration = try SourcedConfiguration([usual, training.layer]).configuration
    let values = try values()
    let problems = (0..<UInt64(draws)).flatMap { draw in
      values.map { value in
        var problem = CorrelatedTasks(correlation: value)
        problem.trainingRows = rows
        problem.heldRows = max(10, min(2_000, rows / 2))
        problem.seed = dataSeed + draw
        return problem
      }
    }
    let folders = saving.folders(command: "study", results: out)
    if let folders { StandardError.writeLine("note: \(folders.words)") }
    return try CorrelationStudy(
      problems, rates: try learningRates(), seeds: (1...UInt64(seeds)).map { $0 },
      training: configuration, journal: ResultsJournal(folder: out), folders: folders,
      isInterrupted: { TerminationRequest.received != nil })
  }

  /// The rates to choose from, ascending.
  private func learningRates() throws -> [Double] {
    if let rate = training.lr { return [rate] }
    let values = rates.split(separator: ",", omittingEmptySubsequences: false)
      .map { Double($0.trimmingCharacters(in: .whitespaces)) }
    let numbers = values.compactMap { $0 }.filter { $0 > 0 && $0.isFinite }
    guard numbers.count == values.count, Set(numbers).count == numbers.count else {
      throw ValidationError(
        "--rates needs different numbers above 0, found '\(printable(rates))'.")
    }
    return numbers.sorted()
  }

  private func values() throws -> [Double] {
    let values = correlations.split(separator: ",", omittingEmptySubsequences: false)
      .map { Double($0.trimmingCharacters(in: .whitespaces)) }
    let numbers = values.compactMap { $0 }.filter { (-1...1).contains($0) }
    guard numbers.count == values.count, Set(numbers).count == numbers.count else {
      throw ValidationError(
        "--correlations needs different numbers from -1 to 1, found '\(printable(correlations))'.")
    }
    return numbers
  }
}

extension CorrelationStudy.Part {
  /// `draw 3, correlation 0.5, rate 0.001`.
  fileprivate var words: String {
    "draw \(problem.seed), correlation \(problem.correlation), rate \(rate)"
  }
}
