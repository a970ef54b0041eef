import ArgumentParser
import Datasets
import Runs
import Training

/// Where a run's answers for the test rows are written.
struct PredictionsOptions: ParsableArguments {
  @Option(
    help: """
      Write the kept model's answers for the test rows: row (from 0, in the order of the files), task, \
      label, answer. JSON lines if the name ends in .jsonl, else CSV.
      """)
  var predictions: String?
  @Flag(help: "Let --predictions replace a file of that name.") var overwrite = false

  /// Refuses a path that could not be written to behind the training.
  func check() throws(Failure) {
    guard let predictions else { return }
    try AnswerFile.check(predictions, overwrite: overwrite)
  }

  /// Writes what a run's kept model has answered; nothing where nobody asked.
  ///
  /// - Throws: ``Failure`` where it cannot be written, or where the run has no test rows.
  func write(_ answers: TestAnswers?) throws(Failure) {
    guard let predictions else { return }
    guard let answers else {
      throw Failure(
        message: """
          --predictions \(printable(predictions)): there are no answers to write.
            found: a run that has not scored test rows
            fix:   let the run end, on data with test rows
          """)
    }
    var file = try AnswerFile(predictions, overwrite: overwrite)
    let format = AnswerFormat(path: predictions)
    try file.write(format.header(AnswerFormat.answerColumns))
    for row in 0..<answers.rowCount {
      for answer in answers.row(row) { try file.write(format.line(of: answer)) }
    }
    try file.finish()
    StandardError.writeLine(
      "\(answers.rowCount) test rows answered in \(printable(predictions))")
  }
}
