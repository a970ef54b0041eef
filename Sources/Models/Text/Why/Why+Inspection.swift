import Datasets
import Foundation
import Graph
import Objectives
public import Runs

extension Why {
  /// How adversary, policy and priors stand.
  public var subjects: Set<ModelView.Subject> { [.model] }

  /// A few rows say as much as many, and every row costs a softmax over all words.
  public var inspectedRows: Int { 64 }

  /// What the adversary believes, what the policy is rewarded with, whether sentences are all alike,
  /// and how far users and items are from their documents.
  public func inspect(_ reading: ModelReading) -> Inspection {
    guard reading.batch.rows > 0 else { return Inspection() }
    let own = court.map { ([phase($0, reading)], contention($0, reading)) } ?? ([], [])
    return Inspection(
      views: own.0,
      traces: own.1 + [
        reading.perplexity(of: textTask, words: slots.targetTokens), distances(reading),
      ])
  }

  /// Below this share of different pairs of words sentences are all alike.
  static let collapse = 0.2
}

// MARK: - Adversary and policy

extension Why {
  /// What the newest descents say of a term; nil before the first one.
  private func sums(_ term: Term, _ reading: ModelReading) -> LossSums? {
    guard term.rawValue < reading.terms.count, reading.terms[term.rawValue].rows > 0 else {
      return nil
    }
    return reading.terms[term.rawValue]
  }

  /// The mean of D over the rows of the newest descent; NaN before the first one.
  func belief(_ term: Term, _ reading: ModelReading) -> Double {
    guard let sums = sums(term, reading) else { return .nan }
    let mean = sums.predictions / sums.rows
    // What is not real is judged by −z.
    return term == .real ? mean : 1 - mean
  }

  /// The moving mean of the rewards and their standard deviation; NaN before the policy has begun.
  func reward(_ court: Court, _ reading: ModelReading) -> (mean: Double, spread: Double) {
    guard sums(.policy, reading) != nil else { return (.nan, .nan) }
    let means = reading.numbers(of: court.rewards).map(Double.init)
    return (means[0], max(0, means[1] - means[0] * means[0]).squareRoot())
  }

  /// The share of sampled pairs of words that differ; NaN before the policy has begun.
  func distinctShare(_ court: Court, _ reading: ModelReading) -> Double {
    sums(.policy, reading) == nil ? .nan : reading.value(of: court.distinct)
  }

  private func phase(_ court: Court, _ reading: ModelReading) -> ModelView {
    let distinct = distinctShare(court, reading)
    let hasAdversary = sums(.real, reading) != nil
    let phase =
      switch (sums(.policy, reading) != nil, hasAdversary) {
      case (true, _): "teacher, policy, adversary"
      case (false, true): "teacher and adversary"
      case (false, false): "teacher alone"
      }
    let reward = reward(court, reading)
    // What is wrong has a line of its own: it is what the view is for.
    let collapse =
      "COLLAPSE: distinct-2 is below \(Self.collapse), sentences are all alike; lower the dial policy"
    let alarm =
      distinct.isNaN
      ? ["alarm", "no samples before epoch \(configuration.warmUp + 1)"]
      : distinct < Self.collapse ? [collapse, ""] : ["alarm", "none"]
    return ModelView(
      name: "policy.phase", title: "phase and collapse",
      note:
        "Who moves in turns just now; D and the reward are those of training rows, the reward and "
        + "distinct-2 moving means over the newest steps.",
      content: .table(
        .init(
          columns: ["what", "now"],
          rows: [
            ["phase", phase],
            [
              "D: true, said, another's",
              beliefs(reading).map(Self.text).joined(separator: " / "),
            ],
            ["reward", "\(Self.text(reward.mean)) ± \(Self.text(reward.spread))"],
            ["distinct-2 of samples", Self.text(distinct)], alarm,
          ])))
  }

  private func beliefs(_ reading: ModelReading) -> [Double] {
    [Term.real, .generated, .other].map { belief($0, reading) }
  }

  private static func text(_ number: Double) -> String {
    number.isFinite ? String(format: "%.3f", number) : "–"
  }

  private func contention(_ court: Court, _ reading: ModelReading) -> [ModelTrace] {
    let reward = reward(court, reading)
    return [
      ModelTrace(
        name: "adversary.belief", title: "what the adversary believes",
        note: "D, the chance that a review is the user's own, of true reviews, of sentences that "
          + "the model says and of other users' reviews: means over the newest step's rows. Where "
          + "D of said ones is 0, no reward tells one from another.",
        series: ["true", "said", "another's"], values: beliefs(reading).map { Float($0) }),
      ModelTrace(
        name: "policy.reward", title: "reward and its spread",
        note: "D of sampled sentences, a moving mean that is the baseline, and the standard "
          + "deviation about it: without a spread there is nothing to learn from.",
        series: ["mean", "spread"], values: [Float(reward.mean), Float(reward.spread)]),
      ModelTrace(
        name: "policy.distinct", title: "distinct-2 of samples",
        note: "The share of a step's sampled pairs of words that differ, a moving mean; below "
          + "\(Self.collapse) sentences are all alike.",
        series: ["distinct-2"], values: [Float(distinctShare(court, reading))]),
    ]
  }
}

// MARK: - Priors

extension Why {
  private func distances(_ reading: ModelReading) -> ModelTrace {
    let sides = ["user", "item"]
    let values = sides.map { side -> Float in
      let mean = reading.mean(of: Self.distance(side)).first ?? .nan
      return max(0, mean).squareRoot()
    }
    return ModelTrace(
      name: "prior.distance", title: "how far factors are from their documents",
      note: "‖U − Ũ‖ and ‖V − Ṽ‖, root mean squares over validation rows.",
      series: sides, values: values)
  }
}
