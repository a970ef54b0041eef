import Graph
import Layers
import Models
import Runs

// What the masks screen shows of a lottery: values, without a word about which system it is.
extension Lottery {
  /// The masks as they are now, and how they were found.
  func inspect(tasks names: [String], batch: Batch) -> Inspection {
    let sets = step.masks.sets
    var inspection = Inspection(views: [density(sets, names), overlap(sets, names)])
    inspection.views += plan.layers.indices.map { bitmap(of: $0, sets, names) }
    inspection.views.append(census(sets))
    if !ladder.isEmpty { inspection.views += [ladderCurves(names), ladderTable(names)] }
    if isJoint { inspection.views += gradientViews(sets, names, batch) }
    if let ownership = ownership(names) { inspection.views.append(ownership) }
    if plan.contrast != nil { inspection.traces = contrastTraces(names) }
    return inspection
  }

  private var layerNames: [String] { plan.layers.indices.map { "layer \($0)" } }

  private func density(_ sets: MaskSets, _ names: [String]) -> ModelView {
    let values = names.indices.flatMap { task in
      plan.layers.indices.map { Float(sets.density(task: task, layer: $0)) }
        + [Float(sets.density(task: task))]
    }
    return ModelView(
      name: "density", title: "density", note: "The share of each layer's weights a task keeps.",
      subject: .masks,
      content: .matrix(
        .init(rows: names, columns: layerNames + ["all"], values: values, scale: .share)))
  }

  private func overlap(_ sets: MaskSets, _ names: [String]) -> ModelView {
    let all = Array(plan.layers.indices)
    let values = sets.jaccard(layers: all).map { Float($0) }
    let pairs = names.indices.flatMap { a in (0..<a).map { values[a * names.count + $0] } }
    let warning =
      (pairs.max() ?? 0) > 0.9
      ? " Above .90 the sub-networks hardly differ: a lower rewind or sparser masks help." : ""
    return ModelView(
      name: "overlap", title: "overlap (Jaccard)",
      note: "Kept by both of what either keeps; 1: the same weights. All of any: "
        + "\(percent(sets.overlapRatio)).\(warning)",
      subject: .masks,
      content: .matrix(.init(rows: names, columns: names, values: values, scale: .share)))
  }

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

  // MARK: - Whose weights

  /// Rows and columns of a bitmap at most.
  private static let most = 96

  private func bitmap(of index: Int, _ sets: MaskSets, _ names: [String]) -> ModelView {
    let layer = plan.layers[index]
    let (rows, columns) = (min(Self.most, layer.outputs), min(Self.most, layer.inputs))
    return ModelView(
      name: "bitmap.\(index)", title: "whose weights, layer \(index)",
      note: "A row is a unit of the layer, a column what it reads.", subject: .masks,
      content: .bitmap(
        bitmap(
          of: index, sets, names, rows: (0..<rows).map { $0 * layer.outputs / rows },
          columns: (0..<columns).map { $0 * layer.inputs / columns })))
  }

  /// A part of a layer's map, every weight of it.
  func bitmap(of window: MaskWindow, _ sets: MaskSets, _ names: [String]) -> ModelView.Bitmap {
    bitmap(
      of: window.layer, sets, names, rows: Array(window.row..<(window.row + window.rows)),
      columns: Array(window.column..<(window.column + window.columns)))
  }

  private func bitmap(
    of index: Int, _ sets: MaskSets, _ names: [String], rows: [Int], columns: [Int]
  ) -> ModelView.Bitmap {
    let layer = plan.layers[index]
    let kinds = kinds(of: index, sets)
    let counts = kinds.reduce(into: [UInt8: Int]()) { $0[$1, default: 0] += 1 }
    func kind(_ number: Int, _ name: String, _ series: Int?) -> ModelView.Bitmap.Kind {
      .init(name: name, series: series, count: counts[UInt8(number)] ?? 0)
    }
    let own = names.enumerated().map { kind(3 + $0, "only \($1)", $0) }
    return ModelView.Bitmap(
      rows: rows.count, columns: columns.count,
      // Stored as [inputs, outputs]; a row here is an output.
      cells: rows.flatMap { row in columns.map { kinds[$0 * layer.outputs + row] } },
      kinds: [
        kind(0, "none", nil), kind(1, "all", names.count), kind(2, "some", names.count + 1),
      ] + own, whole: (layer.outputs, layer.inputs))
  }

  /// 0 none, 1 all, 2 some, 3 + task: only this one.
  private func kinds(of layer: Int, _ sets: MaskSets) -> [UInt8] {
    sets.keepers(of: layer).enumerated().map { at, count in
      switch count {
      case 0: 0
      case sets.masks.count: 1
      case 1: UInt8(3 + (sets.masks.firstIndex { $0[layer][at] != 0 } ?? 0))
      default: 2
      }
    }
  }

  private func census(_ sets: MaskSets) -> ModelView {
    let bars = plan.layers.indices.map { layer in
      let found = sets.census(of: layer)
      let all = Float(max(1, found.all + found.some + found.one + found.none))
      return ModelView.Bars.Bar(
        name: "layer \(layer)",
        values: [found.all, found.some, found.one, found.none].map { Float($0) / all })
    }
    return ModelView(
      name: "census", title: "kept by", note: "How many tasks keep a weight, layer by layer.",
      subject: .masks,
      content: .bars(.init(parts: ["all", "some", "one", "none"], bars: bars, most: 1)))
  }

