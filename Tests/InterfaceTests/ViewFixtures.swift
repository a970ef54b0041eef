import Runs

@testable import Interface

/// What models show of themselves, one of each form, with plausible numbers.
extension Fixture {
  private static func numbers(
    _ rows: Int, _ columns: Int, _ number: (Int, Int) -> Float
  ) -> [Float] {
    (0..<rows * columns).map { number($0 / columns, $0 % columns) }
  }

  /// A stitch: what every task's column reads of every column.
  static func stitch(_ names: [String] = shortNames, layer: Int = 0) -> ModelView {
    let values = numbers(names.count, names.count) { row, column in
      if row == column { return 0.93 - 0.05 * Float(row) }
      return Float((row * 5 + column * 3 + layer) % 7) * 0.03 - 0.06
    }
    return ModelView(
      name: "stitches.\(layer)", title: "stitch \(layer)",
      note: "A row is what a task's column reads of every column; 1 on the diagonal shares "
        + "nothing, equal rows share everything.",
      step: 1_790,
      content: .matrix(.init(rows: names, columns: names, values: values, scale: .diverging)))
  }

  /// Lines over the steps.
  static func selfShare(_ names: [String] = shortNames) -> ModelView {
    var noise = Noise(seed: 3)
    let curves = names.enumerated().map { place, name in
      let x = stride(from: Float(0), through: 1_790, by: 10).map { $0 }
      let y = x.map {
        0.9 - 0.08 * Float(place + 1) * $0 / 1_790 + 0.004 * Float(noise.share())
      }
      return ModelView.Curves.Curve(name: name, x: x, y: place == 2 ? y.withGap : y)
    }
    return ModelView(
      name: "self_share", title: "self-share", note: "Falling lines share more and more.",
      step: 1_790,
      content: .curves(.init(axis: "step", curves: curves, level: .init(name: "even", y: 0.5))))
  }

  /// A learned bias by position, with a line that is no task's.
  static var positionBias: ModelView {
    let positions = (1...20).map { Float($0) }
    return ModelView(
      name: "bias", title: "position bias",
      note: "The shallow tower's logit by position, against the observed click rate.", step: 1_790,
      content: .curves(
        .init(
          axis: "position",
          curves: [
            .init(
              name: "phone", x: positions, y: positions.map { 1.2 - 0.9 * $0.squareRoot() / 3 }),
            .init(name: "desktop", x: positions, y: positions.map { 0.6 - 0.5 * $0 / 20 }),
            .init(
              name: "observed", x: positions, y: positions.map { 1 - 0.8 * $0.squareRoot() / 3 }),
          ])))
  }

  /// Attention over features: more columns than a narrow screen has room for.
  static var attention: ModelView {
    let features = [
      "user_id", "hour_of_the_day", "tag", "new_user", "duration", "author_fans", "device", "city",
      "weekday", "position", "history", "ctr_7d", "language", "tab",
    ]
    let values = numbers(features.count, features.count) { row, column in
      Float((row * 7 + column * 11) % 13) / 40 + (row == column ? 0.3 : 0)
    }
    return ModelView(
      name: "attention", title: "feature attention", note: "A row is what a feature looks at.",
      step: 1_790,
      content: .matrix(.init(rows: features, columns: features, values: values, scale: .share)))
  }

  /// Numbers of 0 or more of any size, by pair of fields and moment.
  static func distance(moments: Int = 140) -> ModelView {
    let rows = ["layer 0", "layer 1", "towers"]
    let values = numbers(rows.count, moments) { row, moment in
      Float(row + 1) * 0.8 * Float(moment) / Float(moments) + 0.1
    }
    return ModelView(
      name: "distance", title: "distance between networks",
      note: "Half the squared distance of the tasks' weights; what the penalty holds down.",
      step: 1_790,
      content: .history(
        .init(
          rows: rows, columns: (0..<moments).map { "\($0 * 1_790 / moments)" }, values: values,
          scale: .magnitude)))
  }

