import Foundation
import Runs
import Testing

/// Answers worked out by hand, and what follows from them for tasks and screens.
@Suite struct AnswerTests {
  /// σ(ln 3) = 3/4, and ln(1 + e^z) − y·z is −ln of the chance that was given to the label.
  @Test func chances() {
    let z = log(3.0)
    #expect(abs(Answer.chance.value(of: z) - 0.75) < 1e-15)
    #expect(abs(Answer.chance.value(of: -z) - 0.25) < 1e-15)
    #expect(abs(Answer.chance.loss(of: z, label: 1) + log(0.75)) < 1e-15)
    #expect(abs(Answer.chance.loss(of: z, label: 0) + log(0.25)) < 1e-15)
    // Of a logit that is far off, too.
    #expect(Answer.chance.loss(of: -800, label: 1) == 800)
    #expect(Answer.chance.loss(of: 800, label: 0) == 800)
  }

  @Test func amounts() {
    #expect(Answer.amount.value(of: -2.5) == -2.5)
    #expect(Answer.amount.loss(of: 3, label: 1) == 4)
    #expect(Answer.amount.loss(of: 1, label: 4) == 9)
  }

  @Test func theUsualAnswerOfLabels() {
    #expect(LabelKind.binary.usualAnswer == .chance && LabelKind.regression.usualAnswer == .amount)
    #expect(Answer.chance.isChance && !Answer.amount.isChance)
    #expect(LabelKind.binary.hasClasses && !LabelKind.binary.hasUnit)
    #expect(!LabelKind.regression.hasClasses && LabelKind.regression.hasUnit)
  }

  /// Which scores an answer has, the main one first, and which of them judges the order.
  @Test func scoresOfAnswers() {
    #expect(
      Answer.chance.scores.map(\.name) == [
        "auc", "gauc", "logloss", "ne", "predicted_over_observed", "ece", "joint_auc",
        "joint_logloss",
      ])
    #expect(
      Answer.amount.scores.map(\.name) == [
        "rmse", "mae", "xauc", "gxauc", "r2", "predicted_over_observed",
      ])
    #expect(Answer.chance.mainScore == .auc && Answer.amount.mainScore == .rootMeanSquaredError)
    #expect(Answer.chance.rankScore == .auc && Answer.amount.rankScore == .xauc)
    #expect(Answer.all.allSatisfy { $0.mainScore.higherIsBetter != nil })
    #expect(
      Answer.ranking.scores.map(\.name) == ["ndcg@10", "hr@10", "mrr"]
        && Answer.ranking.rankScore.name == "ndcg@10")
    #expect(
      Answer.text.scores.map(\.name)
        == [
          "perplexity", "bleu4", "rougeL", "distinct2", "feature_hit", "bleu1", "bleu2", "bleu3",
          "rouge1", "rouge2", "distinct1", "tfidf",
        ])
    #expect(Answer.tuples.scores.map(\.name) == ["rmse", "feature_hit"])
    #expect(ScoreKind.all.count == 28 && ScoreKind.all.last == .termSimilarity)
  }

  /// What has no label column has neither classes nor a unit, and no row has its loss by itself.
  @Test func kindsWithoutALabelColumn() {
    #expect(LabelKind.allCases.filter(\.hasLabelColumn) == [.binary, .regression])
    #expect(LabelKind.allCases.filter(\.hasClasses) == [.binary])
    #expect(LabelKind.allCases.filter(\.hasUnit) == [.regression])
    for kind in LabelKind.allCases where !kind.hasLabelColumn {
      let answer = kind.usualAnswer
      #expect(answer.name == kind.rawValue && !answer.isChance && !answer.rowLoss.isOfRow)
      #expect(answer.loss(of: 0.5, label: 1).isNaN)
    }
    #expect(Answer.ranking.isNumber && Answer.ranking.value(of: -2) == -2)
    #expect(!Answer.text.isNumber && Answer.text.value(of: 2).isNaN && !Answer.tuples.isNumber)
    #expect(Answer.tuples.rowLoss.isSquared && !Answer.ranking.rowLoss.isSquared)
  }

  /// ln 8 nats a word, 0.25 a squared entry; a ranking tells nothing of its pairs.
  @Test func meanLossWithoutALabelColumn() {
    let text = TaskScores(task: "review", scores: [Score(.perplexity, 8)])
    #expect(Answer.text.meanLoss(of: text, unit: 1) == log(8.0))
    let tuples = TaskScores(task: "opinions", scores: [Score(.rootMeanSquaredError, 0.5)])
    #expect(Answer.tuples.meanLoss(of: tuples, unit: 4) == 0.25)
    let ranking = TaskScores(task: "items", scores: [Score(.discountedGain, 0.5)])
    #expect(Answer.ranking.meanLoss(of: ranking, unit: 1).isNaN)
  }

  /// The log loss as it is; the squared error in units of the deviation: (6 / 4)² = 2.25.
  @Test func meanLossFromScores() {
    let chances = TaskScores(task: "buy", scores: [Score(.auc, 0.75), Score(.logLoss, 0.5)])
    #expect(Answer.chance.meanLoss(of: chances, unit: 4) == 0.5)
    let amounts = TaskScores(task: "watch", scores: [Score(.rootMeanSquaredError, 6)])
    #expect(Answer.amount.meanLoss(of: amounts, unit: 4) == 2.25)
    #expect(Answer.amount.meanLoss(of: chances, unit: 4).isNaN)
    #expect(Answer.chance.meanLoss(of: amounts, unit: 4).isNaN)
  }

  /// A task is described by what its model answers, not by its labels.
  @Test func descriptionsHaveTheAnswersWords() {
    let task = TaskDescription(name: "buy", kind: .binary, labelMean: 0.1)
    #expect(task.answer == .chance && task.lossName == "cross-entropy" && !task.hasOwnLoss)
    let own = TaskDescription(name: "buy", kind: .binary, answer: .amount, labelMean: 0.1)
    #expect(own.answer == .amount && own.lossName == "squared error" && !own.hasOwnLoss)
  }

  /// Files have its name; one that is not known is refused with those that are.
  @Test func filesHaveItsName() throws {
    let own = TaskDescription(name: "buy", kind: .binary, answer: .amount, labelMean: 0.1)
    let data = try JSONEncoder().encode(own)
    #expect(try JSONDecoder().decode(TaskDescription.self, from: data) == own)
    let text = try #require(String(data: data, encoding: .utf8))
    #expect(text.contains(#""declaredAnswer":"amount""#))
    let other = Data(text.replacing("amount", with: "stars").utf8)
    let error = try #require(throws: DecodingError.self) {
      try JSONDecoder().decode(TaskDescription.self, from: other)
    }
    #expect("\(error)".contains("answer 'stars'; known: chance, amount"))
  }

  /// A share of the way from chance to the bound; of an RMSE there is none.
  @Test func shareOfTheBound() {
    let auc = ComparedTask(name: "buy", score: "auc", higherIsBetter: true, bound: 0.9)
    #expect(abs((auc.shareOfBound(0.8) ?? .nan) - 0.75) < 1e-12)
    let rmse = ComparedTask(name: "watch", score: "rmse", higherIsBetter: false, bound: 0.9)
    #expect(rmse.shareOfBound(0.8) == nil)
  }
}
