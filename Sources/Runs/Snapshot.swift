/// The newest numbers of a run: all that a frame may show, of bounded size.
///
/// Snapshots conflate (an old one may be lost), events do not.
public struct Snapshot: Sendable, Equatable, Codable {
  /// What the session is doing.
  public enum Phase: Sendable, Equatable, Codable {
    /// Reading data: the share done in 0...1 and what is read.
    case loading(Double, String)
    /// Taking steps.
    case running
    /// Waiting for a command, with the reason in a few words ("by you", "diverged").
    case paused(String)
    /// Scoring rows of a split.
    case evaluating
    /// Ended; the last numbers stay.
    case finished
  }

  /// What the session is doing.
  public var phase: Phase
  /// Steps taken.
  public var step: Int
  /// Steps of the whole run if nothing stops it early; 0 while unknown.
  public var totalSteps: Int
  /// The current epoch, counted from 1; 0 before the first.
  public var epoch: Int
  /// Seconds that the steps so far took together, shuffling included, scoring and pauses aside.
  public var trainingSeconds: Double
  /// Steps a second over the last seconds.
  public var stepsPerSecond: Double
  /// Training examples a second over the last seconds.
  public var examplesPerSecond: Double
  /// The learning rate in use, warm-up and factor included.
  public var learningRate: Double
  /// The person's factor on it.
  public var learningRateFactor: Double
  /// By task, in the order of ``RunDescription/tasks``.
  public var tasks: [TaskSnapshot]
  /// The gates of the newest batch, one a gate; empty for models without gates.
  public var gates: [GateSnapshot]
  /// What the experts of the gates give, in the order of ``RunDescription/experts``; empty until it
  /// was looked at.
  public var experts: [ExpertSnapshot]
  /// How alike gates of different tasks are, row by row.
  public var gatePairs: [GatePair]
  /// Which columns change the gates most, where ``WantedViews/ranksSegments`` asked for it.
  public var segmentRanking: SegmentRanking?
  /// Gates by segment, where ``WantedViews/segmentColumn`` asked for them.
  public var segments: SegmentTable?
  /// One row's gates, inputs and predictions, where ``WantedViews/example`` asked for it.
  public var example: ExampleView?
  /// A user, an item and what the model says of them, where ``WantedViews/explanation`` asked for it;
  /// nil until it was looked up.
  public var explanation: ExplanationView?
  /// What the model shows of itself, where ``WantedViews/subjects`` asked for it.
  public var views: [ModelView]
  /// The part of the run that it is in; nil where a run has only one.
  public var trainingPhase: TrainingPhase?
  /// The values of ``RunDescription/dials``.
  public var dials: [Double]
  /// Commands that are sent and not yet acknowledged.
  public var pendingCommands: Int
  /// How far the question is answered that is being answered just now; nil: there is none.
  public var question: QuestionProgress?
  /// The masks in a few numbers, where ``WantedViews/masks`` asked for them; nil for systems without.
  public var masks: MaskSummary?
  /// The part of a mask map that ``WantedViews/maskWindow`` asked for.
  public var maskMap: MaskMap?
  /// The weight that ``WantedViews/maskPlace`` asked for.
  public var maskCell: MaskCell?
  /// The tasks' gradients on what they share, where ``WantedViews/gradients`` asked for them; nil until
  /// they were looked at.
  public var gradients: GradientSnapshot?
  /// The run beside this one that was forked from it; nil: there is none.
  public var shadow: ShadowSnapshot?
  /// What is kept of the run; nil: it is not kept.
  public var saving: SavingSnapshot?
  /// How the ranks of the run get on; nil: there is one process, or nothing is known yet.
  public var ranks: RanksSnapshot?

  /// A snapshot before anything happened.
  public init() {
    phase = .loading(0, "")
    step = 0
    totalSteps = 0
    epoch = 0
    trainingSeconds = 0
    stepsPerSecond = 0
    examplesPerSecond = 0
    learningRate = 0
    learningRateFactor = 1
    tasks = []
    gates = []
    experts = []
    gatePairs = []
    segmentRanking = nil
    segments = nil
    example = nil
    explanation = nil
    views = []
    trainingPhase = nil
    dials = []
    pendingCommands = 0
  }
}

/// One task's newest numbers.
public struct TaskSnapshot: Sendable, Equatable, Codable {
  /// The task's name.
  public var name: String
  /// Whether it trains.
  public var isOn: Bool
  /// The factor ω of its loss.
  public var weight: Double
  /// Loss of the newest step; NaN before the first and while the task is off.
  public var loss: Double
  /// Exponential mean of the loss, bias-corrected, half-life 35 steps.
  public var smoothedLoss: Double
  /// Rows of the newest batch in the task's sample space.
  public var rows: Int
  /// Predicted ÷ observed: mean probability over mean label of the newest validation scores; NaN
  /// before the first and where undefined.
  public var calibration: Double
  /// The step of the parameters that ``calibration`` is of; nil before the first.
  public var calibrationStep: Int?

