public import Datasets
import Metrics
import Models
import Runs
import Tensors

/// What a model has answered for rows, with their labels: all that scores need of them.
///
/// A row takes 4 bytes for each answer, label and sample space, and 8 for its group and segment. More rows
/// than a ``ScoreBudget`` keeps are scored as they come, unless they have segments.
public final class AnsweredRows {
  private let tasks: [TaskDefinition]
  private let scorer: Scorer
  /// By task, what the model puts out.
  private var outputs: [[Float]]
  private var labels: [Float] = []
  private var spaces: [Float] = []
  private var groups: [Int32] = []
  private var segments: [Int32] = []
  /// What judges say of tasks that rows alone do not judge.
  private var judgements: [Int: OwnJudgement] = [:]
  /// Why they say nothing.
  private var whyUnjudged =
    "here: name --split validation or test of the data that trained the model"
  /// Whether the entries of the rows' tuples were read.
  private var hasEntries = false
  /// The scores of rows that are too many to be kept; nil: they are kept.
  private var streamed: StreamedScores?

  /// No rows yet, of a model's answers.
  public convenience init(of model: AnsweringModel) { self.init(scoredBy: model.scorer) }

  init(scoredBy scorer: Scorer) {
    self.scorer = scorer
    tasks = scorer.tasks
    outputs = tasks.map { _ in [] }
  }

  /// How many rows.
  public var count: Int { streamed?.count ?? labels.count / max(1, tasks.count) }

  /// Adds rows.
  ///
  /// - Parameters:
  ///   - block: the rows, with labels.
  ///   - answers: by task, what the model puts out for them.
  public func append(_ block: RowStream.Block, outputs answers: [[Float]]) {
    if let streamed { return Self.stream(answers, block.examples, into: streamed) }
    for task in tasks.indices { outputs[task] += answers[task] }
    labels += block.examples.labels.array
    // Without spaces every row counts for every task.
    spaces += block.examples.spaces?.array ?? block.examples.labels.array.map { _ in 1 }
    if let groups = block.examples.groups { self.groups += groups.array }
    segments += block.segments
    streamIfDue()
  }

  /// Scores rows as they come from now on, where they are too many to be kept.
  private func streamIfDue() {
    guard count > scorer.budget.rows, segments.isEmpty, scorer.isJudgedByRows else { return }
    let scores = StreamedScores(scorer, isGrouped: !groups.isEmpty, isCalibrated: true)
    Self.stream(outputs, examples(nil), into: scores)
    streamed = scores
    outputs = tasks.map { _ in [] }
    (labels, spaces, groups) = ([], [], [])
  }

  /// Rows whose answers are put together for a score at a time.
  private static let streamedRows = 1 << 12

  private static func stream(
    _ columns: [[Float]], _ examples: Examples, into scores: StreamedScores
  ) {
    let memory = columns.map { _ in Storage<Float>(count: streamedRows, filling: 0) }
    for first in stride(from: 0, to: examples.count, by: streamedRows) {
      let rows = min(streamedRows, examples.count - first)
      for (task, column) in columns.enumerated() {
        for row in 0..<rows { memory[task].base[row] = column[first + row] }
      }
      scores.add(
        memory.map { UnsafePointer($0.base) }, rows: rows, of: examples, from: first)
    }
  }

  /// All scores of the rows, and by segment, the segments with the most rows first.
  ///
  /// - Parameters:
  ///   - names: those of the segments.
  ///   - bins: how many bins a calibration table has.
  /// - Returns: the scores, with a calibration table of each task.
  public func report(segments names: [String] = [], bins: Int = 10) -> ScoreReport {
    if let streamed { return report(streamed, bins: bins) }
    let all = examples(nil)
    let evaluation = scores(
      outputs, all, judgements.merging(unjudged(whyUnjudged)) { own, _ in own })
    var report = report(of: evaluation, UndefinedScores(all, scorer, split: .test))
    report.calibration = tasks.indices.map { task in
      ScoredRows(outputs[task], all, task: task, of: tasks, condition: scorer.conditions[task])
        .calibration(of: tasks[task].answer, bins: bins)
    }
    guard !segments.isEmpty else { return report }
    report.segments = bySegment(names)
    return report
  }

  /// The scores of rows that were not kept.
  private func report(_ streamed: StreamedScores, bins: Int) -> ScoreReport {
    let evaluation = streamed.evaluation(
      split: .test, isOn: tasks.map { _ in true }, step: 0, epoch: 0)
    var report = report(of: evaluation, streamed.undefined(.test))
    report.calibration = streamed.calibration(bins: bins)
    return report
  }

  private func report(of evaluation: Evaluation, _ undefined: UndefinedScores) -> ScoreReport {
    var report = ScoreReport(rows: count, tasks: evaluation.tasks)
    report.undefined = undefined.words
    report.broken = evaluation.brokenAnswers.map { _ in
      evaluation.tasks.filter { $0.brokenRows > 0 }.map {
        "\(printable($0.task)): \($0.brokenRows) answers that are no numbers are left out"
      }.joined(separator: "; ")
    }
    return report
  }

