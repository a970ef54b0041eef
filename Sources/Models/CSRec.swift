public import Datasets
public import Graph
public import Layers
import Objectives
public import Runs

/// CSRec: sub-networks by masks, each contrasted with a negative one.
///
///     z⁺_k = t_k(MLP(x; M_k ∘ W)),   z⁻_k = t_k(MLP(x; N_k ∘ W))
///     L_k  = ℓ⁺_k − λ·ℓ⁻_k       or its logistic or hinge form; see ``ContrastPlan``
///
/// The masks M_k are found by iterative magnitude pruning as in ``SparseSharing``; S are the weights
/// that every task keeps, and N_k leaves them out. The gradient of ℓ⁻ reaches the masked weights
/// only. Tasks take turns on every batch, which is how weights of S are settled.
///
/// The paper's text names the idea; objective and schedules here are those of its authors' later
/// published experiments, in which the form is `difference`, the negative the complement. That form
/// drives ℓ⁻ up without limit when losses are taken from logits, so the default is `logistic`, whose
/// gradient is bounded by λ/τ; with `difference` ℓ⁻ is capped at 5·ln 2 by default, and a person is
/// told when the cap is reached.
///
/// Bai, Xiao, Wu, Yang, Yu, Nie. "A Contrastive Sharing Model for Multi-Task Recommendation."
/// WWW 2022. doi:10.1145/3485447.3512043
public struct CSRec: MultiTaskModel {
  /// Layer sizes, the schedule of the lottery and the contrast.
  public struct Configuration: LotteryConfiguration {
    /// Layers of the bottom.
    public var bottomSizes = [128, 64]
    /// Hidden layers of a tower.
    public var towerSizes = [16]
    /// How its masks are found and used.
    public var schedule: LotterySchedule
    /// λ.
    public var strength = 1.0
    /// τ of the logistic form.
    public var temperature = 1.0
    /// m of the hinge.
    public var margin = 0.1
    /// ℓ⁻ above which the difference takes it as a constant; 0: never.
    public var cap = 3.4657
    /// How the losses are put together.
    public var form = ContrastPlan.Form.logistic.rawValue
    /// Which weights the negatives keep.
    public var negative = ContrastPlan.Negative.complement.rawValue
    /// The probability with which a weight of the random part is kept.
    public var keep = 1.0
    /// When the random part is drawn.
    public var resampling = ContrastPlan.Resampling.once.rawValue
    /// Who moves the weights that all tasks keep.
    public var rule = ContrastPlan.Rule.implicit.rawValue
    /// ρ.
    public var memory = 0.9
    /// γ.
    public var power = 1.0
    /// τ of the shares by sub-network.
    public var ruleTemperature = 1.0
    /// λ_e of ½·λ_e‖E‖² over the embedding tables.
    public var embeddingPenalty = 0.0

    /// What λ may be.
    static let strengths = 0.0...100.0
    /// What the temperatures may be.
    static let temperatures = 0.001...1000.0
    /// What λ_e may be.
    static let penalties = 0.0...10.0