  // MARK: - The search

  private func ladderCurves(_ names: [String]) -> ModelView {
    let curves = names.indices.map { task in
      let rungs = ladder.filter { $0.task == task }.sorted { $0.density < $1.density }
      return ModelView.Curves.Curve(
        name: names[task], x: rungs.map { Float($0.density) }, y: rungs.map { Float($0.score) })
    }
    return ModelView(
      name: "ladder", title: "score by density",
      note: "Each task's main validation score at every rung of its search.", subject: .masks,
      content: .curves(.init(axis: "density", curves: curves)))
  }

  private func ladderTable(_ names: [String]) -> ModelView {
    let rows = ladder.indices.map { index -> [String] in
      let rung = ladder[index]
      let isChosen = chosen[rung.task] == index
      return [
        names[rung.task], "\(rung.round)", percent(rung.density), decimals(rung.score),
        isChosen ? "chosen" : "",
      ]
    }
    return ModelView(
      name: "rungs", title: "the search",
      note: "Every mask that was tried; the first best that is sparse enough is chosen.",
      subject: .masks,
      content: .table(
        .init(
          columns: ["task", "round", "left", "score", ""], rows: rows,
          current: isJoint ? nil : rows.indices.last)))
  }

  private func decimals(_ score: Double) -> String {
    guard score.isFinite else { return "-" }
    let scaled = Int((score.magnitude * 10_000).rounded())
    let digits = String(scaled % 10_000)
    let padded = String(repeating: "0", count: 4 - digits.count) + digits
    return (score < 0 ? "-" : "") + "\(scaled / 10_000).\(padded)"
  }

  // MARK: - Whose gradients

  private func gradientViews(
    _ sets: MaskSets, _ names: [String], _ batch: Batch
  ) -> [ModelView] {
    let survey = GradientSurvey(plan.layers, tasks: names.count, trainer: trainer, batch: batch)
    let conflicts = names.indices.flatMap { a in
      names.indices.map { a == $0 ? .nan : survey.conflict(a, $0, sets) }
    }
    let norms = names.indices.flatMap { survey.norms(of: $0, sets) }
    return [
      ModelView(
        name: "sign_conflict", title: "sign conflict",
        note: "Of the weights that two tasks keep, the share whose gradients of \(batch.rows) "
          + "validation rows pull in opposite directions; .50 is chance.",
        subject: .masks,
        content: .matrix(.init(rows: names, columns: names, values: conflicts, scale: .share))),
      ModelView(
        name: "gradient_norms", title: "gradient by keeper",
        note: "The norm of a task's gradient over weights that all keep, that it keeps, that only "
          + "others keep, that nobody keeps.",
        subject: .masks,
        content: .matrix(
          .init(
            rows: names, columns: ["all", "own", "others'", "nobody's"], values: norms,
            scale: .magnitude))),
    ]
  }

  /// How the weights that all tasks keep are shared out by an impact rule.
  private func ownership(_ names: [String]) -> ModelView? {
    guard let rule = step.rule, isJoint else { return nil }
    let count = Float(max(1, rule.isOn.count { $0 }))
    let edges: [Float] = [0.25, 0.5, 0.75, 1]  // of all there is to share out
    let bars = names.indices.map { task in
      var bins = [Float](repeating: 0, count: edges.count)
      var all: Float = 0
      for (layer, shared) in rule.shared.enumerated() {
        for at in shared.indices where shared[at] != 0 {
          let share = rule.factor(of: task, layer: layer, at: at) / count
          bins[edges.firstIndex { share <= $0 } ?? edges.count - 1] += 1
          all += 1
        }
      }
      return ModelView.Bars.Bar(name: names[task], values: bins.map { $0 / max(1, all) })
    }
    return ModelView(
      name: "ownership", title: "ownership",
      note: "Of the weights that all tasks keep, how many follow a task by up to a quarter, half, "
        + "three quarters, and more.",
      subject: .masks,
      content: .bars(.init(parts: ["≤ 25 %", "≤ 50 %", "≤ 75 %", "more"], bars: bars, most: 1)))
  }

  // MARK: - The contrast

  private func contrastTraces(_ names: [String]) -> [ModelTrace] {
    guard isJoint, !step.losses.contains(where: { $0.positive.isNaN }) else { return [] }
    let margins = step.losses.map { Float($0.negative - $0.positive) }
    let losses = step.losses.flatMap { [Float($0.positive), Float($0.negative)] }
    return [
      ModelTrace(
        name: "contrast", title: "positive and negative loss",
        note: "The negative loss may rise, but a runaway means that weights are spent on it.",
        subject: .masks, series: names.flatMap { ["\($0) +", "\($0) −"] }, values: losses),
      ModelTrace(
        name: "margin", title: "margin",
        note: "Negative minus positive loss: above 0, and at rest after a while.",
        subject: .masks, series: names, values: margins),
      ModelTrace(
        name: "magnitude", title: "mean |w|",
        note: "Growing without end is the sign of a runaway contrast.", subject: .masks,
        series: layerNames, values: magnitudes),
    ]
  }

  private var magnitudes: [Float] {
    step.masks.weights.map { layer in
      layer.reduce(0) { $0 + abs($1) } / Float(max(1, layer.count))
    }
  }
}
