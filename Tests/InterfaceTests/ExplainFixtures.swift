import Runs
import Terminal

@testable import Interface

extension Fixture {
  static let explainedNames = ["rating", "ranking", "explanation"]

  /// A run on data that name users and items, with a text that explains.
  static func explainedDescription() -> RunDescription {
    var description = description(explainedNames, model: "caml", title: "CAML")
    let kinds: [LabelKind] = [.regression, .ranking, .text]
    description.tasks = zip(explainedNames, kinds).map { name, kind in
      TaskDescription(
        name: name, kind: kind, labelMean: kind == .regression ? 3.7 : 1,
        lossUnit: kind == .regression ? "squared deviations of the label" : nil)
    }
    description.pairs = PairDescription(users: 400, items: 240)
    return description
  }

  /// A pair with reasons, and texts that run from right to left, are wide, and are no texts at all.
  static func explanation(_ wish: ExplanationWish = ExplanationWish()) -> ExplanationView {
    var view = ExplanationView(wish: wish, step: 1_800)
    view.user = .init(name: "u17", place: 16, count: 400, rows: 41)
    view.item = .init(name: "جيتار-203", place: 202, count: 240, rows: 66)
    view.first = [
      "جيتار-203", "ギター18", "i7", "i91\u{1B}[31m", "i4", "i118", "i33", "i1", "i60", "i150",
    ]
    .enumerated().map {
      .init(name: $1, score: 0.6132 - 0.07 * Double($0), rating: 4.3121 - 0.11 * Double($0))
    }
    view.firstWords = "by ranking, of all 199 items new to the user"
    view.standing = .init(place: 0, count: 199, candidate: view.first[0])
    view.rating = .init(task: "rating", predicted: 4.3121, observed: 5, isOn: true)
    view.split = "test"
    view.explanation = Explanation(
      reasons: [
        .init(
          "sound", score: 0.7112,
          evidence: [
            .init("the sound is clear and the price is fair", source: "u3 of this item, rating 5"),
            .init("الصوت واضح والسعر مناسب", source: "u9 of this item, rating 4"),
          ]),
        .init("价格", score: 0.2031, evidence: [.init("价格很公道，声音很清楚", source: "u211, rating 4")]),
        .init("look\u{202E}gnp", score: 0.0857),
      ],
      scoreWords: "share of the attention",
      generated: .init("the sound is great and the price is low"),
      note: "Two of 15 reviews are chosen.")
    // The two met in no training row: all rows of both are other ones, and one of each has no rating.
    view.ofUser = evidence("i", ratings: [6, 8, 16, 10])
    view.ofItem = evidence("u", ratings: [6, 13, 26, 20])
    view.truth = .init("الصوت ممتاز but the 价格 is high\u{7}", source: "test row")
    return view
  }

  /// Rows of a user or an item with so many ratings from 2 to 5, one without rating, some without text,
  /// and texts of every kind.
  static func evidence(_ letter: String, ratings: [Int]) -> PairEvidence {
    let texts = [
      "the sound is clear and the price is fair", "الصوت واضح والسعر مناسب", nil,
      "价格很公道，声音很清楚，包装也很好，送货很快，下次还会再买", "it broke\u{1B}[2J after a week",
      "donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft is fine",
    ]
    let rows = (0..<PairEvidence.mostRows).map { row in
      PairEvidence.Row(
        name: row == 3 ? "ギター-18" : "\(letter)\(7 * row + 2)",
        rating: row == 4 ? nil : Double(5 - row % 4), text: texts[row % texts.count])
    }
    let counts = zip([2.0, 3, 4, 5], ratings).map { PairEvidence.Count(rating: $0, rows: $1) }
    let rated = ratings.reduce(0, +)
    let sum = counts.reduce(0) { $0 + $1.rating * Double($1.rows) }
    return PairEvidence(
      rows: rows, count: rated + 1, rated: rated, mean: sum / Double(rated), counts: counts)
  }

  /// An app that explains.
  static func explainApp(_ change: (inout Snapshot) -> Void = { _ in }) -> App {
    var app = App(settings: ExplorerSettings(showsTour: false))
    _ = app.update(.time(0))
    _ = app.update(.events([.prepared(explainedDescription())]))
    var newest = snapshot(explainedNames, experts: 0)
    newest.explanation = explanation()
    change(&newest)
    _ = app.update(.snapshot(newest))
    _ = app.update(.time(1_000))
    app.press("9")
    return app
  }

  /// A copy beside the run that does not learn to explain.
  static func explainedShadow() -> ShadowSnapshot {
    ShadowSnapshot(
      change: "without explanation", fork: 1_200, step: 1_800, share: 0.3,
      tasks: [
        .init(
          name: "rating", isOn: true, difference: .init(mean: 0.0121, error: 0.0031, steps: 288),
          score: .init(name: "rmse", step: 1_600, main: 0.5921, shadow: 0.5988, error: nil)),
        .init(name: "ranking", isOn: true), .init(name: "explanation", isOn: false),
      ])
  }
}
