import Foundation

/// What a task's answer is: how it comes of a tower's number, what a row costs, which scores judge
/// it, and its words for a person.
///
/// A model declares one for each of its tasks; scorer, inspector, comparison and screens ask it, and
/// not what kind of label the task has. A new one is a value beside ``chance`` and ``amount``, in
/// ``all``; what a new ``Link`` or ``RowLoss`` is, the compiler asks where one is worked out.
public struct Answer: Sendable, Hashable {
  /// How the answer comes of a tower's number z.
  public enum Link: Sendable, Hashable {
    /// 1 / (1 + e⁻ᶻ), the chance that the label is 1.
    case logistic
    /// z itself.
    case identity
    /// Not at all: the answer is a text, or many numbers, and z only tells how good it is.
    case none
  }

  /// What a row costs whose tower says z and whose label is y.
  public enum RowLoss: Sendable, Hashable {
    /// ln(1 + eᶻ) − y·z.
    case crossEntropy
    /// (z − y)².
    case squaredError
    /// −ln σ(z⁺ − z⁻) of a pair of items, so that no row has a loss by itself.
    case pairs
    /// −ln p of each word of the row's text, so that no number z has it.
    case words
    /// (x − x̂)² of each entry that the row's tuples make, so that no number z has it.
    case entries

    /// Whether it follows from the row's z and label alone.
    public var isOfRow: Bool {
      switch self {
      case .crossEntropy, .squaredError: true
      case .pairs, .words, .entries: false
      }
    }

    /// Whether it is made of squares, so that it has a deviation of its own.
    public var isSquared: Bool {
      switch self {
      case .squaredError, .entries: true
      case .crossEntropy, .pairs, .words: false
      }
    }
  }

  /// What it is called beside numbers.
  public struct Words: Sendable, Hashable {
    /// What a task of it is: `binary`, `a regression`.
    public let task: String
    /// What labels look like: `yes/no`, `real`, `items`.
    public let labels: String
    /// What the mean of labels is: `label` (a share of rows), `mean`.
    public let mean: String
    /// What a tower's number is: `log-odds`, `value`.
    public let number: String
    /// What rows show of it: `log-odds`, `mean`.
    public let observed: String
    /// What the usual loss is called: `cross-entropy`, `squared error`.
    public let loss: String
  }

  /// The name in files.
  public let name: String
  /// How it comes of a tower's number.
  public let link: Link
  /// What a row costs, unless the model trains another loss.
  public let rowLoss: RowLoss
  /// The scores that judge it, in the order in which they are shown; the first is the main one.
  public let scores: [ScoreKind]
  /// The score of the order of its rows, by which tasks are put together; see ``KeepRule/balanced``.
  public let rankScore: ScoreKind
  /// Its words.
  public let words: Words

  /// The chance that a label of 0 or 1 is 1, judged by AUC.
  public static let chance = Answer(
    name: "chance", link: .logistic, rowLoss: .crossEntropy,
    scores: [
      .auc, .groupedAUC, .logLoss, .normalisedEntropy, .predictedOverObserved, .calibrationError,
      .jointAUC, .jointLogLoss,
    ],
    rankScore: .auc,
    words: Words(
      task: "binary", labels: "yes/no", mean: "label", number: "log-odds", observed: "log-odds",
      loss: "cross-entropy"))

  /// An amount in the unit of the label, judged by the root of its mean squared error.
  public static let amount = Answer(
    name: "amount", link: .identity, rowLoss: .squaredError,
    scores: [
      .rootMeanSquaredError, .meanAbsoluteError, .xauc, .groupedXAUC, .determination,
      .predictedOverObserved,
    ],
    rankScore: .xauc,
    words: Words(
      task: "a regression", labels: "real", mean: "mean", number: "value", observed: "mean",
      loss: "squared error"))

  /// A score by which a user's items are ordered, judged by where the item of a row comes.
  public static let ranking = Answer(
    name: "ranking", link: .identity, rowLoss: .pairs,
    scores: [.discountedGain, .hitRate, .reciprocalRank], rankScore: .discountedGain,
    words: Words(
      task: "a ranking", labels: "items", mean: "label", number: "score", observed: "score",
      loss: "pair loss"))

  /// A text, judged by what its true words cost and by the likeness of what is written for it.
  public static let text = Answer(
    name: "text", link: .none, rowLoss: .words,
    scores: [
      .perplexity, .bleu4, .rougeL, .distinct2, .featureHit, .bleu1, .bleu2, .bleu3, .rouge1,
      .rouge2, .distinct1, .termSimilarity,
    ],
    rankScore: .perplexity,
    words: Words(
      task: "a text", labels: "words", mean: "label", number: "nats", observed: "nats",
      loss: "word loss"))

  /// What is said of which feature, judged by the entries that it makes and by the features that
  /// explanations name.
  public static let tuples = Answer(
    name: "tuples", link: .none, rowLoss: .entries,
    scores: [.rootMeanSquaredError, .featureHit], rankScore: .rootMeanSquaredError,
    words: Words(
      task: "tuples", labels: "tuples", mean: "label", number: "squared error",
      observed: "squared error", loss: "entry loss"))

  /// Every answer that a model may declare.
  public static let all = [chance, amount, ranking, text, tuples]
}

// MARK: - Numbers

extension Answer {
  /// The score that judges it by itself.
  public var mainScore: ScoreKind { scores[0] }

  /// Whether it is a chance, so that the mean of its labels is a share of rows.
  public var isChance: Bool { link == .logistic }

  /// Whether it is a number that comes of a tower's.
  public var isNumber: Bool { link != .none }

  /// The answer of a tower's number; NaN where it is no number.
  public func value(of z: Double) -> Double {
    switch link {
    case .logistic: 1 / (1 + exp(-z))
    case .identity: z
    case .none: .nan
    }
  }

  /// What a row costs; NaN where that does not follow from z and label.
  public func loss(of z: Double, label y: Double) -> Double {
    switch rowLoss {
    case .crossEntropy: max(z, 0) + log1p(exp(-abs(z))) - y * z
    case .squaredError: (z - y) * (z - y)
    case .pairs, .words, .entries: .nan
    }
  }

  /// The mean of what rows (of texts: words, of tuples: entries) cost, as their scores tell it; NaN
  /// where they do not.
  ///
  /// `unit` is what one
  /// of the unit of z is in the label's unit: the deviation by which labels are divided.
  public func meanLoss(of scores: TaskScores, unit: Double) -> Double {
    switch rowLoss {
    case .crossEntropy: return scores[.logLoss] ?? .nan
    case .squaredError:
      let error = (scores[.rootMeanSquaredError] ?? .nan) / unit
      return error * error
    case .pairs: return .nan
    case .words: return log(scores[.perplexity] ?? .nan)
    case .entries:
      let error = scores[.rootMeanSquaredError] ?? .nan
      return error * error
    }
  }
}

// MARK: - Files

extension Answer: Codable {
  /// Reads its name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let known = Self.all.first(where: { $0.name == name }) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "answer '\(name)'; known: \(Self.all.map(\.name).joined(separator: ", "))"
      )
    }
    self = known
  }

  /// Writes its name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}