    /// The defaults: pruning as in the authors' experiments, the safe form of the contrast.
    public init() {
      schedule = LotterySchedule()
      schedule.rounds = 9
      schedule.rate = 0.1
      schedule.scope = "layer"
      schedule.quantile = "linear"
      schedule.leastSparsity = 0.4
    }

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("bottom", .sizes(\.bottomSizes), "layers of the bottom, which are masked"),
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption(
          "form", .word(\.form, of: ContrastPlan.Form.allCases.map(\.rawValue)),
          "how the two losses are put together"),
        ModelOption("lambda", .number(\.strength, in: Self.strengths), "strength of the contrast"),
        ModelOption(
          "tau", .number(\.temperature, in: Self.temperatures), "temperature of the logistic form"),
        ModelOption("margin", .number(\.margin), "margin of the hinge"),
        ModelOption(
          "cap", .number(\.cap),
          "negative loss above which difference takes it as constant; 0: never"),
        ModelOption(
          "negative", .word(\.negative, of: ContrastPlan.Negative.allCases.map(\.rawValue)),
          "which weights the negatives keep"),
        ModelOption(
          "keep", .number(\.keep, in: 0...1), "probability of a weight of the random part"),
        ModelOption(
          "resample", .word(\.resampling, of: ContrastPlan.Resampling.allCases.map(\.rawValue)),
          "when the random part is drawn"),
        ModelOption(
          "rule", .word(\.rule, of: ContrastPlan.Rule.allCases.map(\.rawValue)),
          "who moves the weights that all tasks keep"),
        ModelOption("rho", .number(\.memory, in: 0...1), "memory of the impacts"),
        ModelOption("gamma", .number(\.power), "power of an impact"),
        ModelOption(
          "rule-tau", .number(\.ruleTemperature, in: Self.temperatures), "temperature of impact-net"
        ),
        ModelOption(
          "l2-embedding", .number(\.embeddingPenalty, in: Self.penalties), "penalty on the tables"),
      ] + scheduleOptions
    }
  }

  let embeddings: Embeddings  // shared
  let bottom: MaskedTrunk  // shared
  let towers: [Tower]  // one per task
  let plan: LotteryPlan
  let forms: [TaskLoss.Form]
  let names: [String]
  let embeddingPenalty: Parameter

  /// Declares the bottom with two masks for each task, and the towers.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    names = tasks.map(\.name)
    forms = tasks.map(\.answer.rowLoss.form)
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    let bottom = MaskedTrunk(
      input.width, configuration.bottomSizes, tasks: names, hasNegatives: true,
      in: builder.shared / "bottom")
    self.bottom = bottom
    towers = tasks.indices.map {
      Tower(
        bottom.width, configuration.towerSizes, in: builder.task($0) / "towers" / tasks[$0].name)
    }
    plan = LotteryPlan(
      layers: bottom.layers, schedule: configuration.schedule,
      contrast: configuration.contrast(in: builder))
    embeddingPenalty = builder.dial(
      "l2-embedding", "penalty on the embedding tables", in: Configuration.penalties,
      start: configuration.embeddingPenalty)
  }

  /// T × [B, 1]; the negative passes come first, so that their gradients are added to what the
  /// positive ones have written.
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    if pass.isTraining {
      let fixed = x.detached()
      for k in names.indices {
        pass.minimise("negative.\(names[k])", of: k) { place in
          towers[k](bottom(fixed, negative: k), learns: [])
            .loss(task: k, forms[k], place: place)
        }
      }
    }
    return towers.indices.map { k in towers[k](bottom(x, mask: k)) }  // [B, 1]
  }

  /// The masks and the contrast.
  public var lottery: LotteryPlan? { plan }

  /// ½·λ_e‖E‖².
  public var penalties: [ParameterPenalty] {
    [.squares(embeddings.tables, strength: embeddingPenalty, factor: 0.5)]
  }

  /// Its masks.
  public var subjects: Set<ModelView.Subject> { [.masks] }
}

extension CSRec.Configuration {
  /// The contrast, with its dials declared.
  fileprivate func contrast(in builder: Builder) -> ContrastPlan {
    ContrastPlan(
      form: .init(rawValue: form) ?? .logistic,
      negative: .init(rawValue: negative) ?? .complement, keep: keep,
      resampling: .init(rawValue: resampling) ?? .once, rule: .init(rawValue: rule) ?? .implicit,
      memory: memory, power: power, ruleTemperature: ruleTemperature, margin: margin,
      cap: cap == 0 ? nil : cap,
      strength: builder.dial(
        "lambda", "strength of the contrast", in: Self.strengths, start: strength),
      temperature: builder.dial(
        "tau", "temperature of the logistic form", in: Self.temperatures, start: temperature))
  }
}

extension CSRec {
  /// Refuses choices that do not go together.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try configuration.checkSchedule(of: name)
    guard configuration.rule != ContrastPlan.Rule.implicit.rawValue else { return }
    guard configuration.schedule.alternation != "joint" else {
      throw .badValue(
        model: name, option: "rule", found: configuration.rule,
        expected: "implicit: with alternation=joint no task has a turn in which to move its share")
    }
    guard configuration.negative == ContrastPlan.Negative.randomOwn.rawValue
    else { return }
    throw .badValue(
      model: name, option: "rule", found: configuration.rule,
      expected: "implicit: random-own negatives hold weights that all tasks keep, whose impact "
        + "on one task cannot be told then")
  }
}
