import Datasets
import Foundation
import Metrics
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// Scores of rows that are not kept, against those of rows that are.
@Suite("Scores block by block") struct StreamedScoresTests {
  private static let tasks = [
    TaskDefinition(name: "click", kind: .binary), TaskDefinition(name: "buy", kind: .binary),
    TaskDefinition(
      name: "watch", kind: .regression, scale: LabelScale(mean: 20, deviation: 4)),
  ]

  /// Rows with a funnel, sample spaces, groups of which some rows have none, and broken answers.
  private func rows(_ count: Int, seed: UInt64) -> (columns: [[Float]], examples: Examples) {
    let draw = RandomSource(seed: seed, .test)
    var (columns, labels, spaces) = ([[Float]](repeating: [], count: 3), [Float](), [Float]())
    var groups: [Int32] = []
    for i in 0..<UInt64(count) {
      let logits = (0..<3).map { Float(Int(draw.normal(i, $0) * 40)) / 20 - 1 }
      for task in 0..<3 { columns[task].append(logits[task]) }
      let click = draw.uniform(i, 10) < Sigmoid.of(Double(logits[0]))
      let buy = click && draw.uniform(i, 11) < Sigmoid.of(Double(logits[1]))
      labels += [click ? 1 : 0, buy ? 1 : 0, click ? logits[2] + Float(draw.normal(i, 12)) : 0]
      spaces += [1, click ? 1 : 0, click ? 1 : 0]
      groups.append(Int32(draw.index(below: 40, i, 13)) - 1)
    }
    columns[0][17] = .nan
    columns[2][29] = .infinity
    return (
      columns,
      Examples(
        count: count, ids: Storage<Int32>(count: 0, filling: 0),
        dense: Storage<Float>(count: 0, filling: 0), labels: Storage(labels),
        spaces: Storage(spaces), groups: Storage(groups))
    )
  }

  private func scorer(_ budget: ScoreBudget) -> Scorer {
    var scorer = Scorer(tasks: Self.tasks, conditions: [nil, 0, nil])
    scorer.budget = budget
    return scorer
  }

  /// Streams rows in blocks of 7, the last one shorter.
  private func streamed(
    _ columns: [[Float]], _ examples: Examples, _ scorer: Scorer, block: Int = 7
  ) -> StreamedScores {
    let scores = StreamedScores(scorer, isGrouped: examples.groups != nil)
    for first in stride(from: 0, to: examples.count, by: block) {
      let count = min(block, examples.count - first)
      let part = columns.map { Array($0[first..<first + count]) }
      part[0].withUnsafeBufferPointer { a in
        part[1].withUnsafeBufferPointer { b in
          part[2].withUnsafeBufferPointer { c in
            let all = [a, b, c].compactMap(\.baseAddress)
            scores.add(all, rows: count, of: examples, from: first)
          }
        }
      }
    }
    return scores
  }

  private func scores(
    sorted: Int, seed: UInt64, folder: String? = nil
  ) -> (kept: Evaluation, streamed: Evaluation) {
    let (columns, examples) = rows(500, seed: seed)
    let scorer = scorer(ScoreBudget(rows: 0, sorted: sorted, folder: folder))
    return (
      scorer.evaluation(
        columns, examples, split: .test, isOn: [true, true, true], step: 3, epoch: 2),
      streamed(columns, examples, scorer).evaluation(
        split: .test, isOn: [true, true, true], step: 3, epoch: 2)
    )
  }

  @Test("within the budget every score is that of kept rows") func exact() throws {
    for seed in 1...UInt64(2) {
      let (kept, found) = scores(sorted: 30_000, seed: seed)
      #expect((found.step, found.epoch, found.split) == (3, 2, .test))
      #expect(abs(found.score - kept.score) < 1e-12, "seed \(seed)")
      for (own, other) in zip(found.tasks, kept.tasks) {
        #expect(own.scores.map(\.name) == other.scores.map(\.name))
        #expect((own.brokenRows, own.firstBrokenRow) == (other.brokenRows, other.firstBrokenRow))
        #expect(own.condition == other.condition && own.isCalibrated == other.isCalibrated)
        for (a, b) in zip(own.scores, other.scores) where a.name != "ece" {
          #expect(abs(a.value - b.value) < 1e-9, "\(own.task) \(a.name) seed \(seed)")
          #expect(abs((a.standardError ?? -1) - (b.standardError ?? -1)) < 1e-9, "\(a.name)")
        }
        for name in ["auc", "gauc", "logloss", "joint_auc", "xauc", "gxauc"] {
          #expect(own[name]?.bitPattern == other[name]?.bitPattern, "\(own.task) \(name)")
        }
        // Only the calibration error is counted: it says so.
        #expect(own.basis?.map(\.name) ?? [] == (own.task == "watch" ? [] : ["bounds"]))
        #expect(own.basis?.first?.text.contains("AUC") != true)
      }
    }
  }

