import Foundation
import Graph
import Metrics
public import Runs

extension CrossDistil {
  /// Cells, teachers and students, and what the base has.
  public var subjects: Set<ModelView.Subject> { base.subjects.union([.model]) }

  /// How the labels fall into cells, how well teachers and students order them, and what calibration
  /// and correction do to the teachers' logits; then what the base shows.
  public func inspect(_ reading: ModelReading) -> Inspection {
    let seen = teachers.compactMap { TeacherReading($0, of: self, reading) }
    let own = Inspection(
      views: [cells(reading), order(seen, reading), scores(seen)] + seen.map(\.curves),
      traces: [
        ModelTrace(
          name: "auc", title: "AUC of teachers and students",
          note: "On validation rows; a teacher above its student has something left to teach.",
          series: seen.flatMap { ["\($0.name) teacher", "\($0.name) student"] },
          values: seen.flatMap { [Float($0.auc(\.raw)), Float($0.auc(\.student))] }),
        ModelTrace(
          name: "corrected", title: "corrected errors",
          note: "The share of validation rows whose log-odds lie short of the margin on their "
            + "label's side; it falls as the teacher learns.",
          series: seen.map(\.name), values: seen.map(\.correctedShare)),
      ])
    let below = base.inspect(reading)
    return Inspection(views: own.views + below.views, traces: own.traces + below.traces)
  }

  /// Every two tasks that order each other.
  private var pairs: [(own: Int, other: Int)] {
    let tasks = teachers.map(\.task)
    return tasks.flatMap { own in tasks.filter { $0 != own }.map { (own, $0) } }
  }

  /// By row the cell of two tasks, 2 · own + other; nil outside either sample space.
  private func cells(_ own: Int, _ other: Int, _ reading: ModelReading) -> [Int?] {
    (0..<reading.batch.rows).map { row in
      guard let a = reading.label(row: row, task: own),
        let b = reading.label(row: row, task: other)
      else { return nil }
      return MultiAUC.cell(own: a > 0.5, other: b > 0.5)
    }
  }

  private func cells(_ reading: ModelReading) -> ModelView {
    let rows = pairs.filter { $0.own < $0.other }.map { own, other in
      let all = cells(own, other, reading).compactMap { $0 }
      return ["\(names[own]), \(names[other])"]
        + [3, 2, 1, 0].map { cell in "\(all.count { $0 == cell })" } + ["\(all.count)"]
    }
    return ModelView(
      name: "cells", title: "cells of the labels",
      note: "Validation rows by two tasks' labels, the first one's sign first; an empty ++ leaves "
        + "nothing to order among the positive ones.",
      content: .table(.init(columns: ["labels", "++", "+−", "−+", "−−", "rows"], rows: rows)))
  }

  private static let relations = [(high: 3, low: 2), (high: 1, low: 0), (high: 2, low: 1)]

  /// By relation the AUC between its two cells.
  private func order(_ seen: [TeacherReading], _ reading: ModelReading) -> ModelView {
    var (rows, values): ([String], [Float]) = ([], [])
    for (own, other) in pairs {
      guard let teacher = seen.first(where: { $0.task == own }) else { continue }
      let cells = cells(own, other, reading)
      for (word, scores) in [("teacher", teacher.raw), ("student", teacher.student)] {
        rows.append("\(names[own]) by \(names[other]), \(word)")
        values += Self.relations.map { high, low in
          let chosen = cells.indices.filter { cells[$0] == high || cells[$0] == low }
          return Float(
            AUC.of(
              chosen.map { scores[$0] }, labels: chosen.map { cells[$0] == high ? 1 : 0 }))
        }
      }
    }
    return ModelView(
      name: "order", title: "order of the cells",
      note: "How often a row of the better cell stands above one of the worse; a teacher is made "
        + "for all three, a student needs the last.",
      content: .matrix(
        .init(
          rows: rows, columns: ["++ > +−", "−+ > −−", "+− > −+"], values: values, scale: .share)))
  }