  /// Judges rankings, texts and entries as the training did, if the rows are those of a split of its
  /// data.
  ///
  /// Without it, and of segments, rankings and texts have no scores, and no row has entries.
  ///
  /// - Parameters:
  ///   - model: what has answered.
  ///   - all: the data that trained it.
  ///   - split: of which split the rows are.
  /// - Throws: `ModelError` for data without a task of the model.
  public func judge(
    by model: AnsweringModel, on all: Dataset, _ split: RowSplit
  ) throws {
    guard case .trained(let trainer) = model.source else { return }
    let data = try ModelRegistry.entry(named: model.name).answered(all)
    let own: Evaluation.Split? =
      switch split {
      case .training: nil
      case .validation: .validation
      case .test: .test
      }
    guard let own else {
      whyUnjudged = "here: rows that trained the model are no test of it"
      return
    }
    let rows = own == .test ? data.test : data.validation
    let columns = trainer.outputs(for: rows)
    guard hasLabels(of: rows), areAlike(columns) else {
      whyUnjudged = "here: the rows are not those of the \(split.rawValue) split that the model had"
      return
    }
    judgements = Judges(data).judgements(of: trainer, columns, own)
    for task in tasks.indices where tasks[task].answer.rowLoss == .entries {
      readEntries(of: task, columns[task], rows)
    }
  }

  /// Takes over which rows have entries, and their errors: rows as they stream know of none.
  private func readEntries(of task: Int, _ errors: [Float], _ rows: Examples) {
    hasEntries = true
    outputs[task] = errors
    for row in 0..<rows.count {
      let index = row * tasks.count + task
      spaces[index] = rows.spaces?[index] ?? 1
    }
  }

  /// Whether every label that stands in a column is the same: which rows have text or tuples is known
  /// of the data set's rows alone.
  private func hasLabels(of rows: Examples) -> Bool {
    rows.count == count
      && labels.indices.allSatisfy {
        !tasks[$0 % tasks.count].kind.hasLabelColumn || rows.labels[$0] == labels[$0]
      }
  }

  /// Whether every answer that is a number is the same.
  private func areAlike(_ columns: [[Float]]) -> Bool {
    tasks.indices.allSatisfy { task in
      !tasks[task].answer.isNumber
        || outputs[task].map(\.bitPattern) == columns[task].map(\.bitPattern)
    }
  }

  private func bySegment(_ names: [String]) -> [ScoreReport.Segment] {
    var rows: [Int32: [Int]] = [:]
    for (row, segment) in segments.enumerated() { rows[segment, default: []].append(row) }
    return rows.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map { key, own in
      let part = examples(own)
      let answers = outputs.map { column in own.map { column[$0] } }
      return ScoreReport.Segment(
        value: key < 0 ? nil : names[Int(key)], rows: own.count,
        tasks: scores(answers, part, unjudged(Self.inSegments)).tasks,
        undefined: UndefinedScores(part, scorer, split: .test).words)
    }
  }

  private func scores(
    _ columns: [[Float]], _ examples: Examples, _ judgements: [Int: OwnJudgement]
  ) -> Evaluation {
    scorer.evaluation(
      columns, examples, split: .test, isOn: tasks.map { _ in true }, step: 0, epoch: 0,
      judgements: judgements)
  }

  /// Why no segment has a ranking or a text judged.
  private static let inSegments = "by segment: users and texts are judged over all rows"

  /// What cannot be told of tasks that rows alone do not judge, and why.
  private func unjudged(_ reason: String) -> [Int: OwnJudgement] {
    tasks.indices.reduce(into: [:]) { found, task in
      let answer = tasks[task].answer
      switch answer.rowLoss {
      case .crossEntropy, .squaredError: return
      case .entries where hasEntries: return
      case .entries, .pairs, .words:
        found[task] = OwnJudgement(
          scores: answer.scores.map { Score($0, .nan) }, basis: [.init("not_judged", reason)])
      }
    }
  }

  /// Labels, spaces and groups of all rows, or of some.
  private func examples(_ rows: [Int]?) -> Examples {
    func part(_ numbers: [Float]) -> [Float] {
      rows.map { rows in
        rows.flatMap { row in (0..<tasks.count).map { numbers[row * tasks.count + $0] } }
      } ?? numbers
    }
    let own = rows.map { rows in groups.isEmpty ? [] : rows.map { groups[$0] } } ?? groups
    return Examples(
      count: rows?.count ?? count, ids: Storage([]), dense: Storage([]),
      labels: Storage(part(labels)), spaces: Storage(part(spaces)),
      groups: groups.isEmpty ? nil : Storage(own))
  }
}