  @Test("beyond it the area is near, and what has no bound is not worked out") func beyond() throws
  {
    let (kept, found) = scores(sorted: 30, seed: 4)
    let click = found.tasks[0]
    #expect(abs((click["auc"] ?? .nan) - (kept.tasks[0]["auc"] ?? .nan)) < 2e-3)
    #expect(click["logloss"]?.bitPattern == kept.tasks[0]["logloss"]?.bitPattern)
    #expect(click["gauc"]?.isNaN == true)
    #expect(click.basis?.map(\.name) == ["bounds", "not_worked_out"])
    let words = try #require(click.basis)
    #expect(words[0].text.contains("±") && words[0].text.contains("counted in bins"))
    #expect(words[1].text.contains("at most 5 rows"))
    let watch = found.tasks[2]
    #expect(watch["xauc"]?.isNaN == true && watch["gxauc"]?.isNaN == true)
    #expect(watch.basis?.map(\.name) == ["not_worked_out"])
    #expect(abs((watch["rmse"] ?? .nan) - (kept.tasks[2]["rmse"] ?? .nan)) < 1e-9)
    // A task without a rank score does not count for the step that is kept.
    #expect(found.score.isFinite)
  }

  @Test("with a folder, GAUC is exact beyond it, and XAUC within its bound") func inFiles() throws {
    let folder = TemporaryFile.usualFolder
    for (sorted, seed) in [(30, 4), (600, 5), (3_000, 6)] as [(Int, UInt64)] {
      let (kept, found) = scores(sorted: sorted, seed: seed, folder: folder)
      for task in 0...1 {
        let (own, exact) = (found.tasks[task], kept.tasks[task])
        #expect(own["gauc"]?.bitPattern == exact["gauc"]?.bitPattern, "task \(task) seed \(seed)")
      }
      let watch = found.tasks[2]
      #expect(found.tasks.allSatisfy { $0.basis?.contains { $0.name == "not_worked_out" } != true })
      for name in ["xauc", "gxauc"] {
        let (value, exact) = (watch[name] ?? .nan, kept.tasks[2][name] ?? .nan)
        #expect(abs(value - exact) < 0.02, "\(name) \(value), exact \(exact), seed \(seed)")
      }
      let words = watch.basis?.first?.text ?? ""
      #expect(
        watch.basis?.map(\.name) == ["bounds"] && words.lowercased().contains("xauc ±"), "\(words)")
      // Groups are bounded as well where they have more rows than are in memory, which are 1 and 62 here.
      if sorted != 600 {
        #expect(words.contains("\(ScoreKind.groupedXAUC.title) ±") == (sorted == 30), "\(words)")
      }
      // Chance is told from the labels, all of which are known.
      #expect(abs(found.score - kept.score) < 0.05)
    }
    let missing = scores(sorted: 30, seed: 4, folder: "/nowhere").streamed
    let text = missing.tasks[0].basis?.last?.text ?? ""
    #expect(text.contains("/nowhere: No such file") && text.contains("TMPDIR"), "\(text)")
  }

  @Test("a kept step's score that was not worked out is said, and is not called undefined")
  func notWorkedOut() {
    let (kept, found) = scores(sorted: 30, seed: 4)
    let isOn = [true, true, true]
    func said(_ task: String, _ score: String, _ evaluation: Evaluation) -> [String] {
      KeepRule.score(task: task, name: score).notices(of: evaluation, Self.tasks, isOn: isOn)
    }
    for (task, score) in [("click", "gauc"), ("watch", "xauc"), ("watch", "gxauc")] {
      let words = said(task, score, found)
      #expect(words.count == 1 && words[0].hasPrefix("\(task):\(score) was not worked out"))
      #expect(words.first?.contains("rows are kept for it") == true)
      #expect(words.first?.contains("the mean loss decides") == true)
      #expect(words.first?.contains("undefined") == false)
      #expect(said(task, score, kept).isEmpty)
    }
    #expect(said("click", "auc", found).isEmpty && said("watch", "rmse", found).isEmpty)
    // Undefined, and nothing left out.
    var single = kept
    single.tasks[0].scores = kept.tasks[0].scores.map {
      $0.name == "gauc" ? Score(.groupedAUC, .nan) : $0
    }
    #expect(said("click", "gauc", single).first?.contains("gauc is undefined on") == true)
    // Of a balance the amount drops out, while it is on.
    let balanced = KeepRule.balanced.notices(of: found, Self.tasks, isOn: isOn)
    #expect(balanced.count == 1 && balanced[0].hasPrefix("watch does not count"))
    #expect(KeepRule.balanced.notices(of: found, Self.tasks, isOn: [true, true, false]).isEmpty)
    #expect(KeepRule.balanced.notices(of: kept, Self.tasks, isOn: isOn).isEmpty)
    #expect(KeepRule.last.notices(of: found, Self.tasks, isOn: isOn).isEmpty)
  }

  @Test("a split is streamed only if it has more rows than are kept") func choice() {
    let (_, examples) = rows(40, seed: 1)
    #expect(!scorer(ScoreBudget()).streams(examples))
    #expect(!scorer(ScoreBudget(rows: 40, sorted: 1)).streams(examples))
    #expect(scorer(ScoreBudget(rows: 39, sorted: 1)).streams(examples))
    // Three areas, two of groups, one of buy and click together.
    let budget = ScoreBudget(rows: 0, sorted: 600)
    #expect(budget.share(of: Self.tasks, given: [nil, 0, nil], isGrouped: true) == 100)
    #expect(budget.share(of: Self.tasks, given: [nil, 0, nil], isGrouped: false) == 150)
    #expect(budget.share(of: Self.tasks, given: [nil, nil, nil], isGrouped: false) == 200)
    #expect(ScoreBudget().rows == 8_388_608 && ScoreBudget().sorted == 67_108_864)
  }

  @Test("how answers vary is known without keeping them") func spread() {
    let (columns, examples) = rows(100, seed: 2)
    let found = streamed(columns, examples, scorer(ScoreBudget())).deviations
    #expect(found[0] == nil && found[2] == nil)
    let exact = ConstantAnswers.deviation(columns[1]) ?? .nan
    #expect(abs((found[1] ?? .nan) - exact) < 1e-9)
  }

  @Test("a model's answers are streamed as they are kept") func model() throws {
    let tiny = TinyProblem(rows: 1_500, tasks: 3, seed: 5)
    let trainer = try tiny.trainer("mmoe")
    var scorer = trainer.scorer
    guard case .kept(let columns) = SplitAnswers(of: trainer, for: tiny.examples, by: scorer) else {
      Issue.record("1,500 rows are kept")
      return
    }
    scorer.budget = ScoreBudget(rows: 1_499, sorted: 1 << 20)
    let answers = SplitAnswers(of: trainer, for: tiny.examples, by: scorer)
    guard case .streamed(let scores) = answers, answers.columns == nil else {
      Issue.record("1,500 rows are more than 1,499")
      return
    }
    let isOn = [true, true, true]
    let found = scores.evaluation(split: .validation, isOn: isOn, step: 0, epoch: 0)
    let kept = scorer.evaluation(
      columns, tiny.examples, split: .validation, isOn: isOn, step: 0, epoch: 0)
    #expect(scores.count == 1_500 && found.tasks.count == 3)
    for (own, other) in zip(found.tasks, kept.tasks) {
      for name in ["auc", "logloss", "xauc"] {
        #expect(own[name]?.bitPattern == other[name]?.bitPattern, "\(own.task) \(name)")
      }
    }
    #expect(abs(found.score - kept.score) < 1e-12)
  }
}
