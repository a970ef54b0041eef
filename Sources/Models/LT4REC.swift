public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// LT4REC: a lottery over the connections of a network that sees the products of all fields.
///
///     h_k = MLP([⟨v_i, v_j⟩ for all i, j; v_1 … v_F; dense]; M_k ∘ W),   y_k = W_k h_k
///
/// The masks are found by magnitude pruning as in ``SparseSharing``, with one threshold over all
/// layers and four rounds down to a fifth of the connections, from the first numbers on; then all tasks
/// train together. Embeddings and biases are shared and unmasked, every task has a linear head.
///
/// The paper trains one task a batch, in turn (`alternation=batches`), clicks with a focal loss
/// (`focal=click`) and a real-valued share with a squared error over the rows that have one
/// (`share=…`), whose loss counts 1.5 times (a weight of the task). Unless they are asked for, binary
/// tasks have cross-entropy and regressions the plain squared error: the answers of a focal loss are
/// no probabilities. Of a regression that is a share, the answer is a probability.
///
/// Xiao et al. "LT4REC: A Lottery Ticket Hypothesis Based Multi-task Practice for Video Recommendation
/// System." 2020. arXiv:2008.09872
public struct LT4REC: MultiTaskModel {
  /// Layer sizes, losses and the schedule of the lottery.
  public struct Configuration: LotteryConfiguration {
    /// Layers of the bottom.
    public var bottomSizes = [128, 64, 32]
    /// Tasks with a focal loss; nil: none.
    public var focal: [String]?
    /// Tasks whose label is a share, of which only rows above 0 count; nil: none.
    public var share: [String]?
    /// α of the focal loss.
    public var alpha = 0.75
    /// γ of the focal loss.
    public var gamma = 2.0
    /// How its masks are found and used.
    public var schedule: LotterySchedule

    /// The defaults: four rounds down to a fifth, from the first numbers on, then all tasks together.
    public init() {
      schedule = LotterySchedule()
      schedule.warmUpEpochs = 0
      schedule.rounds = 4
      schedule.rate = 0.3313
      schedule.rewind = "start"
      schedule.alternation = "joint"
    }

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("bottom", .sizes(\.bottomSizes), "layers of the bottom, which are masked"),
        ModelOption(
          "focal", .tasks(\.focal),
          "tasks with a focal loss, whose answers are no probabilities; auto: none"),
        ModelOption(
          "share", .tasks(\.share), "tasks whose label is a share, judged where above 0; auto: none"
        ),
        ModelOption("alpha", .number(\.alpha, in: 0...1), "weight of positives in the focal loss"),
        ModelOption("gamma", .number(\.gamma), "how little the focal loss counts what is right"),
      ] + scheduleOptions
    }
  }

  /// What a task is judged by.
  enum Form { case focal, share, plain }

  let embeddings: Embeddings  // shared
  let bottom: MaskedTrunk  // shared
  let heads: [Tower]  // one per task
  let forms: [Form]
  let tasks: [TaskDefinition]
  let configuration: Configuration
  let widths: [Int]

  /// Declares the bottom with a mask for each task, and the heads.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    self.configuration = configuration
    self.tasks = tasks
    forms = configuration.forms(of: tasks)
    widths = input.widths
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    let fields = input.widths.count
    let bottom = MaskedTrunk(
      fields * fields + input.width, configuration.bottomSizes, tasks: tasks.map(\.name),
      in: builder.shared / "bottom")
    self.bottom = bottom
    heads = tasks.indices.map {
      Tower(bottom.width, [], in: builder.task($0) / "towers" / tasks[$0].name)
    }
  }

  /// T × [B, 1]; of a regression that is a share a probability.
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, F·e + n]
    let fields = x.columns(0..<widths.reduce(0, +))  // [B, F·e]
    let products = fields.pairInteractions(.matrix, widths: widths)  // [B, F·F]
    let input = pass.graph.concatenation([products, x])
    return heads.indices.map { k in
      let z = heads[k](bottom(input, mask: k))  // [B, 1]
      return isProbability(k) ? share(z, of: k) : z
    }
  }

  /// σ(z) as the task's labels are stored: standardised.
  private func share(_ z: Variable, of task: Int) -> Variable {
    let scale = tasks[task].scale
    guard scale != LabelScale() else { return z.sigmoid() }
    return z.sigmoid().affine(
      times: Float(1 / scale.deviation), plus: Float(scale.standardised(0)))
  }

  /// How the shares 0 and 1 are stored.
  private func bounds(of task: Int) -> ClosedRange<Float> {
    let scale = tasks[task].scale
    return Float(scale.standardised(0))...Float(scale.standardised(1))
  }

  private func isProbability(_ task: Int) -> Bool {
    forms[task] == .share && !tasks[task].answer.isChance
  }

  /// The focal loss, the squared error of a share, or what the task's answer asks for.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { k in
      switch forms[k] {
      case .focal:
        logits[k].focalLoss(task: k, alpha: configuration.alpha, gamma: configuration.gamma)
      case .share:
        (isProbability(k) ? logits[k] : logits[k].sigmoid())
          .positiveSquaredError(task: k, bounds: bounds(of: k))
      case .plain: logits[k].loss(of: tasks[k], at: k)
      }
    }
  }

  /// The masks of the bottom.
  public var lottery: LotteryPlan? {
    LotteryPlan(layers: bottom.layers, schedule: configuration.schedule)
  }

  /// Its masks.
  public var subjects: Set<ModelView.Subject> { [.masks] }
}

extension LT4REC.Configuration {
  /// What each task is judged by.
  fileprivate func forms(of tasks: [TaskDefinition]) -> [LT4REC.Form] {
    tasks.map { task in
      if (share ?? []).contains(task.name) { return .share }
      return (focal ?? []).contains(task.name) ? .focal : .plain
    }
  }
}

extension LT4REC {
  /// Needs categorical columns, whose embeddings it multiplies.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    guard input.widths.isEmpty else { return }
    throw .unfitData(
      model: name, needs: "a categorical column, whose embeddings it multiplies",
      found: "no categorical column", fix: "choose another model, or add one to the schema")
  }

  /// Needs fields, and names of tasks that there are.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try configuration.checkSchedule(of: name)
    for (option, names) in [("focal", configuration.focal), ("share", configuration.share)] {
      for found in names ?? [] where !tasks.contains(where: { $0.name == found }) {
        throw .badValue(
          model: name, option: option, found: found,
          expected: "tasks of the data: " + tasks.map(\.name).joined(separator: ", "))
      }
    }
    try check("focal", configuration.focal, are: .chance, "binary tasks", name, tasks)
    try check("share", configuration.share, are: .amount, "regressions", name, tasks)
  }

  private static func check(
    _ option: String, _ names: [String]?, are answer: Answer, _ words: String,
    _ model: String, _ tasks: [TaskDefinition]
  ) throws(ModelError) {
    guard let wrong = tasks.first(where: { (names ?? []).contains($0.name) && $0.answer != answer })
    else { return }
    throw .badValue(
      model: model, option: option, found: printable(wrong.name), expected: words)
  }
}