  private func scores(_ seen: [TeacherReading]) -> ModelView {
    func text(_ number: Double, _ digits: Int = 3) -> String {
      number.isFinite ? String(format: "%.\(digits)f", number) : "–"
    }
    return ModelView(
      name: "teachers", title: "teachers and students",
      note: "AUC on validation rows; P and Q turn a teacher's logit into log-odds, and their error "
        + "(ECE) falls by it.",
      content: .table(
        .init(
          columns: ["task", "teacher", "student", "P", "Q", "ECE before", "after", "corrected"],
          rows: seen.map {
            [
              $0.name, text($0.auc(\.raw)), text($0.auc(\.student)), text($0.scale, 2),
              text($0.shift, 2), text($0.error(\.raw)), text($0.error(\.odds)),
              text(Double($0.correctedShare), 2),
            ]
          })))
  }
}

/// A teacher's and its student's logits of the rows that were looked at.
private struct TeacherReading {
  let name: String
  let task: Int
  /// r⁺ by row.
  let raw: [Double]
  /// c by row.
  let odds: [Double]
  /// r by row.
  let student: [Double]
  /// P and Q; without calibration 1 and 0.
  let scale: Double
  let shift: Double
  /// Of rows in the sample space, the share whose log-odds were moved to the margin.
  let correctedShare: Float
  private let labels: [Float?]

  /// nil where the values were not computed.
  init?(_ teacher: CrossDistil.Teacher, of model: CrossDistil, _ reading: ModelReading) {
    name = model.names[teacher.task]
    task = teacher.task
    func values(_ watched: Watched) -> [Double]? {
      reading.watched(watched).map { seen in
        (0..<reading.batch.rows).map { Double(seen.values[$0 * seen.width]) }
      }
    }
    guard let raw = values(CrossDistil.teacher(of: name)),
      let odds = values(CrossDistil.odds(of: name)), let student = values(.logit(name))
    else { return nil }
    (self.raw, self.odds, self.student) = (raw, odds, student)
    scale = teacher.calibration.map { reading.value(of: $0.scale) } ?? 1
    shift = teacher.calibration.map { reading.value(of: $0.shift) } ?? 0
    let labels = (0..<reading.batch.rows).map { reading.label(row: $0, task: teacher.task) }
    self.labels = labels
    let margin = reading.value(of: model.dials.margin)
    let known = labels.indices.filter { labels[$0] != nil }
    let short = known.count { row in
      (labels[row] ?? 0) > 0.5 ? odds[row] < margin : odds[row] > -margin
    }
    correctedShare =
      model.configuration.corrects ? Float(short) / Float(max(1, known.count)) : 0
  }

  private func rows(
    _ scores: KeyPath<TeacherReading, [Double]>, _ value: (Double) -> Double = { $0 }
  ) -> LabelledRows {
    var rows = LabelledRows()
    for (row, label) in labels.enumerated() {
      guard let label else { continue }
      rows.append(prediction: value(self[keyPath: scores][row]), label: Double(label))
    }
    return rows
  }

  func auc(_ scores: KeyPath<TeacherReading, [Double]>) -> Double {
    var auc = AUC()
    return auc(rows(scores))
  }

  private static let bins = 10

  private func probabilities(_ scores: KeyPath<TeacherReading, [Double]>) -> LabelledRows {
    rows(scores) { 1 / (1 + exp(-$0)) }
  }

  /// The expected calibration error of logits read as log-odds.
  func error(_ scores: KeyPath<TeacherReading, [Double]>) -> Double {
    Calibration.expectedError(probabilities(scores), bins: Self.bins, .mass)
  }

  /// What share of rows is positive where so much is predicted, before and after calibration.
  var curves: ModelView {
    func curve(
      _ title: String, _ scores: KeyPath<TeacherReading, [Double]>
    ) -> ModelView.Curves.Curve {
      let bins = Calibration.bins(probabilities(scores), Self.bins, .mass)
        .filter { $0.count > 0 }
      return .init(
        name: title, x: bins.map { Float($0.meanProbability) }, y: bins.map { Float($0.meanLabel) })
    }
    let drawn = [curve("before", \.raw), curve("after", \.odds)]
    let top = drawn.flatMap { $0.x + $0.y }.max() ?? 1
    return ModelView(
      name: "calibration.\(name)", title: "calibration, \(name)",
      note: "The share of positive rows where a teacher's logit means so much, in ten parts of as "
        + "many validation rows; calibrated ones lie on the diagonal.",
      content: .curves(
        .init(
          axis: "probability",
          curves: drawn + [.init(name: "diagonal", x: [0, top], y: [0, top])], areShares: true)))
  }
}
