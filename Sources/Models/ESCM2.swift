public import Datasets
public import Graph
public import Layers
import Objectives

/// Entire Space Counterfactual Multi-Task Model: ESMM, whose conversion tower also learns from the
/// clicked rows, weighed as if all rows had been clicked.
///
///     pCTR = σ(a),  pCVR = σ(b),  pCTCVR = pCTR · pCVR,   v = min(1 / max(pCTR, floor), clip)
///     IPS:  R = mean O ℓ v
///     DR:   R = mean (ê + O (ℓ − ê) v) + mean O (ℓ − ê)² v,   ê = σ(imputation tower)
///     L = L_CTR + λ_c R + λ_g L_CTCVR
///
/// O is the click, ℓ the conversion's cross-entropy; the propensity pCTR is read as it stands. The
/// conversion's loss weight multiplies both λ. Here, as for ``ESMM``, the towers stand on shared
/// embeddings (published codes put experts below), the answer of the conversion task is pCVR, and it
/// is judged on clicked rows. Other tasks have a tower and a loss of their own.
///
/// Wang et al. "ESCM²: Entire Space Counterfactual Multi-Task Model for Post-Click Conversion Rate
/// Estimation." SIGIR 2022. doi:10.1145/3477495.3531972
public struct ESCM2: MultiTaskModel {
  /// Layer sizes, the estimator, and which tasks are meant.
  public struct Configuration: ModelConfiguration {
    /// Hidden layers of a tower.
    public var towerSizes = [64, 32]
    /// `ips`, or `dr` with a tower that imputes the loss of rows that were not clicked.
    public var estimator = "ips"
    /// What a propensity is at least, at the start.
    public var floor = 1e-6
    /// What an inverse propensity is at most, at the start.
    public var clip = 15.0
    /// λ_c at the start.
    public var counterfactual = 0.5
    /// λ_g at the start.
    public var global = 0.5
    /// The task that is the click; nil: by the labels, without data the first binary one.
    public var click: String?
    /// The task that is the conversion; nil: by the labels, without data the first binary one
    /// beside the click.
    public var conversion: String?

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("tower", .sizes(\.towerSizes, orNone: true), "hidden layers of a tower"),
        ModelOption(
          "estimator", .word(\.estimator, of: ["ips", "dr"]),
          "inverse propensities alone, or with imputed losses (doubly robust)"),
        ModelOption(
          "floor", .number(\.floor, in: 0...1), "what a propensity is at least, at the start"),
        ModelOption("clip", .number(\.clip), "what an inverse propensity is at most, at the start"),
        ModelOption(
          "lambda-c", .number(\.counterfactual), "the counterfactual loss's strength at the start"),
        ModelOption("lambda-g", .number(\.global), "the product loss's strength at the start"),
        ModelOption("click", .task(\.click), "the click; auto: by the labels"),
        ModelOption("conversion", .task(\.conversion), "the conversion; auto: by the labels"),
      ]
    }
  }

  let embeddings: Embeddings  // shared
  let towers: [Tower]  // one per task
  let imputation: Tower?  // of the conversion
  let funnel: Funnel
  let names: [String]
  let floor: Parameter
  let clip: Parameter
  let counterfactual: Parameter  // λ_c
  let global: Parameter  // λ_g

  /// Declares the embeddings, the towers and the dials; the tasks must have passed the check.
  public init(
    _ configuration: Configuration, input: InputSpecification, tasks: [TaskDefinition],
    builder: Builder
  ) {
    let funnel = Funnel(
      click: configuration.click, conversion: configuration.conversion, of: tasks)
    self.funnel = funnel
    names = tasks.map(\.name)
    embeddings = Embeddings(input, in: builder.shared / "embeddings")
    func tower(_ owner: Int, _ name: String) -> Tower {
      Tower(input.width, configuration.towerSizes, in: builder.task(owner) / "towers" / name)
    }
    towers = tasks.indices.map { tower($0, tasks[$0].name) }
    imputation =
      configuration.estimator == "dr" ? tower(funnel.conversion, "imputation") : nil
    floor = builder.dial(
      "floor", "what a propensity is at least", in: 0...1, start: configuration.floor)
    clip = builder.dial(
      "clip", "what an inverse propensity is at most", in: 0...max(1_000, configuration.clip),
      start: configuration.clip)
    counterfactual = builder.dial(
      "lambda_c", "the counterfactual loss's strength",
      in: 0...max(10, configuration.counterfactual), start: configuration.counterfactual)
    global = builder.dial(
      "lambda_g", "the product loss's strength", in: 0...max(10, configuration.global),
      start: configuration.global)
  }

  /// T × [B, 1]: the logits of pCTR and pCVR in their places.
  public func callAsFunction(_ pass: Forward) -> [Variable] {
    let x = embeddings(pass)  // [B, D]
    let logits = towers.map { $0(x) }  // T × [B, 1]
    let imputed = imputation.map { $0(x) }  // [B, 1]
    if let imputed { pass.watch(imputed.sigmoid(), as: .value("imputed")) }
    pass.minimise("counterfactual.\(names[funnel.conversion])", of: funnel.conversion) { place in
      logits[funnel.conversion].counterfactualLoss(
        at: place, given: (logits[funnel.click], funnel.click), conversion: funnel.conversion,
        imputed: imputed, dials: .init(strength: counterfactual, floor: floor, clip: clip))
    }
    return logits
  }

  /// The click's own loss and λ_g times that of the product; every other task's own.
  public func losses(_ logits: [Variable], tasks: [TaskDefinition]) -> [Variable] {
    tasks.indices.map { k in
      k == funnel.conversion
        ? logits[k].productLoss(
          task: k, given: logits[funnel.click], funnel.click, strength: global)
        : logits[k].loss(of: tasks[k], at: k)
    }
  }

  /// A conversion is judged where there was a click.
  public func condition(of task: Int) -> Int? {
    task == funnel.conversion ? funnel.click : nil
  }

  /// Needs two binary tasks, those named if any are.
  public static func check(
    _ configuration: Configuration, of name: String, for tasks: [TaskDefinition]
  ) throws(ModelError) {
    try Funnel.check(
      click: configuration.click, conversion: configuration.conversion, of: name, for: tasks)
    try TaskNames.check(tasks, reserved: "imputation", of: name)
  }
  /// The click and the conversion, by the labels where they are not set.
  public static func assignRoles(
    in configuration: inout Configuration, to tasks: [TaskDefinition], by labels: () -> LabelPairs
  ) -> TaskRoles {
    let choice = FunnelChoice(
      click: configuration.click, conversion: configuration.conversion, of: tasks, by: labels())
    configuration.click = tasks[choice.funnel.click].name
    configuration.conversion = tasks[choice.funnel.conversion].name
    return choice.roles
  }
}
