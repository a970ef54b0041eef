/// A kind of score: its name in files and options, its words for people, what it is of.
///
/// The one table of scores; `--keep TASK:SCORE`, JSON keys and screens read it.
public struct ScoreKind: Sendable, Hashable {
  /// What there must be besides labels.
  public enum Need: Sendable, Hashable {
    /// Nothing: every task of the kind has the score.
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
  /// The kind of task that has it; nil: both.
  public let kind: TaskDescription.Kind?
  /// Whether a larger number is better; nil where neither is (a ratio that should be 1).
  public let higherIsBetter: Bool?
  /// What there must be for it.
  public let need: Need
  /// What it is, in a sentence.
  public let summary: String

  private init(
    _ name: String, _ title: String? = nil, of kind: TaskDescription.Kind?,
    higherIsBetter: Bool?, need: Need = .nothing, _ summary: String
  ) {
    self.name = name
    self.title = title ?? name
    self.kind = kind
    self.higherIsBetter = higherIsBetter
    self.need = need
    self.summary = summary
  }

  /// Every kind, in the order in which a task shows them.
  public static let all: [ScoreKind] = [
    ScoreKind(
      "auc", of: .binary, higherIsBetter: true,
      "share of pairs of a positive and a negative row in the right order, ties ½"),
    ScoreKind(
      "gauc", of: .binary, higherIsBetter: true, need: .groups,
      "AUC within each group, averaged by rows; groups of one class are left out"),
    ScoreKind("logloss", of: .binary, higherIsBetter: false, "mean log loss, in nats"),
    ScoreKind(
      "ne", of: .binary, higherIsBetter: false,
      "log loss over that of the rows' base rate; 1 says no more than the base rate"),
    ScoreKind(
      "predicted_over_observed", "predicted ÷ observed", of: nil, higherIsBetter: nil,
      "mean answer over mean label; 1 is calibrated on average"),
    ScoreKind(
      "ece", of: .binary, higherIsBetter: false,
      "expected calibration error over 10 bins of equal mass, ties in the order of the rows"),
    ScoreKind(
      "joint_auc", of: .binary, higherIsBetter: true, need: .condition,
      "AUC of both labels together, over all rows"),
    ScoreKind(
      "joint_logloss", of: .binary, higherIsBetter: false, need: .condition,
      "log loss of both labels together, over all rows"),
    ScoreKind(
      "rmse", of: .regression, higherIsBetter: false,
      "root of the mean squared error, in the label's unit"),
    ScoreKind(
      "mae", of: .regression, higherIsBetter: false, "mean absolute error, in the label's unit"),
    ScoreKind(
      "xauc", of: .regression, higherIsBetter: true,
      "share of pairs of different labels in the right order, ties ½"),
    ScoreKind(
      "gxauc", of: .regression, higherIsBetter: true, need: .groups,
      "XAUC within each group, averaged by rows; groups of one label are left out"),
    ScoreKind(
      "r2", of: .regression, higherIsBetter: true,
      "share of the labels' variance that is explained; 0 is no better than their mean"),
  ]

  /// The kind of a name; nil if there is none.
  public static func named(_ name: String) -> ScoreKind? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}

extension Score {
  /// A score of a known kind, NaN where it is undefined, and its standard error where that is known.
  public init(_ name: String, _ value: Double, standardError: Double = .nan) {
    self.init(
      name: name, value: value, higherIsBetter: ScoreKind.named(name)?.higherIsBetter ?? false,
      standardError: standardError.isFinite ? standardError : nil)
  }

  /// The words for people, `predicted ÷ observed`.
  public var title: String { ScoreKind.named(name)?.title ?? name }

  /// The number with its sign such that larger is better.
  public var ranking: Double { higherIsBetter ? value : -value }
}
