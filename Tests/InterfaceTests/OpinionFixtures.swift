import Runs

/// What MTER and Why I like it show, with names and words that are wide, run from right to left, or
/// would steer a terminal.
extension Fixture {
  // MARK: - MTER

  static var opinionViews: [ModelView] {
    [reasonTable, core("users' × items' factors, the rating", 15, 15, seed: 3)]
      + [
        core("users' × words' factors, sound", 15, 12, seed: 4),
        core("items' × words' factors, sound", 15, 12, seed: 5),
      ] + [tensorErrors, pairsInOrder, zeroFactors]
  }

  private static var reasonTable: ModelView {
    ModelView(
      name: "mter.reasons", title: "why item ギター18 for user u261",
      note:
        "What the user of the first row should think of the item's features, and words that fit "
        + "both. In a sentence: Its sound is clear, 豊か. Its السعر is مناسب.", step: 1_790,
      content: .table(
        .init(
          columns: ["feature", "expected", "words"],
          rows: [
            ["sound", "4.61", "clear, 豊か, not_muffled"], ["السعر", "4.12", "مناسب, fair, low"],
            ["重さ", "3.90", "軽い, featherlike, comfortable, moderate, not_noticeable"],
            ["look\u{1B}[2Jx", "3.55", "stunning"], ["warranty", "3.10", ""],
          ])))
  }

  private static func core(
    _ title: String, _ rows: Int, _ columns: Int, seed: UInt64
  ) -> ModelView {
    var noise = Noise(seed: seed)
    return ModelView(
      name: "mter.core.\(seed)", title: "core: \(title)",
      note: "How a factor of a row and one of a column count together.", step: 1_790,
      content: .matrix(
        .init(
          rows: (1...rows).map { "factor \($0)" }, columns: (1...columns).map { "\($0)" },
          values: (0..<(rows * columns)).map { _ in max(0, Float(noise.share()) - 0.1) },
          scale: .magnitude)))
  }

  private static func course(
    _ name: String, _ title: String, _ series: [(name: String, at: (Int) -> Float)],
    isLogarithmic: Bool = false, areShares: Bool = false
  ) -> ModelView {
    var curves = ModelView.Curves(
      axis: "step",
      curves: series.map { line in
        .init(
          name: line.name, x: (0..<40).map { Float(40 * $0 + 40) }, y: (0..<40).map(line.at))
      }, areShares: areShares)
    curves.isLogarithmic = isLogarithmic
    return ModelView(
      name: name, title: title, note: "Of the newest step.", step: 1_790, content: .curves(curves))
  }

  private static var tensorErrors: ModelView {
    course(
      "mter.errors", "error of the three tensors",
      [
        ("rating", { 0.7 + 40 / Float(1 + $0 * $0) }), ("features", { 1.2 + 60 / Float(1 + $0) }),
        ("users' words", { 1.1 + 20 / Float(1 + $0) }),
        ("items' words", { 1.4 + 9 / Float(1 + $0) }),
      ], isLogarithmic: true)
  }

  private static var pairsInOrder: ModelView {
    course(
      "mter.pairs", "pairs of items",
      [("right", { 0.5 + 0.006 * Float($0) }), ("skipped", { _ in 0.06 })])
  }

  private static var zeroFactors: ModelView {
    let parts = ["users", "items", "features", "words"]
    let zeros = parts.enumerated().map { index, name in
      (name, { (step: Int) in 0.002 * Float((index + 1) * step) })
    }
    let dead = parts.map { ("dead \($0)", { (_: Int) in Float(0) }) }
    return course("mter.zeros", "factors that are 0", zeros + dead)
  }

  // MARK: - Why I like it

  /// The adversary and the policy as they stand, or before either has begun.
  static func whyViews(hasBegun: Bool) -> [ModelView] {
    func after(_ step: Int, _ value: @escaping (Int) -> Float) -> (Int) -> Float {
      { hasBegun && $0 >= step ? value($0) : .nan }
    }
    return [
      phaseTable(hasBegun: hasBegun), saidBeside,
      course(
        "adversary.belief", "what the adversary believes",
        [
          ("true", after(10) { 0.6 + 0.004 * Float($0) }),
          ("said", after(10) { 0.5 - 0.006 * Float($0) }),
          ("another's", after(10) { _ in 0.41 }),
        ], areShares: true),
      course(
        "policy.reward", "reward and its spread",
        [("mean", after(20) { 0.2 + 0.003 * Float($0) }), ("spread", after(20) { _ in 0.11 })],
        areShares: true),
      course(
        "policy.distinct", "distinct-2 of samples",
        [("distinct-2", after(20) { 0.6 - 0.012 * Float($0) })], areShares: true),
      course(
        "text.perplexity", "perplexity", [("perplexity", { 9 + 80 / Float(1 + $0) })],
        isLogarithmic: true),
      course(
        "priors", "how far factors are from their documents",
        [("user", { 0.9 - 0.004 * Float($0) }), ("item", { 0.8 - 0.003 * Float($0) })]),
    ]
  }

  private static func phaseTable(hasBegun: Bool) -> ModelView {
    let alarm =
      "COLLAPSE: distinct-2 is below 0.2, sentences are all alike; lower the dial policy"
    return ModelView(
      name: "policy.phase", title: "phase and collapse",
      note: "Who moves just now; D and the reward are those of training rows.", step: 1_790,
      content: .table(
        .init(
          columns: ["what", "now"],
          rows: hasBegun
            ? [
              ["phase", "teacher, policy, adversary"],
              ["D: true, said, another's", "0.756 / 0.266 / 0.410"],
              ["reward", "0.317 ± 0.110"], ["distinct-2 of samples", "0.132"], [alarm, ""],
            ]
            : [
              ["phase", "teacher alone"], ["D: true, said, another's", "– / – / –"],
              ["reward", "– ± –"], ["distinct-2 of samples", "–"], ["alarm", "no samples yet"],
            ])))
  }

  private static var saidBeside: ModelView {
    ModelView(
      name: "sentences", title: "said and generated",
      note: "What the reviews of the first validation rows say and what the model would.",
      step: 1_790,
      content: .passages(
        .init([
          .init(name: "row 1, true", text: "الصوت واضح but the 价格 is high\u{7}"),
          .init(name: "generated", text: "音質 が 良い (-1.25 a word)", isMarked: true),
          .init(name: "row 2, true", text: "(no text)"),
          .init(
            name: "generated",
            text: "the size is not enormous and the quality is not low "
              + "(-1.18 a word)", isMarked: true),
        ])))
  }
}
