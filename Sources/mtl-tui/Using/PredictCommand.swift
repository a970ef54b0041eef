import ArgumentParser
import Datasets
import Foundation
import Runs
import Training

/// `mtl-tui predict`: a trained model's answers for rows of a file.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Answer for the rows of a file with a trained model.",
    discussion: """
      RUN is the id of a run, the beginning of one, `last`, or its folder. One line a row, in the \
      order of the rows, with one column a task whose answer is a number: a probability, a value in \
      the file's own unit, or the score of a ranking; behind them what the model writes, where one \
      of its tasks is a text. A model that reads reviews reads those of the run's own data again. \
      Values that training did not see are the unknown one, as they were then; labels are not needed. \
      Rows are read and answered block by block, whatever the file's size.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run: its id, the beginning of one, last, or its folder.", valueName: "run"),
    completion: ShellCompletion.runs)
  var name: String
  @OptionGroup(title: "Data options") var data: UsedDataOptions
  @Option(help: "Write to this file, and give it its name when all of it is written.")
  var out: String?
  @Option(help: "csv or jsonl. (default: as --out ends, else csv)") var format: AnswerFormat?
  @Flag(help: "Replace a file of that name.") var overwrite = false

  func run() throws {
    do throws(Failure) {
      try predict()
    } catch {
      end(error)
    }
  }

  private func predict() throws(Failure) {
    let run = try UsedRun(name)
    TerminationRequest.listen()
    let rows = try data.rows(run.encoding, RowStream.Wants())
    let (model, step) = try run.model(threads: data.threads)
    let format = format ?? AnswerFormat(path: out)
    let answered = model.tasks.indices.filter { model.tasks[$0].answer.isNumber }
    let names = answered.map { model.tasks[$0].name }
    var file = try AnswerFile(out, overwrite: overwrite)
    // A terminal would obey what a name holds.
    let isShown = out == nil && StandardOutput.isTerminal
    let written = model.textTask.map { [model.tasks[$0].name] } ?? []
    let columns = names + written
    try file.write(format.header(isShown ? columns.map { printable($0) } : columns))
    while let block = try nextBlock(rows) {
      let outputs = model.outputs(for: block.examples)
      let texts = model.texts(for: block.examples)
      for row in 0..<block.examples.count {
        let answers = answered.map { task in
          run.encoding.fileValue(
            model.tasks[task].answered(Double(outputs[task][row])), ofTask: task)
        }
        let own = written.isEmpty ? [] : [isShown ? printable(texts[row]) : texts[row]]
        try file.write(format.line(columns, answers, own))
      }
    }
    try file.finish()
    guard let out else { return }
    StandardError.writeLine(
      "\(rows.rows) rows answered by step \(step) of \(printable(run.folder.id)) in "
        + printable(out))
  }

  private func nextBlock(_ rows: any EncodedRows) throws(Failure) -> RowStream.Block? {
    try TerminationRequest.refuseIfAsked(leaving: out)
    do throws(RowReadingError) {
      return try rows.nextBlock()
    } catch {
      throw Failure(message: "\(error)")
    }
  }
}

extension TerminationRequest {
  /// Gives up where a signal came.
  static func refuseIfAsked(leaving path: String?) throws(Failure) {
    guard let number = received else { return }
    let rest = path.map { "; \(printable($0)) was not written" } ?? ""
    throw Failure(message: "ended by \(name(of: number))\(rest)", exitCode: 128 + number)
  }
}