  /// Weights that are shared, private, partly shared or dead.
  static func ownership(rows: Int = 64, columns: Int = 96) -> ModelView {
    var counts = [0, 0, 0, 0]
    let cells = (0..<rows * columns).map { place -> UInt8 in
      let (row, column) = (place / columns, place % columns)
      let kind =
        (row * 31 + column * 17) % 19 < 4
        ? 3 : column * 3 / columns == row * 3 / rows ? 0 : (row / 8 + column / 12) % 2 + 1
      counts[kind] += 1
      return UInt8(kind)
    }
    return ModelView(
      name: "ownership.0", title: "whose weights, layer 0",
      note: "A cell is a weight: kept by every task, by one of them, or by none.",
      subject: .masks, step: 1_790,
      content: .bitmap(
        .init(
          rows: rows, columns: columns, cells: cells,
          kinds: [
            .init(name: "shared", series: 4, count: counts[0] * 4),
            .init(name: "only click", series: 0, count: counts[1] * 4),
            .init(name: "only like", series: 1, count: counts[2] * 4),
            .init(name: "dead", series: nil, count: counts[3] * 4),
          ], whole: (rows * 2, columns * 2))))
  }

  /// One task's mask: on or off.
  static var mask: ModelView {
    let (rows, columns) = (40, 64)
    var noise = Noise(seed: 9)
    let cells = (0..<rows * columns).map { place in
      UInt8(noise.share() + (place / columns / 8 % 2 == 0 ? 0.4 : -0.4) > 0 ? 1 : 0)
    }
    let on = cells.count { $0 == 1 }
    return ModelView(
      name: "mask.click", title: "mask of click, layer 1", note: "A dot is a weight that is kept.",
      subject: .masks, step: 1_790,
      content: .bitmap(
        .init(
          rows: rows, columns: columns, cells: cells,
          kinds: [
            .init(name: "off", series: nil, count: rows * columns - on),
            .init(name: "on", series: 0, count: on),
          ], whole: (rows, columns))))
  }

  /// What every task keeps, own and shared, against the wish.
  static func density(_ names: [String] = shortNames) -> ModelView {
    let bars = names.enumerated().map { place, name in
      ModelView.Bars.Bar(
        name: name, values: [0.12 + 0.06 * Float(place), 0.5 - 0.1 * Float(place)], mark: 0.5)
    }
    return ModelView(
      name: "density", title: "density by task", note: "The line is the share that is aimed at.",
      subject: .masks, step: 1_790,
      content: .bars(.init(parts: ["own", "shared"], bars: bars, most: 1)))
  }

  /// The rungs of a ladder of masks.
  static var ladder: ModelView {
    let rows = (0..<14).map { round in
      [
        "round \(round)", "\(100 - round * 6)%", "0.\(9412 - (round - 4) * (round - 4) * 3)",
        round == 4 ? "kept" : "",
      ]
    }
    return ModelView(
      name: "ladder", title: "ladder of masks",
      note: "Each round prunes a tenth of what is left; the best on the validation rows is kept.",
      subject: .masks, step: 1_790,
      content: .table(
        .init(columns: ["round", "density", "auc of click", "choice"], rows: rows, current: 9)))
  }

  /// How much the masks have in common.
  static func overlap(_ names: [String] = shortNames) -> ModelView {
    let values = numbers(names.count, names.count) { row, column in
      row == column ? .nan : 0.62 - 0.15 * Float(abs(row - column))
    }
    return ModelView(
      name: "overlap", title: "overlap (Jaccard)",
      note: "Of what either keeps, the share both keep.",
      subject: .masks, step: 1_790,
      content: .matrix(.init(rows: names, columns: names, values: values, scale: .share)))
  }

  static func allViews(_ names: [String] = shortNames) -> [ModelView] {
    modelViews(names) + maskViews(names)
  }

  static func modelViews(_ names: [String] = shortNames) -> [ModelView] {
    [stitch(names), selfShare(names), distance(), positionBias, attention, stitch(names, layer: 1)]
  }

  static func maskViews(_ names: [String] = shortNames) -> [ModelView] {
    [density(names), overlap(names), ownership(), mask, ladder]
  }

