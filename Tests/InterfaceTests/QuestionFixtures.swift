import Runs

@testable import Interface

/// Answers to questions and masks in numbers, all of them plausible.
extension Fixture {
  /// Scores without each expert; of the last ones nothing is known yet, if asked.
  static func matrix(experts: Int = 8, known: Int? = nil) -> KnockOutMatrix {
    let scores = knockOut().with
    let lines = shortNames.enumerated().map { task, name -> KnockOutMatrix.Line in
      let isError = task == 3
      let full = scores[task].value
      var without: [Double] = []
      var first: [Float] = []
      for expert in 0..<experts {
        let small = 0.0004 * Double((expert + task) % 4)
        var loss: Double = expert == task ? 0.0213 : small
        if expert == 5 { loss -= 0.0011 }
        without.append(expert < known ?? experts ? full + (isError ? loss : -loss) : .nan)
        first.append(expert == task ? 0.65 : 0.35 / Float(experts - 1))
      }
      return KnockOutMatrix.Line(
        task: name, score: isError ? "rmse" : "auc", higherIsBetter: !isError, full: full,
        without: without, firstChoices: first)
    }
    return KnockOutMatrix(
      step: 1_790, rows: 4_000, experts: (0..<experts).map { "E\($0)" }, lines: lines)
  }

  /// How far the matrix is worked out.
  static func progress(_ meanwhile: TrainingMeanwhile) -> QuestionProgress {
    QuestionProgress(
      title: "scores without each expert", step: 1_790, done: 14, total: 36,
      trainingWaits: meanwhile == .waits, matrix: matrix(known: 3))
  }

  /// Masks with a contrast, of two layers.
  static func masks(_ names: [String] = shortNames, contrast: Bool = true) -> MaskSummary {
    let margins: [Double?] = [0.123, -0.0451, 0.3, nil]
    let directions: [MaskSummary.Direction?] = [.rising, .falling, .steady, nil]
    var tasks: [MaskSummary.Task] = []
    var overlap: [Double] = []
    for (task, name) in names.enumerated() {
      let more = 0.12 * Double(task)
      tasks.append(
        MaskSummary.Task(
          name: name, sparsity: 0.38 + more, sparsityByLayer: [0.4 + more, 0.3 + more],
          margin: contrast ? margins[task % 4] : nil,
          direction: contrast ? directions[task % 4] : nil))
      for other in names.indices {
        let common: Double = 0.1 + 0.07 * Double((task + other) % 5)
        overlap.append(task == other ? 1 : common)
      }
    }
    return MaskSummary(
      step: 1_790,
      layers: [
        .init(name: "layer 0", rows: 128, columns: 210),
        .init(name: "layer 1", rows: 64, columns: 128),
      ], tasks: tasks, overlap: overlap, overlapOfAll: 0.11, isContrasting: contrast ? true : nil,
      phase: TrainingPhase(
        title: "joint training", detail: "tasks take turns on every batch", place: 5, count: 6))
  }

  /// The kind of a weight: 0 none, 1 all, 2 some, then each task alone.
  static func kind(_ row: Int, _ column: Int) -> UInt8 {
    let kinds: [UInt8] = [0, 0, 1, 2, 0, 3, 0, 4, 2, 5, 1, 6]
    let mixed = row * 7 + column * 5 + row * column / 3
    return kinds[mixed % 12]
  }

  /// The part of a map that is wanted.
  static func map(_ wanted: MaskWindow) -> MaskMap {
    var window = wanted
    let layer = masks().layers[wanted.layer]
    window.rows = min(wanted.rows, layer.rows - wanted.row)
    window.columns = min(wanted.columns, layer.columns - wanted.column)
    let cells = (0..<window.rows * window.columns).map {
      kind(window.row + $0 / window.columns, window.column + $0 % window.columns)
    }
    // Every second of the weights that some keep is the task's.
    let isKept = window.task.map { task in
      cells.enumerated().map {
        $0.element == 1 || Int($0.element) == 3 + task
          || $0.element == 2 && ($0.offset + task).isMultiple(of: 2)
      }
    }
    let names = ["none", "all", "some"] + shortNames.map { "only \($0)" }
    return MaskMap(
      window: window, step: 1_790,
      bitmap: ModelView.Bitmap(
        rows: window.rows, columns: window.columns,
        cells: cells,
        kinds: names.enumerated().map { index, name in
          .init(
            name: name, series: [nil, 4, 5, 0, 1, 2, 3][index],
            count: [11_200, 4_480, 4_480, 2_240, 2_240, 2_240, 2_240][index])
        }, whole: (layer.rows, layer.columns)), isKept: isKept ?? [])
  }

  /// A weight that two tasks keep.
  static func cell(_ place: MaskPlace) -> MaskCell {
    MaskCell(
      place: place, step: 1_790, weight: -0.0312, isKept: [true, false, true, false],
      isKeptByNegative: [false, true, false, true], gradients: [0.00012, 0, -0.0034, 0],
      gradientRows: 256, gradientStep: 1_700)
  }

  /// What pruning more would cost.
  static func cost(_ task: String = "click") -> PruningCost {
    PruningCost(
      task: task, step: 1_790, share: 0.2, keptBefore: 0.62, keptAfter: 0.496, rows: 4_000,
      with: [Score(name: "auc", value: 0.8121, higherIsBetter: true)],
      without: [Score(name: "auc", value: 0.8043, higherIsBetter: true)])
  }

  /// A row that is asked about, as the order of a loss shows it.
  static func askedExample(experts: Int = 4) -> ExampleView {
    var view = example(experts: experts)
    view.ordering = .init(
      order: .loss("click"), position: 2, rows: 4_000, step: 1_700, measure: 3.2189)
    view.altered = .init(
      change: InputChange(column: "device", text: "andriod"), value: "(rare or unseen)",
      note: "'andriod' is unknown: too few training rows have it, so it is read as rare or unseen; "
        + "did you mean 'android'?",
      without: 1,
      answers: view.answers.map {
        .init(
          task: $0.task, label: $0.label, prediction: $0.prediction - 0.11, loss: $0.loss + 0.2)
      },
      gates: view.gates.map {
        .init(name: $0.name, weights: [0.55, 0, 0.25, 0.2], mean: $0.mean, meanStep: $0.meanStep)
      })
    return view
  }

  /// An app whose model has masks, with what it shows of them.
  static func appWithMasks(_ names: [String] = shortNames, gates: Int = 0) -> App {
    var app = app(names, experts: gates)
    var description = description(names, model: "some", title: "Some-System")
    description.subjects = [.masks]
    _ = app.update(.events([.prepared(description)]))
    var newest = snapshot(names, experts: gates)
    newest.views = maskViews()
    newest.masks = masks(names)
    newest.trainingPhase = newest.masks?.phase
    _ = app.update(.snapshot(newest))
    return app
  }

  /// The same app on the map of a layer, with what it has asked for.
  static func appOnMap() -> App {
    var app = appWithMasks()
    app.press("3m")
    app.press("]jjlll")
    var newest = snapshot(experts: 0)
    newest.masks = masks()
    let wanted = app.screen.wants(app.desk)
    newest.maskMap = wanted.maskWindow.map { map($0) }
    newest.maskCell = wanted.maskPlace.map { cell($0) }
    _ = app.update(.events([.thinned(cost())]))
    _ = app.update(.snapshot(newest))
    _ = app.update(.time(1_000))
    return app
  }
}
