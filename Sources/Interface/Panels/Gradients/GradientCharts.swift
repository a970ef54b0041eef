import Runs

/// What was seen of the gradients over the steps, as charts and tables.
struct GradientCharts {
  let course: GradientCourse
  /// The tasks of the run.
  let tasks: [String]

  /// Steps over which the conflict rate is averaged; at the beginning there are fewer, and looks that
  /// lie far apart reach back further.
  static let steps = GradientAlarm.steps

  /// The share of the pairs of tasks that pull against each other.
  var conflict: ModelView {
    let rates = course.conflictRates(over: Self.steps)
    return view(
      "conflict", "mean conflict rate",
      .init(
        axis: "step",
        curves: [
          .init(
            name: "pairs in conflict", x: rates.map { Float($0.step) },
            y: rates.map { Float($0.rate) })
        ], level: .init(name: "alarm", y: Float(GradientAlarm.mostConflict)), areShares: true))
  }

  /// |g_i| by task.
  var norms: ModelView {
    view("norms", "gradient norms", .init(axis: "step", curves: curves(\.norms)))
  }

  /// What each task's gradient is multiplied by.
  var weights: ModelView {
    view(
      "weights", "weights of the gradients",
      .init(axis: "step", curves: curves(\.weights), areShares: true))
  }

  private func view(_ name: String, _ title: String, _ curves: ModelView.Curves) -> ModelView {
    ModelView(
      name: "gradient-\(name)", title: title, note: "", step: course.samples.last?.step ?? 0,
      content: .curves(curves))
  }

  /// A line for every task that was looked at; gaps where it was off.
  private func curves(
    _ values: (GradientCourse.Sample) -> [Double]
  ) -> [ModelView.Curves.Curve] {
    let known = Set(course.samples.flatMap(\.tasks))
    return tasks.filter(known.contains).map { task in
      .init(
        name: task, x: course.samples.map { Float($0.step) },
        y: course.samples.map { sample in
          sample.tasks.firstIndex(of: task).map { Float(values(sample)[$0]) } ?? .nan
        })
    }
  }
}

extension GradientSnapshot {
  /// What every task's gradient is, and what becomes of it in the update.
  func balanceTable(of part: Part) -> ModelView.Table {
    let (gram, update) = (gram(of: part), update(of: part))
    let others = tensors(of: part).contains { $0.weights != nil }
    return ModelView.Table(
      columns: ["task", "norm", "cos u", "weight", "falls by"],
      rows: tasks.indices.map { task in
        [
          tasks[task], abbreviated(gram.norm(task)),
          signedFixed(update.cosines[task], 2) + (update.cosines[task] < 0 ? "!" : " "),
          others ? "by array" : fixed(weights[task], 2),
          signedScientific(
            losses[task] > 0 ? rate * update.products[task] / losses[task] : .nan),
        ]
      })
  }

  /// The norms of the tasks' gradients array by array, and how many of the pairs are in conflict there.
  func tensorTable(selected part: Part) -> ModelView.Table {
    let parts = parts
    return ModelView.Table(
      columns: ["array", "numbers"] + tasks + ["conflict"],
      rows: parts.map { part in
        let (gram, tensors) = (gram(of: part), tensors(of: part))
        let rate = gram.conflictRate
        return [name(of: part), abbreviated(Double(tensors.reduce(0) { $0 + $1.count }))]
          + tasks.indices.map { abbreviated(gram.norm($0)) }
          + [rate.isNaN ? "-" : "\(gram.conflicts.count)/\(gram.pairs.count)"]
      }, current: parts.firstIndex(of: part))
  }

  /// How many pairs are in conflict, and which is the worst: `! 3/6 pairs · worst -0.55 click×like`.
  ///
  /// The number comes first: where there is little room the names are cut.
  func conflictWords(of part: Part) -> String {
    let gram = gram(of: part)
    guard let worst = gram.worstPair else { return "no two tasks have a gradient here" }
    let cosine = signedFixed(gram.cosine(worst.first, worst.second), 2)
    return "! \(gram.conflicts.count)/\(gram.pairs.count) pairs · worst "
      + "\(cosine) \(tasks[worst.first])×\(tasks[worst.second])"
  }

  /// How the update u lies to the mean gradient: `cos(u, mean) +0.93 · |u| 2.1× mean`.
  func updateWords(of part: Part) -> String {
    let update = update(of: part)
    if weights.contains(where: \.isNaN) { return "u is made entry by entry: no weights" }
    guard !update.meanCosine.isNaN else { return "the update is 0 here" }
    return
      "cos(u, mean) \(signedFixed(update.meanCosine, 2)) · |u| \(abbreviated(update.ratio))× mean"
  }

  /// What is looked at, and what looking costs, in at most so many columns.
  func costWords(columns: Int) -> String {
    let milliseconds = "\(abbreviated(cost.seconds * 1_000)) ms a look"
    let often =
      cost.stepsBetween.map { steps in
        ", 1 in \(grouped(steps)) steps: \(fixed(cost.share * 100, 1))% of the time"
      } ?? ""
    let what = "step \(grouped(step)) · "
    let rows = "\(grouped(rows)) rows"
    let words = [
      what + "gradients of the next batch, \(rows) · " + milliseconds + often
        + ", only while this is shown", what + "\(rows) · " + milliseconds + often,
      what + milliseconds + often,
    ]
    return words.first { columnsTaken(by: $0) <= columns } ?? words[2]
  }
}

/// A number as a sign, a digit or two and a power of ten: `+5e-4`, `-1.2e-3`.
func signedScientific(_ value: Double) -> String {
  guard value.isFinite else { return "-" }
  return value > 0 ? "+" + scientific(value) : scientific(value)
}
