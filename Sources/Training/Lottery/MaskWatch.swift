import Datasets
import Models
import Runs
import Tensors

/// What is known of a lottery's masks for whoever watches: worked out when it is wanted, and kept until
/// the masks change.
struct MaskWatch {
  private let lottery: Lottery
  private let tasks: [String]
  private var known: Known?
  /// The sparsity after every change, by task and layer, all layers last.
  private var history: [(step: Int, sparsity: [[Double]])] = []
  private var margins = MarginCourse()
  /// Gradients of validation rows, with the step that they are of: forward and backward for each task.
  private var survey = CostlyView<(step: Int, gradients: GradientSurvey)>(every: .seconds(1))
  private var map: (version: Int, map: MaskMap)?

  /// The masks of a version, and what they have in common.
  private struct Known {
    let version: Int
    let sets: MaskSets
    /// By task and layer, all layers last.
    let sparsity: [[Double]]
    /// By two tasks, row after row.
    let overlap: [Double]
    let overlapOfAll: Double

    init(_ sets: MaskSets, version: Int) {
      self.version = version
      self.sets = sets
      let (tasks, layers) = (sets.masks.indices, Array(0..<sets.layers))
      sparsity = tasks.map { task in
        layers.map { 1 - sets.density(task: task, layer: $0) } + [1 - sets.density(task: task)]
      }
      overlap = sets.jaccard(layers: layers)
      overlapOfAll = sets.overlapRatio
    }
  }

  /// Changes of masks that are remembered at most.
  static let mostChanges = 512
  /// Validation rows that a weight's gradients are of at most.
  static let gradientRows = 256

  init(_ lottery: Lottery, tasks: [String]) {
    self.lottery = lottery
    self.tasks = tasks
  }

  private var layers: [MaskSummary.Layer] {
    lottery.plan.layers.enumerated().map { index, layer in
      MaskSummary.Layer(name: "layer \(index)", rows: layer.outputs, columns: layer.inputs)
    }
  }

  private mutating func current() -> Known {
    let version = lottery.step.maskVersion
    if let known, known.version == version { return known }
    let made = Known(lottery.step.masks.sets, version: version)
    known = made
    return made
  }

  // MARK: - What is noted whether or not somebody watches: a few numbers a phase and an evaluation

  /// Notes the masks, which have just changed or are the first.
  mutating func masksChanged(step: Int) {
    // Numbers were gone back to as well, perhaps at the same step.
    survey = CostlyView(every: .seconds(1))
    let sparsity = current().sparsity
    if history.last?.step == step { history.removeLast() }
    guard history.last?.sparsity != sparsity else { return }
    history.append((step, sparsity))
    if history.count > Self.mostChanges { history.removeFirst() }
  }

  /// Notes the contrast's margins.
  mutating func noteMargins(step: Int) {
    guard let found = margins(of: lottery) else { return }
    margins.note(found, step: step)
  }

  /// ℓ⁻ − ℓ⁺ by task; nil where there is no contrast just now.
  private func margins(of lottery: Lottery) -> [Double]? {
    guard lottery.step.hasContrast, lottery.step.contrasts else { return nil }
    return lottery.step.losses.map { $0.negative - $0.positive }
  }

  /// Visits the course of sparsity and margins; what is worked out for whoever watches is forgotten.
  mutating func visit(_ archive: inout Archive) throws(ArchiveError) {
    let values = tasks.count * (lottery.plan.layers.count + 1)
    var steps = history.map(\.step)
    var all = history.flatMap { $0.sparsity.flatMap { $0 } }
    try archive.numbers("steps", &steps)
    try archive.numbers("sparsity", &all, shape: [steps.count, values])
    try archive.part("margins") { archive throws(ArchiveError) in
      try margins.visit(&archive, tasks: tasks.count)
    }
    guard archive.isLoading else { return }
    let width = values / max(1, tasks.count)
    history = steps.indices.map { moment in
      let sparsity = tasks.indices.map { task in
        let first = moment * values + task * width
        return Array(all[first..<(first + width)])
      }
      return (steps[moment], sparsity)
    }
    (known, map) = (nil, nil)
    survey = CostlyView(every: .seconds(1))
  }

  // MARK: - What is wanted

  /// The masks in a few numbers.
  mutating func summary(step: Int) -> MaskSummary {
    noteMargins(step: step)
    let known = current()
    let found = margins(of: lottery)
    return MaskSummary(
      step: step, layers: layers,
      tasks: tasks.indices.map { task in
        let margin = found.map { $0[task] }
        return MaskSummary.Task(
          name: tasks[task], sparsity: known.sparsity[task].last ?? 0,
          sparsityByLayer: Array(known.sparsity[task].dropLast()),
          margin: margin.flatMap { $0.isNaN ? nil : $0 },
          direction: found == nil ? nil : margins.direction(of: task))
      }, overlap: known.overlap, overlapOfAll: known.overlapOfAll,
      isContrasting: lottery.step.hasContrast ? lottery.step.contrasts : nil,
      phase: lottery.phase)
  }

