public import Runs

/// What a model shows of itself at one moment.
public struct Inspection: Sendable {
  /// Numbers as they are now.
  public var views: [ModelView] = []
  /// Numbers whose course is shown: the engine keeps what they were before.
  public var traces: [ModelTrace] = []

  /// Nothing yet.
  public init() {}

  /// Shows these.
  public init(views: [ModelView], traces: [ModelTrace] = []) {
    self.views = views
    self.traces = traces
  }
}

/// Numbers of one moment whose course over the steps is shown.
public struct ModelTrace: Sendable {
  /// How the course is drawn.
  public enum Form: Sendable, Hashable {
    /// A line a number.
    case curves
    /// A row a number, a column a moment.
    case heat(ModelView.Matrix.Scale)
  }

  /// A name that stays the same, `stitches.self_share`.
  public var name: String
  /// The name for a person.
  public var title: String
  /// What to look for, in a sentence.
  public var note: String
  /// Where it is shown.
  public var subject: ModelView.Subject
  /// How it is drawn.
  public var form: Form
  /// Whether curves are on a logarithmic axis.
  public var isLogarithmic: Bool
  /// The numbers' names, always the same.
  public var series: [String]
  /// The numbers of now.
  public var values: [Float]

  /// Names numbers whose course is shown.
  public init(
    name: String, title: String, note: String, subject: ModelView.Subject = .model,
    form: Form = .curves, isLogarithmic: Bool = false, series: [String], values: [Float]
  ) {
    self.name = name
    self.title = title
    self.note = note
    self.subject = subject
    self.form = form
    self.isLogarithmic = isLogarithmic
    self.series = series
    self.values = values
  }
}
