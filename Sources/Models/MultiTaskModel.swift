public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// A network with one answer a task, as a value that holds parameter handles.
///
/// A model is written with ``Variable`` operators and reads as the paper's equations; it is traced
/// once and then run as a plan.
public protocol MultiTaskModel: Sendable {
  /// What may be chosen about it.
  associatedtype Configuration: ModelConfiguration

  /// Declares the parameters.
  init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder)

  /// The number z of every task, of which its answer comes: T × [B, 1].
  func callAsFunction(_ pass: Forward) -> [Variable]

  /// What a task's answer is: how it comes of z, its loss and its scores; by default what is usual
  /// for the task's labels.
  func answer(of task: TaskDefinition) -> Answer

  /// The kinds of tasks that it answers; by default those whose labels a column has.
  ///
  /// Tasks of other kinds are left out of its runs. A model that names ``LabelKind/ranking``,
  /// ``LabelKind/text`` or ``LabelKind/tuples`` records losses of its own for such tasks.
  static var kinds: Set<LabelKind> { get }

  /// Whether it reads reviews, or what they say, also when it answers; by default not.
  ///
  /// Its answers are then asked beside the data that trained it.
  static var readsReviews: Bool { get }

  /// The rule that it is made for, or learns best with; nil, as by default, where it is trained as others.
  static var ownRule: OwnRule? { get }

  /// Says why a model cannot be built for these tasks; by default it can for any of its ``kinds``.
  static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError)

  /// Says why a model cannot be built for these inputs; by default it can for any.
  static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError)

  /// Chooses the tasks that the configuration leaves open by how the labels of the training rows
  /// occur together, and says which task plays which part; by default there are no parts.
  static func assignRoles(
    in configuration: inout Configuration, to tasks: [TaskDefinition], by labels: () -> LabelPairs
  ) -> TaskRoles

  /// The loss of every task from all logits, each recorded by a `Loss`; by default every task's own
  /// cross-entropy or squared error over its sample space.
  ///
  /// The trainer descends from those of the tasks that are on.
  func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable]

  /// What is minimised besides, and depends on the parameters alone; by default nothing.
  var penalties: [ParameterPenalty] { get }

  /// Which screens ``inspect(_:)`` has something for; by default none.
  var subjects: Set<ModelView.Subject> { get }

  /// Rows that ``inspect(_:)`` is given at most, where each costs much; by default as many as answer at
  /// once.
  var inspectedRows: Int { get }

  /// What the model shows of itself beyond its curves and gates; by default nothing.
  func inspect(_ reading: ModelReading) -> Inspection

  /// Why it expects of a user and an item what it does; nil, as by default, where it has no reasons of
  /// its own.
  ///
  /// It is asked between two steps, on a copy of the numbers; what a decoder writes is added to it.
  func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation?

  /// What names the features of its explanations, over what the data's training rows say; nil, as by
  /// default, where they name none.
  func features(from dataset: Dataset) -> (any FeatureNaming)?

  /// The gates, and the experts that each of them weighs; by default there are none.
  var gateDeclarations: [GateDeclaration] { get }

  /// The factor of a task's loss weight after so many epochs and steps; by default 1.
  func weightFactor(of task: Int, epoch: Int, step: Int) -> Double

  /// How the tasks' masks are found and used; by default there are none.
  var lottery: LotteryPlan? { get }

  /// What descends on what in a step; by default all losses together, or as the lottery says.
  var program: StepProgram { get }

  /// What it does between the losses of a turn and the update; by default what a lottery asks for.
  func stages(at site: StageSite) -> [any Stage]

  /// Where the rows come from that a turn descends on or that are answered for, if they are not those
  /// of the batch as they stand; by default they are.
  func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)?

  /// Rows at most that a turn descends on beside so many of a batch, known before there is any source;
  /// by default those of the batch.
  func turnRows(beside batchRows: Int) -> Int

  /// The task that must have happened for this one's answer to be judged; by default none.
  ///
  /// A conversion that is predicted for the case of a click is scored on clicked rows.
  func condition(of task: Int) -> Int?
}

extension MultiTaskModel {
  /// Binary tasks and regressions.
  public static var kinds: Set<LabelKind> { [.binary, .regression] }

  /// It does not.
  public static var readsReviews: Bool { false }

  /// Any rule will do.
  public static var ownRule: OwnRule? { nil }

  /// Any tasks will do.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {}

  /// Any inputs will do.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {}

  /// No parts.
  public static func assignRoles(
    in configuration: inout Configuration, to tasks: [TaskDefinition], by labels: () -> LabelPairs
  ) -> TaskRoles { TaskRoles() }

  /// What is usual for the labels.
  public func answer(of task: TaskDefinition) -> Answer { task.kind.usualAnswer }

  /// Those of the batch.
  public func turnRows(beside batchRows: Int) -> Int { batchRows }

