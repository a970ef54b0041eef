import Runs

/// What a system of reviews shows: which review it chooses, and what it says.
extension Fixture {
  static var reviewViews: [ModelView] { [pointerMap, chosenReviews, sentences] }

  private static var pointerMap: ModelView {
    var noise = Noise(seed: 5)
    let users = (1...5).map { "\($0 == 4 ? "*" : "")user's \($0)" }
    let items = (1...6).map { "\($0 == 2 ? "*" : "")\($0)" }
    let values = (0..<30).map { _ -> Float in 1.2 * Float(noise.share()) }
    return ModelView(
      name: "selector.0.map", title: "head 0: user's × item's reviews",
      note: "How well each review of the first row's user u17 (number 1 is the last) fits "
        + "each of its item's ギター18; * marks the ones that the pointers choose.",
      step: 1_790,
      content: .matrix(
        .init(rows: users, columns: items, values: values, scale: .diverging)))
  }

  private static var chosenReviews: ModelView {
    ModelView(
      name: "selector.chosen", title: "what the pointers choose",
      note: "The reviews that the first row's prediction and its sentence are made from.",
      step: 1_790,
      content: .passages(
        .init([
          .init(
            name: "head 0, user's 4",
            text: "the cable is far too short for my desk but the sound makes up for it",
            isMarked: true),
          .init(name: "head 0, item's 2", text: "音質 が 良い, 少し 重い", isMarked: true),
          .init(name: "head 1, user", text: "(no review to choose)"),
        ])))
  }

  private static var sentences: ModelView {
    ModelView(
      name: "sentences", title: "said and generated",
      note: "What the reviews of the first validation rows say and what the model would.",
      step: 1_790,
      content: .passages(
        .init([
          .init(name: "row 1, true", text: "جودة الصوت ممتازة والسعر مناسب"),
          .init(
            name: "generated", text: "the sound is clear but the price is high (-1.21 a word)",
            isMarked: true),
          .init(name: "row 2, true", text: "(no text)"),
          .init(name: "generated", text: "the sound is clear (-0.84 a word)", isMarked: true),
        ])))
  }
}
