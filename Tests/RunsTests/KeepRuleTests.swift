import Runs
import Testing

/// What `--keep` takes, and what it refuses with which words.
@Suite struct KeepRuleTests {
  @Test(arguments: ["balanced", "last", "click:auc", "a:b:gauc", "watch:rmse"])
  func readsWhatItWrites(_ text: String) throws {
    #expect(try KeepRule(parsing: text).description == text)
  }

  @Test(arguments: [
    ("click", "needs balanced, last or TASK:SCORE"), (":auc", "needs balanced, last or"),
    ("click:acu", "did you mean 'auc'?"), ("click:predicted_over_observed", "best at 1"),
    ("click:", "no such score"),
  ])
  func refusesOthers(_ text: String, _ words: String) throws {
    let error = try #require(throws: KeepError.self) { try KeepRule(parsing: text) }
    #expect("\(error)".contains(words), "\(error)")
  }

  @Test(arguments: [
    ("click:auc", nil), ("watch:xauc", nil), ("clik:auc", "did you mean 'click'?"),
    ("watch:auc", "is a regression and has no such score"), ("click:rmse", "is binary"),
    ("click:gauc", "--group"), ("buy:joint_auc", nil), ("click:joint_auc", "is not judged"),
    ("balanced", nil), ("last", nil),
  ])
  func checksAgainstTheData(_ text: String, _ words: String?) throws {
    let rule = try KeepRule(parsing: text)
    let tasks: [(name: String, answer: Answer?)] = [
      ("click", .chance), ("buy", .chance), ("watch", .amount),
    ]
    do {
      try rule.check(tasks, hasGroups: false, conditional: [false, true, false])
      #expect(words == nil)
    } catch {
      #expect(words.map("\(error)".contains) ?? false, "\(error)")
    }
    // As long as no model has said what it answers, every score may be one of it.
    let unsaid = tasks.map { (name: $0.name, answer: Answer?.none) }
    let isOfAnswers = ["click:rmse", "watch:auc"].contains(text)
    let isRefused =
      (try? rule.check(unsaid, hasGroups: false, conditional: [false, true, false])) == nil
    #expect(isRefused == (words != nil && !isOfAnswers))
    if text == "click:gauc" { try rule.check(tasks, hasGroups: true) }
  }

  @Test func everyScoreIsNamedOnce() {
    #expect(Set(ScoreKind.all.map(\.name)).count == ScoreKind.all.count)
    #expect(Score(.predictedOverObserved, 1).title == "predicted ÷ observed")
    #expect(Score(.logLoss, 2).ranking == -2 && Score(.auc, 2).ranking == 2)
  }
  /// Which way is better, of which kind of task, and what it needs: `--keep` and every ★ follow it.
  @Test func directionsOfScores() {
    func names(_ fits: (ScoreKind) -> Bool) -> [String] { ScoreKind.all.filter(fits).map(\.name) }
    #expect(
      names { $0.higherIsBetter == true } == [
        "auc", "gauc", "joint_auc", "xauc", "gxauc", "r2", "ndcg@10", "hr@10", "mrr", "bleu4",
        "rougeL", "distinct2", "feature_hit", "bleu1", "bleu2", "bleu3", "rouge1", "rouge2",
        "distinct1", "tfidf",
      ])
    #expect(
      names { $0.higherIsBetter == false }
        == ["logloss", "ne", "ece", "joint_logloss", "rmse", "mae", "perplexity"])
    #expect(names { $0.higherIsBetter == nil } == ["predicted_over_observed"])
    #expect(names { $0.chance == 0.5 } == ["auc", "gauc", "joint_auc", "xauc", "gxauc"])
    #expect(names { $0.need == .groups } == ["gauc", "gxauc"])
    #expect(names { $0.need == .condition } == ["joint_auc", "joint_logloss"])
  }
}