  /// Every task's own loss.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { logits[$0].loss(of: tasks[$0], at: $0) }
  }

  /// Nothing besides the losses.
  public var penalties: [ParameterPenalty] { [] }

  /// Nothing to show.
  public var subjects: Set<ModelView.Subject> { [] }

  /// As many as there are.
  public var inspectedRows: Int { .max }

  /// Nothing to show.
  public func inspect(_ reading: ModelReading) -> Inspection { Inspection() }

  /// No reasons.
  public func explain(_ pair: ExplainedPair, _ reading: ExplainReading) -> Explanation? { nil }

  /// No features.
  public func features(from dataset: Dataset) -> (any FeatureNaming)? { nil }

  /// No masks.
  public var lottery: LotteryPlan? { nil }

  /// All losses move all parameters, or the turns of the lottery.
  public var program: StepProgram { lottery?.program ?? StepProgram() }

  /// Nothing, or the stage of the lottery.
  public func stages(at site: StageSite) -> [any Stage] {
    lottery.map { [LotteryStage($0, site)] } ?? []
  }

  /// The rows of the batch.
  public func source(for purpose: RowPurpose, at site: SourceSite) -> (any RowSource)? { nil }

  /// No gates.
  public var gateDeclarations: [GateDeclaration] { [] }

  /// The weight stays.
  public func weightFactor(of task: Int, epoch: Int, step: Int) -> Double { 1 }

  /// Every row of the task's sample space is judged.
  public func condition(of task: Int) -> Int? { nil }
}

extension MultiTaskModel {
  /// The tasks with the answers that the model declares for them, where they are not the usual ones.
  public func answering(_ tasks: [TaskDefinition]) -> [TaskDefinition] {
    tasks.map { task in
      var task = task
      let own = answer(of: task)
      task.declaredAnswer = own == task.kind.usualAnswer ? nil : own
      return task
    }
  }
}

extension Variable {
  /// The loss that a task's answer asks for, with its labels smoothed as the task says.
  func loss(
    of task: TaskDefinition, at index: Int, mean: TaskLoss.Mean = .ownRows
  ) -> Variable {
    loss(
      task: index, task.answer.rowLoss.form, mean: mean, smoothing: Float(task.labelSmoothing))
  }
}

extension Answer.RowLoss {
  /// The loss that an operation computes from z and label.
  ///
  /// There must be one: a model that answers with pairs, words or entries records its own losses.
  var form: TaskLoss.Form {
    switch self {
    case .crossEntropy: .crossEntropy
    case .squaredError: .squaredError
    case .pairs, .words, .entries:
      preconditionFailure("a loss of \(self) is the model's own: record it in losses(_:tasks:)")
    }
  }
}

/// A model's choices, each with its default.
public protocol ModelConfiguration: Sendable, Hashable {
  /// The defaults.
  init()
  /// What may be set by name.
  static var options: [ModelOption<Self>] { get }
}

/// One choice by name: `experts`, `expert`, `tower`.
public struct ModelOption<Configuration>: Sendable {
  /// The field that it sets.
  public enum Field: Sendable {
    /// A number of things, at least 1.
    case count(WritableKeyPath<Configuration, Int> & Sendable)
    /// A number of things, perhaps none.
    case whole(WritableKeyPath<Configuration, Int> & Sendable)
    /// Layer sizes, `64,32`; where there may be no layer, `none` says so.
    case sizes(WritableKeyPath<Configuration, [Int]> & Sendable, orNone: Bool = false)
    /// Layer sizes by level, `64,32/32`.
    case levels(WritableKeyPath<Configuration, [[Int]]> & Sendable)
    /// How many of something by task, 0 or more each, `2,0,2`.
    case counts(WritableKeyPath<Configuration, [Int]> & Sendable)
    /// Numbers of 0 or more by task, `1,0.95`.
    case numbers(WritableKeyPath<Configuration, [Double]> & Sendable)
    /// A number of a range, by default of 0 or more.
    case number(
      WritableKeyPath<Configuration, Double> & Sendable,
      in: ClosedRange<Double> = 0...Double.greatestFiniteMagnitude)
    /// `true` or `false`.
    case flag(WritableKeyPath<Configuration, Bool> & Sendable)
    /// One of some words.
    case word(WritableKeyPath<Configuration, String> & Sendable, of: [String])
    /// The name of a task of the data; nil, written `auto`, leaves the choice to the model.
    case task(WritableKeyPath<Configuration, String?> & Sendable)
    /// Names of tasks of the data in an order, `click,purchase`; nil, written `auto`, leaves the
    /// choice to the model.
    case tasks(WritableKeyPath<Configuration, [String]?> & Sendable)
    /// A column of the data, `auto` or `none`.
    case column(WritableKeyPath<Configuration, ColumnChoice> & Sendable)
    /// A choice of a part that has a configuration of its own.
    case part(PartOption<Configuration>)
  }

  /// The name behind `model.`.
  public let name: String
  /// What it means, in a few words.
  public let summary: String
  /// What it sets.
  public let field: Field

  /// Names a choice.
  public init(_ name: String, _ field: Field, _ summary: String) {
    self.name = name
    self.field = field
    self.summary = summary
  }
}

/// Which column of the data a model means.
public enum ColumnChoice: Sendable, Hashable {
  /// The model looks for it by the usual names.
  case auto
  /// There is none.
  case none
  /// This one.
  case named(String)
}
