import Runs
import Terminal

/// What a model expected of one pair, and what it said of it, while the pair was looked at.
struct PairCourse: Sendable, Equatable {
  /// An expectation of a step.
  struct Sample: Sendable, Equatable {
    let step: Int
    let predicted: Double
  }

  /// A sentence, and the step from which on it was last said.
  struct Sentence: Sendable, Equatable {
    let step: Int
    let text: String
  }

  private(set) var user = ""
  private(set) var item = ""
  private(set) var samples: [Sample] = []
  /// Different sentences, that of now last.
  private(set) var sentences: [Sentence] = []

  /// Samples at most; when full, every second one is dropped.
  static let capacity = 256
  /// Sentences that are kept.
  static let keptSentences = 6

  /// Takes in what is known of a pair; of another one than before begins anew.
  mutating func add(_ view: ExplanationView) {
    guard let user = view.user?.name, let item = view.item?.name else { return }
    if user != self.user || item != self.item { self = Self(user: user, item: item) }
    if let predicted = view.rating?.predicted, view.step != samples.last?.step {
      samples.append(Sample(step: view.step, predicted: predicted))
      if samples.count == Self.capacity {
        samples = samples.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
      }
    }
    guard let text = view.explanation?.generated?.text, text != sentences.last?.text else { return }
    // One that is said again was not said before, but is what is said now.
    sentences.removeAll { $0.text == text }
    sentences = (sentences + [Sentence(step: view.step, text: text)]).suffix(Self.keptSentences)
  }

  /// Whether it is of the pair that is shown.
  func isOf(_ view: ExplanationView) -> Bool {
    user == view.user?.name && item == view.item?.name
  }

  init() {}

  private init(user: String, item: String) { (self.user, self.item) = (user, item) }
}

/// The rating that is expected of a pair over the steps at which it was looked at.
///
///     ● expected 4.31   ╌ observed 5.00
///     4.5┤⠒⠤⣀
///        └0─ step ──1.8k
struct PairCoursePanel {
  let course: PairCourse
  let observed: Double?
  /// Whether there is a user and an item of the names that were asked for.
  let hasPair: Bool
  /// The model, where it expects no rating; nil where it expects one.
  let withoutRating: String?
  /// Whether the run has ended, so that no other point will come.
  let isOver: Bool
  let charset: Charset

  func draw(in area: Rect, on canvas: inout Canvas) {
    let inner = canvas.frame(area, title: [Span("expected over time", .title)])
    guard course.samples.count > 1 else {
      let words =
        !hasPair
        ? "There is no such pair."
        : withoutRating.map {
          "\($0) expects no rating; its items are put in order by their scores."
        }
          ?? (isOver
            ? "The pair was not looked at while the run trained."
            : "A point for each look at the pair while the run trains.")
      for (row, line) in wrapped(words, columns: inner.size.columns - 2, lines: 3).enumerated() {
        canvas.write(
          line, row: inner.row + row, column: inner.column + 1, style: .dim,
          limit: inner.size.columns - 2)
      }
      return
    }
    let curve = ModelView.Curves.Curve(
      name: "expected", x: course.samples.map { Float($0.step) },
      y: course.samples.map { Float($0.predicted) })
    let curves = ModelView.Curves(
      axis: "step", curves: [curve], level: observed.map { .init(name: "observed", y: Float($0)) })
    CurvesPanel(curves: curves, ink: ViewInk(charset: charset)).draw(
      in: inner, frame: area, on: &canvas)
  }
}
