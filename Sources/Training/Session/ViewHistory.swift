import Models
import Runs

/// What the numbers of a model's traces were: a bounded course of each, thinned by halves.
struct ViewHistory {
  /// One trace and its course.
  fileprivate struct Course {
    var trace: ModelTrace
    var steps: [Int] = []
    var values: [[Float]] = []
    /// Steps that lie between two moments at least.
    var distance = 1
  }

  private var courses: [Course] = []

  /// Moments that are kept at most.
  static let most = 240

  /// Notes the numbers of a step.
  mutating func note(_ traces: [ModelTrace], step: Int) {
    for trace in traces {
      let place = courses.firstIndex { $0.trace.name == trace.name } ?? courses.count
      if place == courses.count { courses.append(Course(trace: trace)) }
      courses[place].note(trace, step: step)
    }
  }

  /// The courses as views.
  func views(_ subjects: Set<ModelView.Subject>) -> [ModelView] {
    courses.filter { subjects.contains($0.trace.subject) }.map(\.view)
  }
}

extension ViewHistory.Course {
  fileprivate mutating func note(_ trace: ModelTrace, step: Int) {
    self.trace = trace
    if let last = steps.last {
      if step < last + distance {
        // The newest moment is always the one of now.
        steps[steps.count - 1] = max(step, last)
        values[values.count - 1] = trace.values
        return
      }
    }
    steps.append(step)
    values.append(trace.values)
    guard steps.count > ViewHistory.most else { return }
    steps = stride(from: 0, to: steps.count, by: 2).map { steps[$0] }
    values = stride(from: 0, to: values.count, by: 2).map { values[$0] }
    distance = max(1, (steps.last ?? 0) / ViewHistory.most) * 2
  }

  fileprivate var view: ModelView {
    ModelView(
      name: trace.name, title: trace.title, note: trace.note, subject: trace.subject,
      step: steps.last ?? 0, content: content)
  }

  private var content: ModelView.Content {
    switch trace.form {
    case .curves:
      let x = steps.map(Float.init)
      var curves = ModelView.Curves(
        axis: "step",
        curves: trace.series.indices.map { place in
          .init(name: trace.series[place], x: x, y: values.map { $0[place] })
        })
      curves.isLogarithmic = trace.isLogarithmic
      return .curves(curves)
    case .heat(let scale):
      return .history(
        ModelView.Matrix(
          rows: trace.series, columns: steps.map { "\($0)" },
          values: trace.series.indices.flatMap { place in values.map { $0[place] } },
          scale: scale))
    }
  }
}