  /// The sparsity over the steps: of all layers together, and layer by layer.
  func courses(step: Int) -> [ModelView] {
    let names = layers.map(\.name)
    return ([names.count] + Array(names.indices)).map { layer in
      let isAll = layer == names.count
      return ModelView(
        name: isAll ? "sparsity" : "sparsity.\(layer)",
        title: isAll ? "sparsity" : "sparsity, \(names[layer])",
        note: "The share of the masked weights that a task leaves out; it changes where a round of "
          + "pruning ends.",
        subject: .masks, step: step,
        content: .curves(
          .init(
            axis: "step",
            curves: tasks.indices.map { course(of: $0, layer: layer, until: step) }, areShares: true
          )))
    }
  }

  /// A line that stays level between two changes.
  private func course(of task: Int, layer: Int, until step: Int) -> ModelView.Curves.Curve {
    var (x, y): ([Float], [Float]) = ([], [])
    for (index, moment) in history.enumerated() {
      let value = Float(moment.sparsity[task][layer])
      if let last = y.last, last != value {
        x.append(Float(moment.step))
        y.append(last)
      }
      x.append(Float(moment.step))
      y.append(value)
      if index == history.count - 1, step > moment.step {
        x.append(Float(step))
        y.append(value)
      }
    }
    return .init(name: tasks[task], x: x, y: y)
  }

  /// A part of a map as it is; nil where there is no such part.
  mutating func map(_ wanted: MaskWindow, step: Int) -> MaskMap? {
    guard lottery.plan.layers.indices.contains(wanted.layer) else { return nil }
    let layer = layers[wanted.layer]
    let window = wanted.cut(toRows: layer.rows, columns: layer.columns)
    let version = lottery.step.maskVersion
    if var known = map?.map, map?.version == version, known.window == window {
      known.step = step
      return known
    }
    let sets = current().sets
    let made = MaskMap(
      window: window, step: step, bitmap: lottery.bitmap(of: window, sets, tasks),
      isKept: isKept(in: window, sets))
    map = (version, made)
    return made
  }

  /// By cell, whether the window's task keeps the weight.
  private func isKept(in window: MaskWindow, _ sets: MaskSets) -> [Bool] {
    guard let task = window.task, tasks.indices.contains(task) else { return [] }
    let mask = sets.masks[task][window.layer]
    let outputs = lottery.plan.layers[window.layer].outputs
    // Stored as [inputs, outputs]; a row of the map is an output.
    return (window.row..<(window.row + window.rows)).flatMap { row in
      (window.column..<(window.column + window.columns)).map { mask[$0 * outputs + row] != 0 }
    }
  }

  /// One weight with all that is known of it; nil where there is no such weight.
  mutating func cell(
    _ weight: MaskPlace, _ validation: Examples, step: Int, isIdle: Bool
  ) -> MaskCell? {
    guard lottery.plan.layers.indices.contains(weight.layer) else { return nil }
    let layer = lottery.plan.layers[weight.layer]
    guard (0..<layer.outputs).contains(weight.row), (0..<layer.inputs).contains(weight.column)
    else {
      return nil
    }
    // Stored as [inputs, outputs]; a row of the map is an output.
    let at = weight.column * layer.outputs + weight.row
    let store = lottery.trainer.store
    let rows = min(Self.gradientRows, validation.count, lottery.trainer.capacity)
    let gradients = rows > 0 ? survey(validation, rows: rows, step: step, isIdle: isIdle) : nil
    return MaskCell(
      place: weight, step: step, weight: store.base(of: layer.weight)[at],
      isKept: tasks.indices.map { store.base(of: layer.masks[$0])[at] != 0 },
      isKeptByNegative: layer.negatives.map { store.base(of: $0)[at] != 0 },
      gradients: gradients.map { found in
        tasks.indices.map { found.gradients.gradients[$0][weight.layer][at] }
      } ?? [], gradientRows: rows, gradientStep: gradients?.step ?? step)
  }

  private mutating func survey(
    _ validation: Examples, rows: Int, step: Int, isIdle: Bool
  ) -> (step: Int, gradients: GradientSurvey) {
    if let known = survey.fresh(at: step, isIdle: isIdle) { return known }
    let start = ContinuousClock.now
    let found = GradientSurvey(
      lottery.plan.layers, tasks: tasks.count, trainer: lottery.trainer,
      batch: validation.batch(from: 0, rows: rows))
    survey.keep((step, found), at: step, since: start)
    return (step, found)
  }
}

extension MaskWindow {
  /// The part of this part that lies in a layer of so many rows and columns, of not more cells than a
  /// map may have.
  func cut(toRows rowCount: Int, columns columnCount: Int) -> MaskWindow {
    var window = self
    window.row = min(max(0, row), rowCount)
    window.column = min(max(0, column), columnCount)
    window.columns = min(max(0, columns), columnCount - window.column, MaskMap.mostCells)
    window.rows = min(
      max(0, rows), rowCount - window.row, MaskMap.mostCells / max(1, window.columns))
    return window
  }
}
