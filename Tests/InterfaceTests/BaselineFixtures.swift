import Runs

/// What the plain systems of ratings and reviews show: NRT, NARRE, PMF and BPR-MF, and all of CAML.
extension Fixture {
  /// A course that falls and levels off, or rises.
  private static func course(
    _ name: String, _ title: String, _ lines: [(name: String, from: Float, to: Float)],
    isLogarithmic: Bool = false
  ) -> ModelView {
    let x = stride(from: Float(50), through: 1_800, by: 50).map { $0 }
    var curves = ModelView.Curves(
      axis: "step",
      curves: lines.map { line in
        .init(
          name: line.name, x: x, y: x.map { line.to + (line.from - line.to) * 120 / ($0 + 70) })
      })
    curves.isLogarithmic = isLogarithmic
    return ModelView(
      name: name, title: title, note: "On the validation rows that are looked at.", step: 1_800,
      content: .curves(curves))
  }

  private static var error: ModelView {
    course(
      "rating_error", "rating: root mean squared error",
      [("error", 0.94, 0.61), ("error of the mean", 0.94, 0.94)])
  }

  private static func lengths(_ to: Float) -> ModelView {
    course("lengths", "lengths of vectors", [("users", 0.53, to), ("items", 0.55, to / 2)])
  }

  private static func points(
    _ name: String, _ title: String, x: String, y: String, _ point: (Int) -> (Float, Float)
  ) -> ModelView {
    ModelView(
      name: name, title: title, note: "A point a validation row.", step: 1_800,
      content: .scatter(
        .init(
          x: x, y: y,
          points: (0..<200).map {
            let (x, y) = point($0)
            return .init(x: x, y: y)
          })))
  }

  static var nrtViews: [ModelView] {
    [
      reviewViews[2],
      course("text.perplexity", "perplexity", [("perplexity", 61, 3.7)], isLogarithmic: true),
      error,
    ]
  }

  static var narreViews: [ModelView] {
    let texts = [
      "the sound is clear and the price is fair", "الصوت واضح والسعر مناسب",
      "价格很公道，声音很清楚，包装也很好，送货很快，下次还会再买，朋友们也都说好，声音真的不错", "音質 が 良い",
      "donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft is fine",
      "it broke\u{1B}[2J after a week\u{7}", "הצליל מצוין והמחיר הוגן",
    ]
    let passages = (0..<15).flatMap { place in
      ["user", "item"].map { side in
        let name = "\(side)'s \(place + 1)"
        let blanks = String(repeating: " ", count: 9 - name.count)
        return ModelView.Passages.Passage(
          name: name + blanks + (place == 3 ? "  0.181" : "  0.059"),
          text: texts[(place * 2 + (side == "user" ? 0 : 3)) % texts.count], isMarked: place == 3)
      }
    }
    return [
      ModelView(
        name: "reviews.weights", title: "how much each review matters",
        note: "The reviews of the first row's user (number 1 is the last) and item.", step: 1_800,
        content: .passages(.init(passages))),
      course(
        "reviews.largest", "weight of the review that matters most",
        [("user", 0.08, 0.181), ("item", 0.09, 0.16)]),
    ]
  }

  static var pmfViews: [ModelView] {
    [
      points("expected_observed", "expected × observed rating", x: "observed", y: "expected") {
        let observed = Float($0 % 5 + 1)
        return (observed, 3.4 + 0.3 * (observed - 3) + Float($0 * 53 % 97) / 97 - 0.5)
      }, error, lengths(0.4),
    ]
  }

  static var bprViews: [ModelView] {
    [
      points(
        "own_drawn", "score of a row's item × of a drawn one", x: "drawn item's score",
        y: "own item's score"
      ) { (Float($0 * 37 % 101) / 50 - 1, Float($0 * 53 % 97) / 48 - 0.6) },
      course("pairs_right", "ranking: pairs in order", [("pairs in order", 0.5, 0.69)]),
      lengths(0.9),
    ]
  }

  static var camlViews: [ModelView] {
    let concepts = ModelView(
      name: "selector.concepts", title: "concepts by head", note: "The concepts.", step: 1_790,
      content: .table(
        .init(
          columns: ["pointer", "first row", "1st", "2nd", "3rd"],
          rows: [
            ["head 0, user", "(none)", "(none) 31", "price 21", "sound 12"],
            ["head 0, item", "صوت", "صوت 43", "价格 11", "price 10"],
            ["head 1, user", "weight", "weight 38", "(none) 16", "size 10"],
            ["head 1, item", "sound", "sound 38", "(none) 19", "price 7"],
          ])))
    var second = reviewViews[0]
    (second.name, second.title) = ("selector.1.map", "head 1: user's × item's reviews")
    return [reviewViews[0], second, reviewViews[1], concepts, reviewViews[2]] + [
      course(
        "selector.entropy", "how undecided the pointers are",
        [
          ("head 0, user", 0.99, 0.7), ("head 0, item", 0.99, 0.6), ("head 1, user", 1, 0.9),
          ("head 1, item", 0.97, 0.8),
        ]),
      course(
        "selector.agreement", "pointers on nothing and on the same",
        [
          ("user, nothing", 0, 0), ("user, the same", 0.1, 0.3), ("item, nothing", 0.02, 0.02),
          ("item, the same", 0.2, 0.4),
        ]),
      course(
        "text.right", "words that are right, and the loss of the concepts",
        [("right", 0.1, 0.46), ("L_c", 6.1, 3.2)], isLogarithmic: true),
    ]
  }
}
