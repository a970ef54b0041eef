import ArgumentParser
import Datasets
import Runs
import Training

/// `mtl-tui evaluate`: how good a trained model's answers for rows with labels are.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Score a trained model on rows with labels.",
    discussion: """
      RUN is the id of a run, the beginning of one, `last`, or its folder. Scores are those of \
      training, in the unit of the label, with a calibration table of each task, and for each value of \
      the column that --by names. Rankings and texts are judged as in training where --split names the \
      validation or test rows of the data that trained the model.
      """)

  @Argument(
    help: ArgumentHelp(
      "A run: its id, the beginning of one, last, or its folder.", valueName: "run"),
    completion: ShellCompletion.runs)
  var name: String
  @OptionGroup(title: "Data options") var data: UsedDataOptions
  @Option(help: "A column by whose values the rows are scored apart; it need not be an input.")
  var by: String?
  @Option(
    help: """
      A column whose values group the rows for gauc and gxauc. (default: that of the training, if any)
      """)
  var group: String?
  @Option(help: "Bins of a calibration table.") var bins = 10
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws { try TrainingOptions.check("--bins", bins, 1...1000) }

  func run() throws {
    do throws(Failure) {
      try evaluate()
    } catch {
      end(error)
    }
  }

  private func evaluate() throws(Failure) {
    let run = try UsedRun(name)
    TerminationRequest.listen()
    var wants = RowStream.Wants()
    (wants.labels, wants.segment) = (true, by)
    wants.group = group ?? run.encoding.schema.group
    let rows = try data.rows(run.encoding, wants)
    let (model, step) = try run.model(threads: data.threads)
    let answered = AnsweredRows(of: model)
    do throws(RowReadingError) {
      while let block = try rows.nextBlock() {
        answered.append(block, outputs: model.outputs(for: block.examples))
        if TerminationRequest.received != nil { break }
      }
    } catch {
      throw Failure(message: "\(error)")
    }
    try TerminationRequest.refuseIfAsked(leaving: nil)
    try judge(answered, by: model, of: run)
    let report = EvaluatedRun(
      run: run.folder.id, step: step, by: by,
      units: model.tasks.indices.map { run.encoding.labelUnit(ofTask: $0) },
      report: answered.report(segments: rows.segmentNames, bins: bins))
    try StandardOutput.writeLine(json ? report.json : report.text)
  }
}

extension EvaluateCommand {
  /// Judges rankings and texts, for which the data are read that trained the model.
  private func judge(
    _ answered: AnsweredRows, by model: AnsweringModel, of run: UsedRun
  ) throws(Failure) {
    guard let split = data.split, model.needsOwnData else { return }
    do {
      try answered.judge(by: model, on: run.ownData(threads: data.threads), split)
    } catch {
      throw Failure(message: "\(error)")
    }
  }
}

/// What `evaluate` prints.
struct EvaluatedRun {
  let run: String
  let step: Int
  let by: String?
  /// By task, what its label is counted in, where that is not the file's own unit.
  let units: [String?]
  let report: ScoreReport

  /// Segments that are printed for people; JSON has all.
  private static let segmentsShown = 40

  /// For people.
  var text: String {
    var lines = ["step \(step) of \(printable(run)), \(report.rows) rows"]
    lines += report.tasks.map(Self.line)
    if let undefined = report.undefined {
      lines.append("\(printable(undefined)): rank scores are undefined there")
    }
    if let broken = report.broken { lines.append(printable(broken)) }
    for (index, task) in report.tasks.enumerated() { lines += calibration(task, index) }
    if by != nil { lines += segments }
    return lines.joined(separator: "\n")
  }

  private static func line(_ task: TaskScores) -> String {
    let scores = task.scores.map { "\($0.title) \(numberText($0.value))" }
    let condition = task.condition.map { ", on rows with \(printable($0)) = 1" } ?? ""
    let calibration = task.isCalibrated ? "" : "  (not calibrated)"
    let around = task.surroundings(numberText).map { "  (\(printable($0)))" } ?? ""
    return "\(printable(task.task))\(condition)  \(scores.joined(separator: "  "))" + calibration
      + around
  }

  private func calibration(_ task: TaskScores, _ index: Int) -> [String] {
    // Only what answers a mean is calibrated.
    guard task[.predictedOverObserved] != nil else { return [] }
    let bins = report.calibration[index].filter { $0.rows > 0 }
    guard !bins.isEmpty else { return ["", "\(printable(task.task)): no row to calibrate on"] }
    var table = TextTable(["bin", "rows", "mean answer", "mean label"])
    for (number, bin) in bins.enumerated() {
      table.add([
        "\(number + 1)", "\(bin.rows)", numberText(bin.meanAnswer), numberText(bin.meanLabel),
      ])
    }
    let unit = units[index].map { ", in \($0)" } ?? ""
    return ["", "\(printable(task.task)): calibration by rising answer\(unit)", table.text]
  }

  private var segments: [String] {
    var lines = ["", "by \(printable(by ?? ""))"]
    for segment in report.segments.prefix(Self.segmentsShown) {
      let name = segment.value.map { $0.isEmpty ? "(empty)" : printable($0) } ?? "(missing)"
      lines.append("\(name)  \(segment.rows) rows")
      lines += segment.tasks.map { "  " + Self.line($0) }
      if let undefined = segment.undefined {
        lines.append("  \(printable(undefined)): rank scores are undefined there")
      }
    }
    let rest = report.segments.count - Self.segmentsShown
    if rest > 0 { lines.append("and \(rest) more, of fewer rows; --json has them all") }
    return lines
  }

  /// For programs: undefined numbers are null.
  var json: String {
    var parts = [
      ("run", quoted(run)), ("step", "\(step)"), ("rows", "\(report.rows)"),
      ("tasks", object(report.tasks.map { ($0.task, $0.json) })),
      ("undefined", report.undefined.map(quoted) ?? "null"),
      ("left_out", report.broken.map(quoted) ?? "null"),
      (
        "calibration",
        object(zip(report.tasks, report.calibration).map { ($0.task, Self.json($1)) })
      ),
    ]
    if let by {
      parts.append(("by", quoted(by)))
      parts.append(("segments", "[" + report.segments.map(Self.json).joined(separator: ",") + "]"))
    }
    return object(parts)
  }

  private static func json(_ bins: [ScoreReport.Bin]) -> String {
    "["
      + bins.map {
        object([
          ("rows", "\($0.rows)"), ("mean_answer", number($0.meanAnswer)),
          ("mean_label", number($0.meanLabel)),
        ])
      }.joined(separator: ",") + "]"
  }

  private static func json(_ segment: ScoreReport.Segment) -> String {
    object([
      ("value", segment.value.map(quoted) ?? "null"), ("rows", "\(segment.rows)"),
      ("tasks", object(segment.tasks.map { ($0.task, $0.json) })),
      ("undefined", segment.undefined.map(quoted) ?? "null"),
    ])
  }
}