  /// Records a task's newest numbers.
  public init(
    name: String, isOn: Bool, weight: Double, loss: Double, smoothedLoss: Double, rows: Int,
    calibration: Double, calibrationStep: Int? = nil
  ) {
    self.name = name
    self.isOn = isOn
    self.weight = weight
    self.loss = loss
    self.smoothedLoss = smoothedLoss
    self.rows = rows
    self.calibration = calibration
    self.calibrationStep = calibrationStep
  }
}

/// One row of the validation split as the model sees it.
public struct ExampleView: Sendable, Equatable, Codable {
  /// One input column of the row.
  public struct Input: Sendable, Equatable, Codable {
    /// The column's name.
    public var name: String
    /// The value, as the data spell it.
    public var value: String

    /// Records one input.
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// One task's answer for the row.
  public struct Answer: Sendable, Equatable, Codable {
    /// The task.
    public var task: String
    /// The label; nil where the row is outside the task's sample space.
    public var label: Double?
    /// Probability (binary) or value (regression).
    public var prediction: Double
    /// The row's part of the loss that is trained; NaN where the row does not count for it.
    ///
    /// A joint loss may count where the task's own label is unknown.
    public var loss: Double

    /// Records one task's answer.
    public init(task: String, label: Double?, prediction: Double, loss: Double) {
      self.task = task
      self.label = label
      self.prediction = prediction
      self.loss = loss
    }
  }

  /// One gate's weights for the row.
  public struct Gate: Sendable, Equatable, Codable {
    /// The gate's name.
    public var name: String
    /// The experts' names, in the order of the weights.
    public var experts: [String]
    /// Weights by expert.
    public var weights: [Float]
    /// Mean weights over all the rows that were looked at, to compare with; empty where none were.
    public var mean: [Float]
    /// The step of the parameters that ``mean`` is of; nil where it is empty.
    public var meanStep: Int?

    /// Records one gate's weights.
    public init(
      name: String, weights: [Float], mean: [Float], meanStep: Int?, experts: [String]? = nil
    ) {
      self.meanStep = meanStep
      self.name = name
      self.experts = experts ?? weights.indices.map { "E\($0)" }
      self.weights = weights
      self.mean = mean
    }
  }

  /// The row's place in the validation split, from 0.
  public var row: Int
  /// Rows in the split.
  public var rows: Int
  /// The step of the parameters that were used.
  public var step: Int
  /// The inputs, in the order of the schema.
  public var inputs: [Input]
  /// The tasks' answers.
  public var answers: [Answer]
  /// The gates' weights; empty for models without gates.
  public var gates: [Gate]
  /// The experts' names.
  public var experts: [String]
  /// How the row lies in the order that was asked for.
  public var ordering: Ordering
  /// The row as it would be, where ``WantedViews/exampleChange`` or ``WantedViews/exampleWithout``
  /// asked for it.
  public var altered: Altered?

  /// Records one row.
  public init(
    row: Int, rows: Int, step: Int, inputs: [Input], answers: [Answer], gates: [Gate],
    experts: [String], ordering: Ordering? = nil, altered: Altered? = nil
  ) {
    self.ordering = ordering ?? Ordering(order: .file, position: row, rows: rows)
    self.altered = altered
    self.row = row
    self.rows = rows
    self.step = step
    self.inputs = inputs
    self.answers = answers
    self.gates = gates
    self.experts = experts
  }
}

/// What a screen shows just now; views that are not wanted cost the engine nothing.
public struct WantedViews: Sendable, Equatable, Codable {
  /// Whether gate statistics are shown.
  public var gates = false
  /// The column whose segments are shown.
  public var segmentColumn: String?
  /// Whether it is shown which columns change the gates most.
  public var ranksSegments = false
  /// The validation row that is shown, by its position in ``exampleOrder``.
  public var example: Int?
  /// The order that the shown row is looked for in; it is made once, and anew where
  /// ``exampleSorting`` changes.
  public var exampleOrder = ExampleOrder.file
  /// Raised by 1 to have rows put in order anew, with the parameters of then.
  public var exampleSorting = 0
  /// The input of the shown row that is asked about with another value.
  public var exampleChange: InputChange?
  /// The expert without which the shown row is answered besides, by its place.
  public var exampleWithout: Int?
  /// The user and item that are explained.
  public var explanation: ExplanationWish?
  /// Whether the masks are shown in a few numbers.
  public var masks = false
  /// The part of a mask map that is shown.
  public var maskWindow: MaskWindow?
  /// The weight of a masked layer that is looked at.
  public var maskPlace: MaskPlace?
  /// Whether the tasks' gradients on what they share are looked at now and then.
  public var gradients = false
  /// Which of the model's own views are shown.
  public var subjects: Set<ModelView.Subject> = []
  /// Snapshots a second at most; 0 for none.
  public var snapshotsPerSecond = 10.0
  /// Whether the losses of the steps are looked at; whoever only reads numbers need not be sent them.
  public var losses = true

  /// Nothing but the plain numbers.
  public init() {}

  /// The plain numbers, as often as is wanted.
  public var numbersAlone: WantedViews {
    var views = WantedViews()
    (views.snapshotsPerSecond, views.losses) = (snapshotsPerSecond, losses)
    return views
  }
}
