/// A kind of score: its name in files and options, its words for people, which way is better.
///
/// The one table of scores; `--keep TASK:SCORE`, JSON keys and screens read it. Which task has which
/// scores its ``Answer`` says.
public struct ScoreKind: Sendable, Hashable {
  /// What there must be besides labels.
  public enum Need: Sendable, Hashable {
    /// Nothing: every task of such an answer has the score.
    case nothing
    /// A column whose values group the rows (`--group`).
    case groups
    /// A task that is judged only on rows where another one's label is 1.
    case condition
  }

  /// The name in files and options, `predicted_over_observed`.
  public let name: String
  /// The words for people, `predicted ÷ observed`.
  public let title: String
  /// Whether a larger number is better; nil where neither is (a ratio that should be 1).
  public let higherIsBetter: Bool?
  /// What answers score that have nothing to do with the labels; nil where that depends on the labels.
  public let chance: Double?
  /// What there must be for it.
  public let need: Need
  /// What it is, in a sentence.
  public let summary: String

  private init(
    _ name: String, _ title: String? = nil, higherIsBetter: Bool?, chance: Double? = nil,
    need: Need = .nothing, _ summary: String
  ) {
    self.name = name
    self.title = title ?? name
    self.higherIsBetter = higherIsBetter
    self.chance = chance
    self.need = need
    self.summary = summary
  }

  /// Every kind, in the order in which a task shows them.
  public static let all: [ScoreKind] = Answer.all.flatMap(\.scores).reduce(into: []) {
    if !$0.contains($1) { $0.append($1) }
  }

  /// The kind of a name; nil if there is none.
  public static func named(_ name: String) -> ScoreKind? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

// MARK: - The kinds

extension ScoreKind {
  /// AUC.
  public static let auc = ScoreKind(
    "auc", higherIsBetter: true, chance: 0.5,
    "share of pairs of a positive and a negative row in the right order, ties ½")
  /// GAUC.
  public static let groupedAUC = ScoreKind(
    "gauc", higherIsBetter: true, chance: 0.5, need: .groups,
    "AUC within each group, averaged by rows; groups of one class are left out")
  /// Mean log loss.
  public static let logLoss = ScoreKind(
    "logloss", higherIsBetter: false, "mean log loss, in nats")
  /// Normalised entropy.
  public static let normalisedEntropy = ScoreKind(
    "ne", higherIsBetter: false,
    "log loss over that of the rows' base rate; 1 says no more than the base rate")
  /// Calibration on average.
  public static let predictedOverObserved = ScoreKind(
    "predicted_over_observed", "predicted ÷ observed", higherIsBetter: nil,
    "mean answer over mean label; 1 is calibrated on average")
  /// Expected calibration error.
  public static let calibrationError = ScoreKind(
    "ece", higherIsBetter: false,
    "expected calibration error over 10 bins of equal mass, ties in the order of the rows")
  /// AUC of a conversion and its click together.
  public static let jointAUC = ScoreKind(
    "joint_auc", higherIsBetter: true, chance: 0.5, need: .condition,
    "AUC of both labels together, over all rows")
  /// Log loss of a conversion and its click together.
  public static let jointLogLoss = ScoreKind(
    "joint_logloss", higherIsBetter: false, need: .condition,
    "log loss of both labels together, over all rows")
  /// RMSE.
  public static let rootMeanSquaredError = ScoreKind(
    "rmse", higherIsBetter: false,
    "root of the mean squared error, in the label's unit; of tuples, of the mean over rows of each "
      + "row's own mean over at most 16 features that its tuples name")
  /// MAE.
  public static let meanAbsoluteError = ScoreKind(
    "mae", higherIsBetter: false, "mean absolute error, in the label's unit")
  /// XAUC, the AUC of real labels.
  public static let xauc = ScoreKind(
    "xauc", higherIsBetter: true, chance: 0.5,
    "share of pairs of different labels in the right order, ties ½")
  /// XAUC within groups.
  public static let groupedXAUC = ScoreKind(
    "gxauc", higherIsBetter: true, chance: 0.5, need: .groups,
    "XAUC within each group, averaged by rows; groups of one label are left out")
  /// R².
  public static let determination = ScoreKind(
    "r2", higherIsBetter: true,
    "share of the labels' variance that is explained; 0 is no better than their mean")
  /// NDCG@10.
  public static let discountedGain = ScoreKind(
    "ndcg@10", higherIsBetter: true,
    "discounted gain of a user's items among the first 10 candidates over that of the best order; a "
      + "mean over users, ties as the mean over their orders")
  /// HR@10.
  public static let hitRate = ScoreKind(
    "hr@10", higherIsBetter: true,
    "share of users of whose items one is among the first 10 candidates")
  /// MRR.
  public static let reciprocalRank = ScoreKind(
    "mrr", higherIsBetter: true,
    "mean over users of 1 / the rank of the first of their items among the candidates")
  /// Perplexity.
  public static let perplexity = ScoreKind(
    "perplexity", higherIsBetter: false,
    "e to the mean cost in nats of a true word, the end counted, over all rows with a text")
  /// BLEU-4.
  public static let bleu4 = ScoreKind(
    "bleu4", higherIsBetter: true,
    "BLEU of runs of up to 4 words of written texts against the true ones, from 0 to 1")
  /// ROUGE-L.
  public static let rougeL = ScoreKind(
    "rougeL", higherIsBetter: true,
    "F₁ of the longest common subsequence of written and true texts, from 0 to 1")
  /// Distinct-2.
  public static let distinct2 = ScoreKind(
    "distinct2", higherIsBetter: true,
    "share of pairs of neighbouring words of written texts that are unlike; low where texts collapse"
  )
  /// Feature hits.
  public static let featureHit = ScoreKind(
    "feature_hit", higherIsBetter: true,
    "share of written texts that name a feature of the true one, of those whose true one names any; of "
      + "tuples, share of pairs of which an explanation's first feature is one that the pair's own name"
  )
  /// BLEU-1.
  public static let bleu1 = ScoreKind(
    "bleu1", higherIsBetter: true, "BLEU of single words of written texts against the true ones")
  /// BLEU-2.
  public static let bleu2 = ScoreKind(
    "bleu2", higherIsBetter: true, "BLEU of runs of up to 2 words")
  /// BLEU-3.
  public static let bleu3 = ScoreKind(
    "bleu3", higherIsBetter: true, "BLEU of runs of up to 3 words")
  /// ROUGE-1.
  public static let rouge1 = ScoreKind(
    "rouge1", higherIsBetter: true, "F₁ of the words that written and true texts share")
  /// ROUGE-2.
  public static let rouge2 = ScoreKind(
    "rouge2", higherIsBetter: true, "F₁ of the pairs of neighbouring words that both share")
  /// Distinct-1.
  public static let distinct1 = ScoreKind(
    "distinct1", higherIsBetter: true, "share of words of written texts that are unlike")
  /// The cosine of tf-idf vectors.
  public static let termSimilarity = ScoreKind(
    "tfidf", higherIsBetter: true,
    "mean cosine of written and true texts by words that are rare among the true ones")
}