  /// Views whose sizes contradict each other, and texts that a terminal might obey.
  static var brokenViews: [ModelView] {
    let bad = "x\u{1B}[2J\n回🎈"
    let contents: [ModelView.Content] = [
      .matrix(.init(rows: ["a", bad], columns: [bad], values: [.nan], scale: .diverging)),
      .matrix(.init(rows: [], columns: [], values: [], scale: .share)),
      .matrix(
        .init(rows: ["a"], columns: ["b"], values: [.infinity, -.infinity], scale: .magnitude)),
      .history(.init(rows: [bad], columns: [bad, "2"], values: [1], scale: .magnitude)),
      .history(.init(rows: ["a"], columns: [], values: [], scale: .share)),
      .bitmap(.init(rows: 3, columns: 5, cells: [9, 0], kinds: [], whole: (0, 0))),
      .bitmap(
        .init(
          rows: 2, columns: 2, cells: [0, 1, 7, 1],
          kinds: [.init(name: bad, series: 900, count: 0), .init(name: "", series: -4, count: -1)],
          whole: (2, 2))),
      .bitmap(.init(rows: 0, columns: 0, cells: [], kinds: [], whole: (0, 0))),
      .bars(.init(parts: [], bars: [.init(name: bad, values: [.nan, -1, .infinity], mark: .nan)])),
      .bars(.init(bars: [.init(name: "", values: [])], most: 0)),
      .bars(.init(bars: [])),
      .curves(.init(axis: bad, curves: [.init(name: bad, x: [.nan, 1, 2], y: [1, .infinity])])),
      .curves(.init(axis: "", curves: [.init(name: "a", x: [5], y: [3])])),
      .curves(.init(axis: "", curves: [])),
      .scatter(.init(x: bad, y: bad, points: [.init(x: .nan, y: 1), .init(x: 1, y: .infinity)])),
      .scatter(.init(x: bad, y: bad, points: [.init(x: 3, y: 2), .init(x: 3, y: 2)])),
      .scatter(.init(x: "", y: "", points: [])),
      .table(.init(columns: [], rows: [[bad]], current: 7)),
      .table(.init(columns: [bad, "b"], rows: [[], [bad, bad, bad], ["a"]], current: 900)),
      .passages(.init([])),
      .passages(.init([.init(name: bad, text: bad + " " + bad, isMarked: true)])),
    ]
    return contents.enumerated().map { place, content in
      ModelView(
        name: bad, title: bad, note: bad + " " + bad, subject: place % 2 == 0 ? .model : .masks,
        step: -1, content: content)
    }
  }

  static let dials = [
    Dial(name: "alpha", summary: "strength of the penalty", range: 0...10, start: 0.1),
    Dial(name: "temperature", summary: "of the gates' softmax", range: 0.1...10, start: 1),
    Dial(name: "shift", summary: "either way", range: -1...1, start: 0),
  ]

  static let phases = [
    TrainingPhase(title: "warm-up", detail: "", place: 0, count: 4),
    TrainingPhase(title: "pruning click", detail: "round 3 of 10", place: 1, count: 4),
    TrainingPhase(title: "pruning like", detail: "round 7 of 10, density .48", place: 2, count: 4),
  ]

  static func knockOut(_ names: [String] = shortNames) -> KnockOut {
    let full = evaluation(names, step: 1_790, gain: 0).tasks.map { task in
      Score(
        name: "\(task.task) \(task.scores[0].name)", value: task.scores[0].value,
        higherIsBetter: task.scores[0].higherIsBetter)
    }
    let part = full.enumerated().map { place, score in
      var score = score
      score.value += [-0.0213, -0.0004, 0.0031, 0.0102][place % 4]
      return score
    }
    return KnockOut(expert: "E1", step: 1_790, with: full, without: part)
  }

  /// An app whose model shows views.
  static func app(
    showing views: [ModelView], names: [String] = shortNames, dials: [Dial] = []
  ) -> App {
    var app = names == shortNames ? app() : app(names)
    var description = description(names, model: "some", title: "Some-System")
    description.subjects = Set(views.map(\.subject))
    description.dials = dials
    _ = app.update(.events([.prepared(description)]))
    var newest = snapshot(names)
    newest.views = views
    newest.dials = dials.map(\.start)
    _ = app.update(.snapshot(newest))
    return app
  }
}

extension [Float] {
  /// The numbers without those of the middle.
  fileprivate var withGap: [Float] {
    enumerated().map { $0.offset > count / 3 && $0.offset < count / 2 ? .nan : $0.element }
  }
}
